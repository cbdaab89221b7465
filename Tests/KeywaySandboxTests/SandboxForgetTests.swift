import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

@Suite("Forgetting a lock of the sandbox")
struct SandboxForgetTests {
    let harness = SandboxHarness()
    var driver: SandboxDriver { harness.driver }
    var time: ManualTimeSource { harness.time }
    var sink: CollectingSink { harness.sink }

    @Test("the next time it is spoken of, it is as the store has it by then")
    func anew() async throws {
        let lock = device(behavior(.succeed, latency: 0...0))
        try await harness.running {
            try await driver.setBehavior(behavior(.jam, latency: 0...0), times: 5, of: lock)
            _ = await driver.perform(command(1, on: lock), on: lock)
            try await driver.simulate(.removed, to: lock)
            await driver.forget(lock.id)
            let fresh = device(behavior(.fail(.deviceBusy), latency: 0...0), bolt: .unlocked)
            #expect(await driver.readBolt(of: fresh) == .unlocked)
            #expect(await driver.perform(command(2, on: fresh), on: fresh) == .refused(.deviceBusy, nil))
        }
    }

    @Test("a lock that was never spoken of can be forgotten, and so can one twice")
    func nothingToForget() async {
        let lock = device(behavior(.succeed))
        await driver.forget(lock.id)
        #expect(await driver.readBolt(of: lock) == .locked)
        await driver.forget(lock.id)
        await driver.forget(lock.id)
        #expect(await driver.readBolt(of: lock) == .locked)
    }

    @Test("others are left alone")
    func others() async {
        let lock = device(1, behavior(.succeed, latency: 0...0))
        let other = device(2, behavior(.succeed, latency: 0...0))
        for (number, device) in [(1, lock), (2, other)] as [(UInt64, Device)] {
            _ = await driver.perform(command(number, on: device), on: device)
        }
        await driver.forget(lock.id)
        #expect(await driver.readBolt(of: lock) == .locked)
        #expect(await driver.readBolt(of: other) == .unlocked)
    }

    @Test("whoever waits for its answer is told that it was reset")
    func answers() async throws {
        let lock = device(behavior(.neverRespond))
        try await harness.running {
            async let answer = driver.perform(command(on: lock), on: lock)
            await time.waitForSleeper(until: at(30000))
            await driver.forget(lock.id)
            #expect(await answer == .unanswered("The lock was reset."))
        }
    }

    @Test("what it has said and nobody has taken is dropped, and whoever waits for that is cancelled")
    func reports() async throws {
        let lock = device(behavior(.succeed))
        sink.fail(next: 1)
        try await harness.running {
            await #expect(throws: CollectingSink.Failure.self) {
                try await driver.simulate(.disconnected, to: lock)
            }
            await time.waitForSleeper(until: at(100))
            async let waiting: Result<Void, any Error> = {
                do { return .success(try await driver.simulate(.connected, to: lock)) } catch { return .failure(error) }
            }()
            // Taken once the lock can be read again; nothing is brought before the pause is over.
            while await driver.readBolt(of: lock) == nil { await Task.yield() }
            await driver.forget(lock.id)
            let result = await waiting
            #expect(throws: CancellationError.self) { try result.get() }
            time.advance(by: .seconds(60))
        }
        #expect(sink.tries == 1)
        #expect(sink.reports.isEmpty)
    }

    @Test("a timer of the old lock does not wake the new one, nor keep it from setting the same")
    func staleWake() async throws {
        let lock = device(behavior(.succeed))
        try await harness.running {
            _ = await driver.perform(command(1, on: lock), on: lock)
            #expect(await sink.reports(count: 1) == [report(.bolt(.unlocking))])
            await time.waitForSleeper(until: at(200))
            await driver.forget(lock.id)
            time.advance(by: .milliseconds(100))
            _ = await driver.perform(command(2, .lockDoor, on: lock), on: lock)
            await time.waitForSleeper(at: at(300))
            time.advance(by: .milliseconds(100))
            // The old lock's time has come, and nobody is there.
            #expect(await driver.readBolt(of: lock) == .locking)
            time.advance(by: .milliseconds(100))
            #expect(
                await sink.reports(count: 3).dropFirst()
                    == [report(.bolt(.locking), of: 2), report(.bolt(.locked), of: 2)]
            )
        }
    }

    @Test("a new lock sets its timer for an instant that the old one's was set for")
    func sameWake() async throws {
        let lock = device(behavior(.succeed))
        try await harness.running {
            for number in [1, 2] as [UInt64] {
                await driver.forget(lock.id)
                _ = await driver.perform(command(number, on: lock), on: lock)
                #expect(await sink.reports(count: Int(number)).last == report(.bolt(.unlocking), of: number))
            }
            await time.waitForSleeper(until: at(200))
            time.advance(by: .milliseconds(200))
            #expect(await sink.reports(count: 3).last == report(.bolt(.unlocked), of: 2))
        }
        #expect(sink.reports.count == 3)
    }

    @Test("a report that the sink has in hand is not taken for one of the new lock's", arguments: [true, false])
    func staleDelivery(isTaken: Bool) async throws {
        let lock = device(behavior(.succeed))
        if !isTaken { sink.fail(next: 1) }
        sink.block(lock.id)
        try await harness.running {
            async let old: Result<Void, any Error> = {
                do { return .success(try await driver.simulate(.disconnectedFromHub, to: lock)) } catch {
                    return .failure(error)
                }
            }()
            await sink.waitForBlocked(lock.id)
            await driver.forget(lock.id)
            let result = await old
            #expect(throws: CancellationError.self) { try result.get() }

            // The sink lets go of the old lock's report, and takes the new one's in hand.
            sink.release(lock.id)
            sink.block(lock.id)
            async let triesBeforeDurable: Int = {
                try await driver.simulate(.disconnected, to: lock)
                return sink.tries
            }()
            await sink.waitForBlocked(lock.id)
            if isTaken {
                #expect(await sink.reports(count: 1) == [ownReport(.bridgeOffline)])
            } else {
                await time.waitForSleeper(at: at(100))
                time.advance(by: .milliseconds(100))
            }
            // Time for the old lock's delivery to do harm.
            for _ in 0..<100 { await Task.yield() }
            sink.release(lock.id)
            let tries = try await triesBeforeDurable
            #expect(tries == 2)
            #expect(sink.reports.last == ownReport(.online(false)))
        }
        #expect(sink.tries == 2)
    }
}
