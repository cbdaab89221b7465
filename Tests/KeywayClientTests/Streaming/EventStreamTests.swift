import Synchronization
import Testing

@testable import KeywayClient

@Suite("The event stream")
struct EventStreamTests {
    private let path = "GET /events/stream"

    @Test("events come as they are sent, with where they stand")
    func events() async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .stream(": hello\n\n" + Sample.event(7)))
            let client = try KeywayClient.testing(url, ManualClock())
            var events = client.events.stream(.init(types: [.lockUnlocked], deviceIDs: ["D"])).makeAsyncIterator()
            let first = try #require(try await events.next())
            #expect(first.id == "E7")
            #expect(first.type == .lockUnlocked)
            #expect(first.method == "remote")
            #expect(first.streamPosition == "7")
            server.send(Sample.event(8) + Sample.event(9))
            #expect(try await events.next()?.id == "E8")
            #expect(try await events.next()?.id == "E9")
            let request = try #require(server.requests.first)
            #expect(request.headers["accept"] == "text/event-stream")
            #expect(request.headers["last-event-id"] == nil)
            #expect(request.query == "device_ids=D&event_types=lock.unlocked&_strict=true")
        }
    }

    @Test("many open streams of one client hold up none of its other requests")
    func many() async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .stream(Sample.event(7)))
            server.on("GET /locks/list", .answer(200, #"{"devices":[],"ok":true}"#))
            let client = try KeywayClient.testing(url, ManualClock())
            var streams = (0..<20).map { _ in client.events.stream().makeAsyncIterator() }
            for index in streams.indices { #expect(try await streams[index].next()?.id == "E7") }
            #expect(try await client.locks.list().isEmpty)
        }
    }

    @Test("a lost connection is made again, continues after the last event, and repeats nothing")
    func resume() async throws {
        try await ScriptedServer.run { server, url in
            server.on(
                path,
                .stream(Sample.event(7)),
                .close,
                .stream(Sample.event(6) + Sample.event(7) + Sample.event(8))
            )
            let clock = ManualClock(skipping: .seconds(20))
            let client = try KeywayClient.testing(url, clock)
            let interruptions = Mutex(0)
            let stream = client.events.stream { _ in interruptions.withLock { $0 += 1 } }
            var events = stream.makeAsyncIterator()
            #expect(try await events.next()?.id == "E7")
            server.endStreams()
            #expect(try await events.next()?.id == "E8")
            #expect(server.requests.map { $0.headers["last-event-id"] } == [nil, "7", "7"])
            #expect(interruptions.withLock { $0 } == 2)
            #expect(clock.pauses.count == 2)
            #expect(clock.pauses == clock.pauses.sorted())
        }
    }

    @Test("a stream can be continued after the position of an earlier one, or of the server's own first word")
    func position() async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .stream("id: 50\n\n"), .stream(Sample.event(51)))
            let clock = ManualClock(skipping: .seconds(20))
            let client = try KeywayClient.testing(url, clock)
            let task = Task {
                var events = client.events.stream(after: "41").makeAsyncIterator()
                return try await events.next()
            }
            await server.wait(for: 1)
            await clock.waitForSleeper(until: .seconds(45))
            server.send(": the first word has come by now\n\n")
            server.endStreams()
            #expect(try await task.value?.id == "E51")
            #expect(server.requests.map { $0.headers["last-event-id"] }.first == "41")
        }
    }

    @Test("a server that ends a stream for a slow reader is asked to continue it")
    func slowReader() async throws {
        try await ScriptedServer.run { server, url in
            let goodbye = "event: error\ndata: {\"type\":\"slow_reader\",\"message\":\"Too slow.\"}\n\n"
            server.on(path, .stream(Sample.event(1) + goodbye), .stream(Sample.event(2)))
            let client = try KeywayClient.testing(url, ManualClock(skipping: .seconds(20)))
            let reasons = Mutex<[String]>([])
            let stream = client.events.stream { interruption in reasons.withLock { $0.append(interruption.reason) } }
            var events = stream.makeAsyncIterator()
            #expect(try await events.next()?.id == "E1")
            #expect(try await events.next()?.id == "E2")
            #expect(server.requests.last?.headers["last-event-id"] == "1")
            #expect(reasons.withLock { $0 } == ["Too slow."])
        }
    }

    @Test("a connection without heartbeats is dead after 45 seconds, one with them is not")
    func heartbeats() async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .stream(Sample.event(1)), .stream(Sample.event(3)))
            let clock = ManualClock(skipping: .seconds(10))
            let client = try KeywayClient.testing(url, clock)
            var events = client.events.stream().makeAsyncIterator()
            #expect(try await events.next()?.id == "E1")
            await clock.waitForSleeper(until: .seconds(45))
            clock.advance(by: .seconds(30))
            server.send(": heartbeat\n\n" + Sample.event(2))
            #expect(try await events.next()?.id == "E2")
            // What was a time-out at 45 s is one at 75 s now.
            clock.advance(by: .seconds(15))
            await clock.waitForSleeper(until: .seconds(75))
            #expect(server.requests.count == 1)
            clock.advance(by: .seconds(30))
            #expect(try await events.next()?.id == "E3")
            #expect(server.requests.last?.headers["last-event-id"] == "2")
        }
    }

    @Test("a refusal ends the stream", arguments: [400, 401, 404])
    func refusal(status: Int) async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .stream(Sample.event(1)), .answer(status, Sample.refusal("x")))
            let client = try KeywayClient.testing(url, ManualClock(skipping: .seconds(20)))
            var events = client.events.stream().makeAsyncIterator()
            #expect(try await events.next()?.id == "E1")
            server.endStreams()
            do {
                let event = try await events.next()
                Issue.record("\(String(describing: event))")
            } catch let error as KeywayClient.APIError {
                #expect(error.status == status)
            }
            #expect(try await events.next() == nil)
        }
    }

    @Test("a server that cannot be reached at the beginning is tried as often as any request")
    func unreachable() async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .close)
            let client = try KeywayClient.testing(url, ManualClock(skipping: .seconds(20)))
            var events = client.events.stream().makeAsyncIterator()
            do {
                let event = try await events.next()
                Issue.record("\(String(describing: event))")
            } catch { #expect(error is KeywayClient.ConnectionError) }
            #expect(server.requests.count == 4)
        }
    }

    @Test("once there was a connection, a lost one is tried again for as long as it takes")
    func persistence() async throws {
        try await ScriptedServer.run { server, url in
            server.on(
                path,
                .stream(Sample.event(1)),
                .close,
                .close,
                .close,
                .close,
                .close,
                .answer(503, Sample.refusal("x"), headers: ["retry-after": "17"]),
                .answer(502, "<html>"),
                .stream(Sample.event(2))
            )
            let clock = ManualClock(skipping: .seconds(60))
            let client = try KeywayClient.testing(url, clock) {
                $0.requestTimeout = .seconds(100)
                $0.streamSilence = .seconds(1000)
            }
            var events = client.events.stream().makeAsyncIterator()
            #expect(try await events.next()?.id == "E1")
            server.endStreams()
            #expect(try await events.next()?.id == "E2")
            #expect(clock.pauses.contains(.seconds(17)))
            #expect(clock.pauses.allSatisfy { $0 <= .seconds(30) })
        }
    }

    @Test(
        "what is no event stream ends it",
        arguments: [
            .answer(200, "{}"), .stream("data: broken\n\n"), .stream("data: {\"event_id\":\"E\"}\n\n"),
            .stream("data: \(String(repeating: "x", count: 1000))\n\n"),
        ] as [ScriptedServer.Reaction]
    )
    func unreadable(reaction: ScriptedServer.Reaction) async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, reaction)
            let client = try KeywayClient.testing(url, ManualClock(skipping: .seconds(20))) {
                $0.maximumEventBytes = 500
            }
            var events = client.events.stream().makeAsyncIterator()
            do {
                let event = try await events.next()
                Issue.record("\(String(describing: event))")
            } catch { #expect(error is KeywayClient.UnreadableAnswer) }
            #expect(server.requests.count == 1)
        }
    }

    @Test("a kind of message that this client does not know is passed over")
    func unknownMessage() async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .stream("event: notice\ndata: {\"text\":\"hi\"}\n\n" + Sample.event(1)))
            let client = try KeywayClient.testing(url, ManualClock())
            var events = client.events.stream().makeAsyncIterator()
            #expect(try await events.next()?.id == "E1")
        }
    }

    @Test("a cancelled task ends its stream and closes the connection")
    func cancellation() async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .stream())
            let client = try KeywayClient.testing(url, ManualClock())
            let task = Task { for try await event in client.events.stream() { Issue.record("\(event)") } }
            await server.wait(for: 1)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            await server.waitForClosed(1)
        }
    }

    @Test("a walk that is left closes the connection, also while it is pausing")
    func leaving() async throws {
        try await ScriptedServer.run { server, url in
            server.on(path, .stream(Sample.event(1)))
            let client = try KeywayClient.testing(url, ManualClock())
            for try await event in client.events.stream() {
                #expect(event.id == "E1")
                break
            }
            await server.waitForClosed(1)
        }
    }
}
