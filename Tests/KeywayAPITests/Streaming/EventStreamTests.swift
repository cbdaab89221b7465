import HTTPTypes
import KeywayMetrics
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("An event stream")
struct EventStreamTests {
    /// Runs a stream over a connection of its own while a body looks at it.
    private static func with(
        _ stream: EventStream?,
        _ body: @escaping @Sendable (StreamBench) async throws -> Void
    ) async throws {
        let stream = try #require(stream)
        let bench = StreamBench()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await bench.run(stream) }
            try await body(bench)
            group.cancelAll()
        }
    }

    private static func frame(_ position: Int, _ type: EventType, _ body: String) -> String {
        "id: \(position)\nevent: \(type.rawValue)\ndata: \(body)\n\n"
    }

    private static func errorFrame(_ error: APIError) -> String {
        "event: error\ndata: {\"message\":\"\(error.message)\",\"type\":\"\(error.type)\"}\n\n"
    }

    @Test("begins with the present position, and brings each event once it is written")
    func live() async throws {
        let harness = try await APIHarness()
        try await harness.tell(1)
        try await Self.with(try await harness.stream()) { bench in
            #expect(await bench.next() == "id: 1\n\n")
            let second = try await harness.tell(2, .deviceRemoved)
            #expect(await bench.next() == Self.frame(2, .deviceRemoved, second))
            let third = try await harness.tell(3)
            #expect(await bench.next() == Self.frame(3, .deviceConnected, third))
        }
    }

    @Test("G7 resumes after a position, and goes on with what happens")
    func resume() async throws {
        let harness = try await APIHarness()
        var bodies: [String] = []
        for number in 1...200 as ClosedRange<UInt64> { bodies.append(try await harness.tell(number)) }
        let expected = bodies
        try await Self.with(try await harness.stream(after: "3")) { bench in
            var text = ""
            while !text.contains("id: 200\n") { text += await bench.next() ?? "" }
            let last = try await harness.tell(201)
            text += await bench.next() ?? ""
            let frames = (4...200).map { Self.frame($0, .deviceConnected, expected[$0 - 1]) }
            #expect(text == "id: 3\n\n" + frames.joined() + Self.frame(201, .deviceConnected, last))
        }
    }

    @Test("begins with the first event after a time, and with neither a time nor a position with the next one")
    func since() async throws {
        let harness = try await APIHarness()
        try await harness.tell(1)
        harness.clock.advance(by: .seconds(60))
        let second = try await harness.tell(2)
        let since = JSONValue.string("2026-01-01T00:00:30Z")
        try await Self.with(try await harness.stream(["since": since])) { bench in
            #expect(await bench.next() == "id: 0\n\n")
            #expect(await bench.next() == Self.frame(2, .deviceConnected, second))
        }
        // A time to come holds back what happens before it.
        let later = JSONValue.string("2026-01-01T00:02:00Z")
        try await Self.with(try await harness.stream(["since": later], after: "2")) { bench in
            #expect(await bench.next() == "id: 2\n\n")
            try await harness.tell(3)
            harness.clock.advance(by: .seconds(61))
            let fourth = try await harness.tell(4)
            var text = await bench.next()
            while text?.contains("heartbeat") == true { text = await bench.next() }
            #expect(text == Self.frame(4, .deviceConnected, fourth))
        }
    }

    @Test("has a heartbeat with its position when nothing else was written for 15 seconds")
    func heartbeat() async throws {
        let harness = try await APIHarness()
        let types = JSONValue.array([.string("device.removed")])
        try await Self.with(try await harness.stream(["event_types": types])) { bench in
            #expect(await bench.next() == "id: 0\n\n")
            await harness.clock.waitForSleeper()
            harness.clock.advance(by: .seconds(15))
            #expect(await bench.next() == ": heartbeat\n\nid: 0\n\n")
            // What does not match moves the position, with the next heartbeat at the latest.
            try await harness.tell(1)
            var text: String?
            repeat {
                await harness.clock.waitForSleeper()
                harness.clock.advance(by: .seconds(15))
                text = await bench.next()
            } while text == ": heartbeat\n\nid: 0\n\n"
            #expect(text == ": heartbeat\n\nid: 1\n\n")
        }
    }

    @Test("G12 is cut off when its reader takes nothing for 30 seconds")
    func slowReader() async throws {
        let harness = try await APIHarness()
        try await Self.with(try await harness.stream()) { bench in
            _ = await bench.next()
            bench.stopReading()
            try await harness.tell(1)
            while !bench.isClosed {
                await harness.clock.waitForSleeper()
                harness.clock.advance(by: .seconds(10))
                await Task.yield()
            }
            #expect(await bench.next() == nil)
            #expect(!bench.isFinished)
        }
        #expect(harness.clock.now().monotonic - MonotonicInstant(nanoseconds: 0) >= .seconds(30))
    }

    @Test("ends when its reader is gone, and makes room")
    func disconnect() async throws {
        let harness = try await APIHarness()
        try await Self.with(try await harness.stream()) { bench in
            _ = await bench.next()
            #expect(harness.services.streams.count == 1)
            bench.disconnect()
            #expect(await bench.next() == nil)
        }
        #expect(harness.services.streams.count == 0)
        #expect(!harness.store.committedEvents.isFollowed(APIHarness.workspace.id))
    }

    @Test("G11 ends before the next event when its key is revoked")
    func revokedKey() async throws {
        let harness = try await APIHarness()
        try await Self.with(try await harness.stream()) { bench in
            _ = await bench.next()
            _ = try await harness.store.revokeAPIKey(APIHarness.keyID, at: harness.clock.now().wall)
            harness.services.authenticator.forget()
            try await harness.tell(1)
            #expect(await bench.next() == Self.errorFrame(.unauthorized))
            #expect(await bench.next() == nil)
            #expect(bench.isFinished)
        }
    }

    @Test("G11 ends with the next heartbeat when another process revoked its key")
    func keyRevokedElsewhere() async throws {
        let harness = try await APIHarness()
        try await Self.with(try await harness.stream()) { bench in
            _ = await bench.next()
            _ = try await harness.store.revokeAPIKey(APIHarness.keyID, at: harness.clock.now().wall)
            var text: String?
            repeat {
                await harness.clock.waitForSleeper()
                harness.clock.advance(by: .seconds(15))
                text = await bench.next()
            } while text?.contains("heartbeat") == true
            #expect(text == Self.errorFrame(.unauthorized))
        }
    }

    @Test("G11 of a client session shows its accounts only, as they are now, and ends with it")
    func clientSession() async throws {
        let harness = try await APIHarness()
        let session = ClientSession(
            id: Samples.id(50),
            workspaceID: APIHarness.workspace.id,
            token: harness.services.secrets.token(.clientSession).text,
            connectedAccountIDs: [APIHarness.account.id],
            createdAt: harness.clock.now().wall,
            expiresAt: harness.clock.now().wall + .seconds(40)
        )
        try await harness.store.add(session, events: [])
        let credential = PresentedCredential.clientSession(session.token)
        try await Self.with(try await harness.stream(presenting: credential)) { bench in
            _ = await bench.next()
            let first = try await harness.tell(1)
            #expect(await bench.next() == Self.frame(1, .deviceConnected, first))
            _ = try await harness.store.update(session.id, in: session.workspaceID) { session throws(Never) in
                session.connectedAccountIDs = []
                return []
            }
            harness.services.authenticator.forget()
            try await harness.tell(2)
            var text: String?
            repeat {
                await harness.clock.waitForSleeper()
                harness.clock.advance(by: .seconds(15))
                text = await bench.next()
            } while text?.contains("heartbeat") == true
            #expect(text == Self.errorFrame(.expiredClientSession))
        }
    }

    @Test(
        "A position that is none of the workspace's is refused",
        arguments: ["x", "-1", "1.5", "2", "99999999999999999999", "1, 1"]
    )
    func badPosition(position: String) async throws {
        try await APIHarness.run { harness, client in
            try await harness.tell(1)
            let answer = try await client.with("last-event-id", position).get("/events/stream")
            #expect(answer.status == 400)
            #expect(answer.errorType == "invalid_last_event_id")
            #expect(harness.services.streams.count == 0)
        }
    }

    @Test("Filters are checked, HEAD is refused, and strangers are turned away, before anything is streamed")
    func refusals() async throws {
        try await APIHarness.run { _, client in
            let wrong = try await client.get("/events/stream?event_type=made.up")
            #expect(wrong.errorType == "invalid_input")
            #expect(try await client.send(.head, "/events/stream").status == 405)
            #expect(try await client.presenting(nil).get("/events/stream").status == 401)
        }
    }

    @Test("G12 a credential has no more streams than it may, and all together no more than the server takes")
    func slots() async throws {
        let metrics = MetricsRegistry()
        let slots = EventStreamSlots(maximum: 3, maximumPerKey: 2, metrics: metrics)
        let (one, other) = (Requester.apiKey(Samples.id(1)), Requester.apiKey(Samples.id(2)))
        var held = [try slots.take(for: one), try slots.take(for: one)]
        let ofKey = #expect(throws: APIError.self) { _ = try slots.take(for: one) }
        #expect(ofKey?.status == .tooManyRequests && ofKey?.retryAfter != nil)
        held.append(try slots.take(for: other))
        let ofAll = #expect(throws: APIError.self) { _ = try slots.take(for: other) }
        #expect(ofAll?.status == .tooManyRequests)
        #expect(metrics.shown("keyway_event_streams_open") == "3")
        held.removeFirst()
        _ = try slots.take(for: one)
        held = []
        #expect(slots.count == 0)
        #expect(metrics.shown("keyway_event_streams_open") == "0")
    }
}
