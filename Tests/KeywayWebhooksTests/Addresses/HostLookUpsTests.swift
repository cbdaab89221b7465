import Dispatch
import KeywayModel
import KeywayTestKit
import Synchronization
import Testing

@testable import KeywayWebhooks

/// A network in which names that end in `.dead` are not answered until the test says so.
private final class SlowNetwork: Sendable {
    private let started = Mutex<[String]>([])
    private let release = DispatchSemaphore(value: 0)

    func lookUp(_ host: String) -> [IPAddress] {
        started.withLock { $0.append(host) }
        if host.hasSuffix(".dead") { release.wait() }
        return [IPAddress("127.0.0.1")].compactMap { $0 }
    }

    /// Returns the names that were looked up once there are so many.
    func started(_ count: Int) async -> [String] {
        while started.withLock({ $0.count }) < count { await Task.yield() }
        return started.withLock { $0 }
    }

    func answer(_ count: Int) {
        for _ in 0..<count { release.signal() }
    }
}

@Suite("Looking up hosts", .timeLimit(.minutes(1)))
struct HostLookUpsTests {
    private let network = SlowNetwork()
    private let lookUps: HostLookUps

    init() {
        lookUps = HostLookUps(maximumThreads: 8, lookUp: network.lookUp)
    }

    private func ask(_ host: String, workspace: UInt64 = 1) -> Task<[IPAddress], Never> {
        let asker = LookUpPlan.Asker(workspaceID: Samples.id(workspace), isFailing: false)
        return Task { [lookUps] in await lookUps.addresses(of: host, for: asker) }
    }

    @Test("whoever is cancelled goes on at once while the thread is blocked, and the next one joins it")
    func cancelled() async {
        let first = ask("a.dead")
        _ = await network.started(1)
        first.cancel()
        #expect(await first.value.isEmpty)
        let second = ask("a.dead")
        let other = ask("b.test")
        #expect(await other.value.count == 1)
        #expect(await network.started(2) == ["a.dead", "b.test"])
        network.answer(1)
        #expect(await second.value.count == 1)
    }

    @Test("whoever is cancelled before asking is not looked up for")
    func cancelledBefore() async {
        let asker = LookUpPlan.Asker(workspaceID: Samples.id(1), isFailing: false)
        let task = Task { [lookUps] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await lookUps.addresses(of: "b.test", for: asker)
        }
        #expect(await task.value.isEmpty)
    }

    @Test("G12 names that nobody answers for take no more threads than there are, and leave some to other workspaces")
    func bounded() async {
        let dead = (0..<40).map { ask("\($0).dead") }
        let taken = await network.started(6)
        #expect(taken.allSatisfy { $0.hasSuffix(".dead") })
        #expect(await ask("good.test", workspace: 2).value.count == 1)
        #expect(await network.started(7).count == 7)
        for task in dead { task.cancel() }
        for task in dead { #expect(await task.value.isEmpty) }
        network.answer(6)
        // The threads are there again for whoever comes next.
        #expect(await ask("good.test").value.count == 1)
        #expect(await network.started(8).count == 8)
    }
}
