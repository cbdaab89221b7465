import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@Suite("Idempotency keys", .timeLimit(.minutes(1)))
struct EngineIdempotencyTests {
    let claim = IdempotencyClaim(key: "once", requestHash: [1, 2, 3])

    func request(
        _ engine: Engine,
        _ claim: IdempotencyClaim,
        by requester: Requester = .apiKey(Samples.id(1))
    ) async throws -> ActionAttempt {
        try await engine.request(.unlockDoor, on: Samples.lock(), by: requester, idempotency: claim)
    }

    @Test("G9 a retry gets the same attempt, as it is by then, and nothing more is sent")
    func retry() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await request(harness.engine, claim)
            _ = try await harness.nextCommand()
            #expect(try await request(harness.engine, claim) == attempt)
            try await harness.report(.unlocked)
            let again = try await request(harness.engine, claim)
            #expect(again.id == attempt.id)
            #expect(again.status == .success)
            let all = try await harness.store.actionAttempts(ActionAttemptQuery(workspaceID: attempt.workspaceID))
            #expect(all.elements.count == 1)
        }
    }

    @Test("G9 a hundred retries at once make one attempt")
    func concurrent() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let engine = harness.engine
            let ids = try await withThrowingTaskGroup(of: Identifier<ActionAttempt>.self) { group in
                for _ in 0..<100 { group.addTask { try await request(engine, claim).id } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
        }
    }

    @Test("G9 the same key for another request is an error; another requester's same key is not")
    func otherRequest() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await request(harness.engine, claim)
            await #expect(throws: EngineError(.keyReused, message: "")) {
                try await request(harness.engine, IdempotencyClaim(key: "once", requestHash: [9]))
            }
            let other = try await request(harness.engine, claim, by: .apiKey(Samples.id(2)))
            #expect(other.id != attempt.id)
        }
    }

    @Test("G9 a key is remembered across a restart")
    func restart() async throws {
        let store = MemoryStore()
        var before = try await EngineHarness(store: store)
        var attempts: [ActionAttempt] = []
        try await before.run { harness in attempts.append(try await request(harness.engine, claim)) }
        var after = try await EngineHarness(store: store, clock: before.clock, firstID: 5_000_000)
        try await after.run { harness in
            let again = try await request(harness.engine, claim)
            #expect(again.id == attempts[0].id)
        }
    }

    @Test("G9 a key is kept for a day, and then forgotten")
    func lifetime() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await request(harness.engine, claim)
            try await harness.report(.unlocked)
            let requester = Requester.apiKey(Samples.id(1))
            harness.clock.advance(by: .seconds(86399))
            #expect(try await request(harness.engine, claim).id == attempt.id)
            harness.clock.advance(by: .seconds(1))
            #expect(try await request(harness.engine, claim).id != attempt.id)
            #expect(try await harness.store.idempotencyRecord(of: requester, key: "once") != nil)
            #expect(try await harness.store.forgetIdempotencyRecords(before: harness.clock.now().wall) == 0)
            let later = harness.clock.now().wall + .seconds(1)
            #expect(try await harness.store.forgetIdempotencyRecords(before: later) == 1)
        }
    }

    @Test("G9 a request that was refused leaves its key free")
    func refused() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            harness.store.become(.failing)
            await #expect(throws: EngineError(.storeUnavailable, message: "")) {
                try await request(harness.engine, claim)
            }
            harness.store.become(.working)
            let attempt = try await request(harness.engine, claim)
            #expect(attempt.status == .pending)
        }
    }

    @Test("a waiting attempt can be cancelled, one that was sent cannot")
    func cancel() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let first = try await harness.request()
            _ = try await harness.nextCommand()
            let second = try await harness.request()
            #expect(try await harness.engine.cancel(second).outcome == .failure(.cancelled))
            await #expect(throws: EngineError(.alreadySent, message: "")) { try await harness.engine.cancel(first) }
            await #expect(throws: EngineError(.notPending, message: "")) { try await harness.engine.cancel(second) }
        }
    }

    @Test("two who take the same attempt back at the same time both get it, cancelled")
    func cancelTwice() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            _ = try await harness.request()
            _ = try await harness.nextCommand()
            let waiting = try await harness.request()
            let engine = harness.engine
            async let one = engine.cancel(waiting)
            async let other = engine.cancel(waiting)
            let outcomes = try await [one, other].map(\.outcome)
            #expect(outcomes == [.failure(.cancelled), .failure(.cancelled)])
        }
    }

    @Test("G12 who takes an attempt back while the store fails is told so after a while")
    func cancelWhileStoreFails() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            _ = try await harness.request()
            _ = try await harness.nextCommand()
            let waiting = try await harness.request()
            let (engine, clock) = (harness.engine, harness.clock)
            harness.store.become(.failing)
            let cancelling = Task { try await engine.cancel(waiting) }
            let timePasses = Task {
                while !Task.isCancelled {
                    clock.advance(by: .milliseconds(100))
                    await Task.yield()
                }
            }
            await #expect(throws: EngineError(.storeUnavailable, message: "")) { try await cancelling.value }
            timePasses.cancel()
            await timePasses.value
            harness.store.become(.working)
        }
    }

    @Test("a pending attempt is shown with what happened since it was written")
    func latest() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await harness.request()
            _ = try await harness.nextCommand()
            try await harness.report(.unlocking)
            let latest = await harness.engine.latest(attempt)
            #expect(latest.timeline.contains { $0.kind == .report && $0.detail == "unlocking" })
        }
    }
}
