import Testing

@testable import KeywayClient

@Suite("Trying again")
struct RetryTests {
    private let clock = ManualClock(skipping: .seconds(20))

    @Test("an action that was not answered is sent again with the same key and body")
    func sameKey() async throws {
        try await ScriptedServer.run { server, url in
            server.on(
                "POST /locks/unlock_door",
                .close,
                .answer(503, Sample.refusal("service_unavailable"), headers: ["retry-after": "2"]),
                .answer(429, Sample.refusal("too_many_requests"), headers: ["retry-after": "7"]),
                .answer(200, Sample.success)
            )
            let client = try KeywayClient.testing(url, clock)
            let success = try await client.locks.unlockDoor("D")
            #expect(success.wasConfirmedByDevice == true)
            #expect(server.requests.count == 4)
            #expect(Set(server.requests.map(\.body)) == [#"{"device_id":"D"}"#])
            let keys = Set(server.requests.map { $0.headers["idempotency-key"] ?? "" })
            #expect(keys.count == 1)
            #expect(keys.first?.count == 32)
            #expect(clock.pauses.map { $0.components.seconds } == [0, 2, 7])
        }
    }

    @Test("every action has a key of its own, unless the caller gives one")
    func freshKeys() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/lock_door", .answer(200, Sample.success))
            let client = try KeywayClient.testing(url, clock)
            try await client.locks.lockDoor("D")
            try await client.locks.lockDoor("D")
            try await client.locks.lockDoor("D", .init(idempotencyKey: "mine"))
            let keys = server.requests.map { $0.headers["idempotency-key"] }
            #expect(Set(keys).count == 3)
            #expect(keys.last == "mine")
        }
    }

    @Test("tries are bounded, and their pauses grow")
    func bounded() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /workspaces/get", .answer(503, Sample.refusal("service_unavailable")))
            let client = try KeywayClient.testing(url, clock)
            let error = await #expect(throws: KeywayClient.APIError.self) {
                let workspace = try await client.workspaces.get()
                Issue.record("\(workspace)")
            }
            #expect(error?.status == 503)
            #expect(server.requests.count == 4)
            let expected: [Duration] = [.milliseconds(400), .milliseconds(800), .milliseconds(1600)]
            for (pause, full) in zip(clock.pauses, expected) { #expect((full * 0.99...full).contains(pause)) }
            #expect(clock.pauses.count == 3)
        }
    }

    @Test("a longer wait than the bound is not waited for, and the error tells it")
    func longRetryAfter() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /workspaces/get", .answer(429, Sample.refusal("x"), headers: ["retry-after": "31"]))
            let client = try KeywayClient.testing(url, clock)
            let error = await #expect(throws: KeywayClient.APIError.self) {
                let workspace = try await client.workspaces.get()
                Issue.record("\(workspace)")
            }
            #expect(error?.retryAfter == .seconds(31))
            #expect(server.requests.count == 1)
        }
    }

    @Test("what has no chance is not tried again", arguments: [400, 401, 404, 409, 422, 500])
    func hopeless(status: Int) async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(status, Sample.refusal("x")))
            let client = try KeywayClient.testing(url, clock)
            let error = await #expect(throws: KeywayClient.APIError.self) { try await client.locks.unlockDoor("D") }
            #expect(error?.status == status)
            #expect(server.requests.count == 1)
        }
    }

    @Test("a proxy's page for a server that is away is tried again")
    func proxy() async throws {
        try await ScriptedServer.run { server, url in
            server.on(
                "GET /workspaces/get",
                .answer(502, "<html>", headers: ["content-type": "text/html"]),
                .answer(200, #"{"workspace":{"workspace_id":"W","name":"N"}}"#)
            )
            let client = try KeywayClient.testing(url, clock)
            #expect(try await client.workspaces.get().id == "W")
        }
    }

    @Test("an action is not sent again after its own deadline")
    func deadline() async throws {
        try await ScriptedServer.run { server, url in
            server.on(
                "POST /locks/unlock_door",
                .answer(503, Sample.refusal("service_unavailable"), headers: ["retry-after": "5"])
            )
            let client = try KeywayClient.testing(url, clock)
            await #expect(throws: KeywayClient.APIError.self) {
                try await client.locks.unlockDoor("D", .init(deadline: .seconds(5)))
            }
            #expect(server.requests.count == 1)
            #expect(server.requests.first?.body == #"{"deadline_seconds":5,"device_id":"D"}"#)
        }
    }

    @Test("a pause between tries ends with the task")
    func cancellation() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /workspaces/get", .answer(503, Sample.refusal("x"), headers: ["retry-after": "25"]))
            let client = try KeywayClient.testing(url, clock)
            let task = Task { try await client.workspaces.get() }
            await clock.waitForSleeper(until: .seconds(25))
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
            #expect(server.requests.count == 1)
        }
    }

    @Test("pauses double up to the longest, and their random part is at most half")
    func backoff() {
        let backoff = Backoff(first: .seconds(1), longest: .seconds(5))
        #expect([0, 1, 2, 3, 100].map { backoff.pause($0, fraction: 1) } == [1, 2, 4, 5, 5].map { .seconds($0) })
        #expect(backoff.pause(1, fraction: 0) == .seconds(1))
    }
}
