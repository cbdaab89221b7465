import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

@Suite("The sandbox driver")
struct SandboxDriverTests {
    let harness = SandboxHarness()
    var driver: SandboxDriver { harness.driver }
    var time: ManualTimeSource { harness.time }
    var sink: CollectingSink { harness.sink }

    // MARK: Commands and reports

    @Test("an unlock is acknowledged at once and reported after its latency")
    func unlock() async throws {
        let lock = device(behavior(.succeed))
        try await harness.running {
            #expect(await driver.perform(command(on: lock), on: lock) == .acknowledged)
            #expect(await sink.reports(count: 1) == [report(.bolt(.unlocking))])
            await time.waitForSleeper(until: at(200))
            time.advance(by: .milliseconds(200))
            #expect(await sink.reports(count: 2) == [report(.bolt(.unlocking)), report(.bolt(.unlocked))])
            #expect(await driver.readBolt(of: lock) == .unlocked)
        }
    }

    @Test("an answer that takes time is waited for")
    func slowAnswer() async throws {
        let lock = device(behavior(.fail(.rejectedByDevice)))
        try await harness.running {
            async let answer = driver.perform(command(on: lock), on: lock)
            await time.waitForSleeper(until: at(200))
            time.advance(by: .milliseconds(200))
            #expect(await answer == .refused(.rejectedByDevice, nil))
        }
        #expect(sink.reports.isEmpty)
    }

    @Test("a lock that never responds is given up at the deadline")
    func neverResponds() async throws {
        let lock = device(behavior(.neverRespond))
        try await harness.running {
            async let answer = driver.perform(command(on: lock, deadline: 3000), on: lock)
            await time.waitForSleeper(until: at(3000))
            #expect(time.now().monotonic == at(0))
            time.advance(by: .seconds(3))
            #expect(await answer == .unanswered("The lock did not answer before the deadline."))
            #expect(await driver.readBolt(of: lock) == nil)
        }
        #expect(sink.reports.isEmpty)
    }

    @Test("G3 a command after its deadline has no effect")
    func expired() async throws {
        let lock = device(behavior(.succeed))
        time.advance(by: .seconds(30))
        try await harness.running {
            #expect(await driver.perform(command(on: lock), on: lock) == .refused(.actionAttemptExpired, nil))
            #expect(await driver.readBolt(of: lock) == .locked)
        }
        #expect(sink.reports.isEmpty)
    }

    @Test("an earlier timer is set beside a later one, and both fire")
    func earlierTimer() async throws {
        let lock = device(behavior(.answerLate(byMilliseconds: 45000)))
        try await harness.running {
            _ = await driver.perform(command(1, on: lock), on: lock)
            await time.waitForSleeper(until: at(45200))
            try await driver.setBehavior(behavior(.succeed), times: 1, of: lock)
            _ = await driver.perform(command(2, on: lock), on: lock)
            await time.waitForSleeper(until: at(200))
            time.advance(by: .milliseconds(200))
            #expect(
                await sink.reports(count: 2)
                    == [report(.bolt(.unlocking), of: 2), report(.bolt(.unlocked), of: 2)]
            )
            // The late one was replaced: its timer fires and nothing comes of it.
            time.advance(by: .seconds(60))
            _ = await driver.perform(command(3, .lockDoor, on: lock, deadline: 90000), on: lock)
            time.advance(by: .seconds(60))
            #expect(await sink.reports(count: 3).last == report(.bolt(.locked), of: 3))
        }
    }

    @Test("auto-relock needs no command and no reading")
    func autoRelock() async throws {
        let lock = device(behavior(.succeed, latency: 0...0, autoRelock: 5000))
        try await harness.running {
            _ = await driver.perform(command(on: lock), on: lock)
            await time.waitForSleeper(until: at(5000))
            time.advance(by: .seconds(5))
            #expect(
                await sink.reports(count: 2)
                    == [report(.bolt(.unlocked)), ownReport(.bolt(.locked), method: .automatic)]
            )
        }
    }

    @Test("latencies are drawn from the range, the same ones for the same seed", arguments: [1, 2, 3] as [UInt64])
    func latencies(seed: UInt64) async {
        let first = await Self.drawnLatencies(seed: seed)
        #expect(first.count == 50)
        #expect(first.values.allSatisfy { (300...800).contains($0) })
        #expect(Set(first.values).count > 20)
        #expect(await Self.drawnLatencies(seed: seed) == first)
    }

    /// Gives one command to each of 50 locks, and reads them every millisecond until all are unlocked.
    private static func drawnLatencies(seed: UInt64) async -> [UInt64: Int] {
        let harness = SandboxHarness(seed: seed)
        let locks = (1...50 as ClosedRange<UInt64>).map { ($0, device($0, behavior(.succeed, latency: 300...800))) }
        for (number, lock) in locks { _ = await harness.driver.perform(command(number, on: lock), on: lock) }
        var latencies: [UInt64: Int] = [:]
        for millisecond in 1...1000 {
            harness.time.advance(by: .milliseconds(1))
            for (number, lock) in locks where latencies[number] == nil {
                if await harness.driver.readBolt(of: lock) == .unlocked { latencies[number] = millisecond }
            }
        }
        return latencies
    }
}
