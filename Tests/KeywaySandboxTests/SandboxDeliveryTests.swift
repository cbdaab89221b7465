import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

@Suite("The sandbox driver's reports")
struct SandboxDeliveryTests {
    let harness = SandboxHarness()
    var driver: SandboxDriver { harness.driver }
    var time: ManualTimeSource { harness.time }
    var sink: CollectingSink { harness.sink }

    /// What a lock without latency says of so many unlocks.
    func unlocks(_ count: Int) -> [DeviceReport] {
        (0..<count).map { report(.bolt(.unlocked), of: UInt64($0 + 1)) }
    }

    @Test("a report that is not taken is brought again, before any later one, with growing pauses")
    func retry() async throws {
        let lock = device(behavior(.succeed, latency: 0...0))
        sink.fail(next: 8)
        try await harness.running {
            for number in 1...3 as ClosedRange<UInt64> {
                #expect(await driver.perform(command(number, on: lock), on: lock) == .acknowledged)
            }
            // 100 ms, doubled up to the bound of 5 s.
            for (tries, pause) in [100, 200, 400, 800, 1600, 3200, 5000, 5000].enumerated() {
                let wake = time.now().monotonic + .milliseconds(pause)
                await time.waitForSleeper(until: wake)
                #expect(sink.tries == tries + 1)
                #expect(sink.reports.isEmpty)
                time.advance(by: .milliseconds(pause - 1))
                #expect(sink.tries == tries + 1)
                time.advance(by: .milliseconds(1))
            }
            #expect(await sink.reports(count: 3) == unlocks(3))
            #expect(sink.tries == 8 + 3)
        }
    }

    @Test("after a report is taken, the pauses begin anew")
    func retryAnew() async throws {
        let lock = device(behavior(.succeed, latency: 0...0))
        sink.fail(next: 2)
        sink.succeed(next: 1)
        sink.fail(next: 1)
        try await harness.running {
            for number in 1...2 as ClosedRange<UInt64> {
                _ = await driver.perform(command(number, on: lock), on: lock)
            }
            for pause in [100, 200, 100] {
                await time.waitForSleeper(until: time.now().monotonic + .milliseconds(pause))
                time.advance(by: .milliseconds(pause))
            }
            #expect(await sink.reports(count: 2) == unlocks(2))
        }
    }

    @Test("a device whose reports wait does not keep others waiting")
    func parallel() async throws {
        let slow = device(1, behavior(.succeed, latency: 0...0))
        let quick = device(2, behavior(.succeed, latency: 0...0))
        sink.block(slow.id)
        try await harness.running {
            _ = await driver.perform(command(1, on: slow), on: slow)
            _ = await driver.perform(command(2, .lockDoor, on: slow), on: slow)
            _ = await driver.perform(command(3, on: quick), on: quick)
            #expect(await sink.reports(count: 1) == [report(.bolt(.unlocked), of: 3, on: quick)])
            sink.release(slow.id)
            #expect(
                await sink.reports(count: 3).dropFirst() == [
                    report(.bolt(.unlocked), of: 1, on: slow), report(.bolt(.locked), of: 2, on: slow),
                ]
            )
        }
    }

    @Test("what was asked before the driver ran is answered at once and reported once it runs")
    func beforeRun() async throws {
        let fast = device(1, behavior(.succeed, latency: 0...0))
        let slow = device(2, behavior(.succeed))
        #expect(await driver.perform(command(1, on: fast), on: fast) == .acknowledged)
        #expect(await driver.perform(command(2, on: slow), on: slow) == .acknowledged)
        #expect(await driver.readBolt(of: fast) == .unlocked)
        #expect(sink.reports.isEmpty)
        try await harness.running {
            let reports = await sink.reports(count: 2)
            #expect(
                Set(reports) == [report(.bolt(.unlocked), of: 1, on: fast), report(.bolt(.unlocking), of: 2, on: slow)]
            )
            await time.waitForSleeper(until: at(200))
            time.advance(by: .milliseconds(200))
            #expect(await sink.reports(count: 3).last == report(.bolt(.unlocked), of: 2, on: slow))
        }
    }

    @Test("G12 with 64 reports waiting, a lock takes no more commands, and nothing is lost")
    func bounded() async throws {
        let lock = device(behavior(.succeed, latency: 0...0))
        for number in 1...64 as ClosedRange<UInt64> {
            #expect(await driver.perform(command(number, on: lock), on: lock) == .acknowledged)
        }
        let words = "Reports of this lock are waiting to be stored."
        #expect(await driver.perform(command(65, on: lock), on: lock) == .refused(.providerUnavailable, words))
        await #expect(throws: SandboxError(.overloaded, message: "")) {
            try await driver.simulate(.disconnected, to: lock)
        }
        try await harness.running {
            #expect(await sink.reports(count: 64) == unlocks(64))
            try await driver.simulate(.disconnected, to: lock)
            #expect(sink.reports.last == ownReport(.online(false)))
        }
    }

    @Test("connecting and disconnecting return once their reports are durable")
    func connection() async throws {
        let lock = device(behavior(.succeed))
        try await harness.running {
            _ = await driver.perform(command(on: lock), on: lock)
            try await driver.simulate(.disconnected, to: lock)
            #expect(sink.reports == [report(.bolt(.unlocking)), ownReport(.online(false))])
            #expect(
                await driver.perform(command(2, on: lock), on: lock)
                    == .refused(.deviceOffline, "The lock is not on the network.")
            )
            #expect(await driver.readBolt(of: lock) == nil)
            time.advance(by: .seconds(1))
            try await driver.simulate(.connected, to: lock)
            #expect(sink.reports.dropFirst(2) == [ownReport(.online(true)), report(.bolt(.unlocked))])
        }
    }

    @Test("what has happened already is reported once, and waited for by all who ask for it")
    func happenedAlready() async throws {
        let lock = device(behavior(.succeed))
        try await harness.running {
            sink.block(lock.id)
            async let first: Void = driver.simulate(.disconnected, to: lock)
            await sink.waitForBlocked(lock.id)
            async let second: Void = driver.simulate(.disconnected, to: lock)
            // Time for the second to wait too.
            for _ in 0..<100 { await Task.yield() }
            #expect(sink.reports.isEmpty)
            sink.release(lock.id)
            try await first
            try await second
            try await driver.simulate(.disconnected, to: lock)
            #expect(sink.reports == [ownReport(.online(false))])
        }
    }

    @Test("a connection that could not be made durable throws, and is reported later all the same")
    func connectionNotDurable() async throws {
        let lock = device(behavior(.succeed))
        sink.fail(next: 1)
        try await harness.running {
            await #expect(throws: CollectingSink.Failure.self) { try await driver.simulate(.disconnected, to: lock) }
            #expect(await driver.readBolt(of: lock) == nil)
            await time.waitForSleeper(until: at(100))
            time.advance(by: .milliseconds(100))
            #expect(await sink.reports(count: 1) == [ownReport(.online(false))])
        }
    }

    // MARK: The end

    @Test("when the driver stops, whoever waits is told so and no timer is left")
    func stop() async throws {
        let mute = device(1, behavior(.neverRespond))
        let slow = device(2, behavior(.fail(.deviceBusy)))
        let relocking = device(3, behavior(.succeed, latency: 0...0, autoRelock: 5000))
        let stuck = device(4, behavior(.succeed))
        await withTaskGroup { group in
            group.addTask { await driver.run(reportingTo: sink) }
            sink.block(stuck.id)
            _ = await driver.perform(command(3, on: relocking), on: relocking)
            async let first = driver.perform(command(1, on: mute), on: mute)
            async let second = driver.perform(command(2, on: slow), on: slow)
            async let third: Result<Void, any Error> = {
                do { return .success(try await driver.simulate(.disconnected, to: stuck)) } catch {
                    return .failure(error)
                }
            }()
            for instant in [200, 5000, 30000] { await time.waitForSleeper(until: at(Int64(instant))) }
            await sink.waitForBlocked(stuck.id)
            group.cancelAll()
            #expect(await first == .unanswered("Keyway stopped."))
            #expect(await second == .unanswered("Keyway stopped."))
            let disconnection = await third
            #expect(throws: CancellationError.self) { try disconnection.get() }
            // Nobody waits for the sink any longer, but the driver ends only once its tasks have.
            sink.release(stuck.id)
            await group.waitForAll()
        }
        #expect(
            Set(sink.reports) == [
                report(.bolt(.unlocked), of: 3, on: relocking), ownReport(.online(false), on: stuck),
            ]
        )
    }

    @Test("a stopped driver does nothing and says so")
    func stopped() async throws {
        let lock = device(behavior(.succeed))
        try await harness.running {}
        #expect(
            await driver.perform(command(on: lock), on: lock)
                == .refused(.providerUnavailable, "The sandbox has stopped.")
        )
        #expect(await driver.readBolt(of: lock) == nil)
        let stopped = SandboxError(.stopped, message: "")
        await #expect(throws: stopped) { try await driver.simulate(.disconnected, to: lock) }
        await #expect(throws: stopped) { try await driver.setBehavior(behavior(.jam), times: 1, of: lock) }
        await driver.settle(lock, at: .unlocked)
        await driver.forget(lock.id)
    }

    @Test("a sink that fails while the driver stops keeps nobody")
    func stopWhileFailing() async throws {
        let lock = device(behavior(.succeed, latency: 0...0))
        sink.fail(next: 1000)
        try await harness.running {
            _ = await driver.perform(command(on: lock), on: lock)
            await time.waitForSleeper(until: at(100))
        }
        #expect(sink.tries == 1)
    }

    @Test("a caller that is cancelled stops waiting")
    func cancelledCaller() async throws {
        let lock = device(behavior(.neverRespond))
        let answer = await withTaskGroup { group in
            group.addTask { await driver.perform(command(on: lock), on: lock) }
            group.cancelAll()
            return await group.next()
        }
        #expect(answer == .unanswered("Keyway stopped waiting."))
    }
}
