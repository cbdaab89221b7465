import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

@Suite("Scripting the sandbox")
struct SandboxSimulatorTests {
    let harness = SandboxHarness()
    var driver: SandboxDriver { harness.driver }

    @Test("a behaviour for some commands is not stored, and ends after them")
    func times() async throws {
        let lock = device(behavior(.succeed, latency: 0...0))
        try await driver.setBehavior(behavior(.fail(.deviceBusy), latency: 0...0), times: 2, of: lock)
        var answers: [CommandAnswer] = []
        for number in 1...3 as ClosedRange<UInt64> {
            answers.append(await driver.perform(command(number, on: lock), on: lock))
        }
        #expect(answers == [.refused(.deviceBusy, nil), .refused(.deviceBusy, nil), .acknowledged])
        #expect(harness.saved.settings(of: lock).isEmpty)
    }

    @Test("a lasting behaviour is stored before it holds")
    func lasting() async throws {
        let lock = device(behavior(.succeed))
        let refusing = behavior(.fail(.deviceBusy), latency: 0...0)
        try await driver.setBehavior(refusing, times: nil, of: lock)
        #expect(harness.saved.settings(of: lock) == [refusing.driverSettings])
        #expect(await driver.perform(command(on: lock), on: lock) == .refused(.deviceBusy, nil))
    }

    @Test("a lasting behaviour that cannot be stored does not hold")
    func notStored() async throws {
        let lock = device(behavior(.succeed))
        harness.saved.fail()
        await #expect(throws: SavedSettings.Failure.self) {
            try await driver.setBehavior(behavior(.fail(.deviceBusy), latency: 0...0), times: nil, of: lock)
        }
        #expect(await driver.perform(command(on: lock), on: lock) == .acknowledged)
    }

    @Test("of many lasting behaviours set at once, the one stored last holds")
    func concurrentChanges() async throws {
        let lock = device(behavior(.succeed))
        try await withThrowingTaskGroup { group in
            for latency in 1...50 {
                group.addTask {
                    let refusing = behavior(.fail(FailureCause.allCases[latency % 16]), latency: 0...0)
                    try await driver.setBehavior(refusing, times: nil, of: lock)
                }
            }
            try await group.waitForAll()
        }
        let stored = harness.saved.settings(of: lock)
        #expect(stored.count == 50)
        let last = try LockBehavior(driverSettings: try #require(stored.last))
        guard case .fail(let cause) = last.reaction else {
            Issue.record("not what was set: \(last)")
            return
        }
        #expect(await driver.perform(command(on: lock), on: lock) == .refused(cause, nil))
    }

    @Test(
        "what makes no sense is refused and changes nothing",
        arguments: [
            (behavior(.succeed, latency: 0...600_001), 1), (behavior(.succeed, latency: 0...600_001), nil),
            (behavior(.jam), 0), (behavior(.jam), -1), (behavior(.jam), 1001),
        ] as [(LockBehavior, Int?)]
    )
    func refused(_ bad: LockBehavior, times: Int?) async throws {
        let lock = device(behavior(.fail(.deviceBusy), latency: 0...0))
        await #expect(throws: SandboxError(.badBehavior, message: "")) {
            try await driver.setBehavior(bad, times: times, of: lock)
        }
        #expect(harness.saved.settings(of: lock).isEmpty)
        #expect(await driver.perform(command(on: lock), on: lock) == .refused(.deviceBusy, nil))
    }

    @Test("a held command ends when the bolt is settled, without a report")
    func hold() async throws {
        let lock = device(behavior(.hold))
        try await harness.running {
            #expect(await driver.perform(command(on: lock), on: lock) == .acknowledged)
            #expect(await driver.readBolt(of: lock) == .locked)
            await driver.settle(lock, at: .unlocked)
            #expect(await driver.readBolt(of: lock) == .unlocked)
        }
        #expect(harness.sink.reports.isEmpty)
    }

    // MARK: Restarts

    @Test("a lock is where the store last had it", arguments: BoltState.allCases, [true, false])
    func restored(bolt: BoltState, isOnline: Bool) async throws {
        let lock = device(behavior(.fail(.deviceBusy), latency: 0...0), bolt: bolt, isOnline: isOnline)
        #expect(await driver.readBolt(of: lock) == (isOnline ? bolt : nil))
        #expect(
            await driver.perform(command(on: lock), on: lock)
                == (isOnline
                    ? .refused(.deviceBusy, nil) : .refused(.deviceOffline, "The lock is not on the network."))
        )
    }

    @Test("a lock does not change its mind because the store lags behind")
    func madeOnce() async throws {
        let lock = device(behavior(.succeed, latency: 0...0))
        _ = await driver.perform(command(on: lock), on: lock)
        #expect(await driver.readBolt(of: lock) == .unlocked)
        #expect(await driver.readBolt(of: device(behavior(.neverRespond), isOnline: false)) == .unlocked)
    }

    @Test("settings that make no sense are noted once, and the lock succeeds after 200 ms")
    func badSettings() async throws {
        var lock = Samples.lock()
        lock.driverSettings = .object(["behavior": .string("explode")])
        try await harness.running {
            #expect(await driver.readBolt(of: lock) == .locked)
            #expect(await driver.perform(command(on: lock), on: lock) == .acknowledged)
            await harness.time.waitForSleeper(until: at(200))
            harness.time.advance(by: .milliseconds(200))
            #expect(await driver.readBolt(of: lock) == .unlocked)
        }
        #expect(harness.saved.notes.map(\.message) == ["behavior: expected object, received string"])
    }
}
