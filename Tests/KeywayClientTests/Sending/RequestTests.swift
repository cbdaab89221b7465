import Testing

@testable import KeywayClient

@Suite("Requests")
struct RequestTests {
    @Test("a credential is sent as the API wants it")
    func credentials() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /workspaces/get", .answer(200, #"{"workspace":{"workspace_id":"W","name":"Home"}}"#))
            let credentials: [KeywayClient.Credential] = [
                .apiKey("seam_key"), .personalAccessToken("seam_at1_token", workspaceID: "W"),
                .clientSession(token: "seam_cst1_token"),
            ]
            for credential in credentials {
                let client = try KeywayClient.testing(url, ManualClock(), credential: credential)
                #expect(try await client.workspaces.get().name == "Home")
            }
            let headers = server.requests.map(\.headers)
            #expect(
                headers.map { $0["authorization"] } == [
                    "Bearer seam_key", "Bearer seam_at1_token", "Bearer seam_cst1_token",
                ]
            )
            #expect(headers.map { $0["seam-workspace"] } == [nil, "W", nil])
        }
    }

    @Test("a path in the endpoint is a prefix of every path")
    func prefix() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /keyway/workspaces/get", .answer(200, #"{"workspace":{"workspace_id":"W","name":"N"}}"#))
            let client = try KeywayClient.testing(url + "/keyway/", ManualClock())
            #expect(try await client.workspaces.get().id == "W")
        }
    }

    @Test(
        "an endpoint that is no HTTP address is refused",
        arguments: ["", "127.0.0.1:8080", "ftp://host", "http://", "http://host?a=b", "http://user@host", "http://a b"]
    )
    func endpoints(text: String) {
        #expect(throws: KeywayClient.InvalidConfiguration.self) { try KeywayClient(endpoint: text, apiKey: "seam_key") }
    }

    @Test("a key that cannot be in a header is refused", arguments: ["", "a b", "a\r\nx: y", "schlüssel"])
    func keys(text: String) {
        #expect(throws: KeywayClient.InvalidConfiguration.self) {
            try KeywayClient(endpoint: "http://127.0.0.1", apiKey: text)
        }
    }

    @Test("a description of a credential holds nothing secret")
    func description() {
        #expect(!"\(KeywayClient.Credential.apiKey("seam_secret"))".contains("secret"))
    }

    @Test("a refusal has its type, texts for each parameter, and the request's identity")
    func refusals() async throws {
        try await ScriptedServer.run { server, url in
            server.on(
                "GET /devices/get",
                .answer(
                    400,
                    """
                    {"error":{"type":"invalid_input","message":"Bad","data":{"device_id":"x"},"validation_errors":{\
                    "_errors":["Odd"],"device_id":{"_errors":["Invalid uuid"]},"list":{"_errors":[],"0":{"_errors":["A"]}}\
                    }},"ok":false}
                    """
                )
            )
            let client = try KeywayClient.testing(url, ManualClock())
            let error = await #expect(throws: KeywayClient.APIError.self) {
                let device = try await client.devices.get("x")
                Issue.record("\(device)")
            }
            #expect(error?.status == 400)
            #expect(error?.type == "invalid_input")
            #expect(error?.message == "Bad")
            #expect(error?.validationErrors == ["": ["Odd"], "device_id": ["Invalid uuid"], "list.0": ["A"]])
            #expect(error?.data == ["device_id": .string("x")])
            #expect(error?.requestID == "request-1")
            #expect(error?.retryAfter == nil)
        }
    }

    @Test(
        "what is not the API's is told from a refusal",
        arguments: [
            (200, "<html>"), (200, "[]"), (200, #"{"other":1}"#), (200, #"{"device":{"device_id":"D"}}"#),
            (404, "<html>"), (404, #"{"error":{"type":1}}"#),
        ]
    )
    func unreadable(status: Int, body: String) async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /devices/get", .answer(status, body))
            let client = try KeywayClient.testing(url, ManualClock())
            let error = await #expect(throws: KeywayClient.UnreadableAnswer.self) {
                let device = try await client.devices.get("x")
                Issue.record("\(device)")
            }
            #expect(error?.requestID == "request-1")
        }
    }

    @Test("an answer that is larger than the bound is refused")
    func largeAnswer() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /workspaces/get", .answer(200, #"{"workspace":{"workspace_id":"W","name":"A name"}}"#))
            let client = try KeywayClient.testing(url, ManualClock()) { $0.maximumAnswerBytes = 10 }
            await #expect(throws: KeywayClient.UnreadableAnswer.self) {
                let workspace = try await client.workspaces.get()
                Issue.record("\(workspace)")
            }
        }
    }

    @Test("a server that nobody can reach is a connection error that names it")
    func unreachable() async throws {
        // Port 9 is for discarding, and nothing listens there.
        let client = try KeywayClient.testing("http://127.0.0.1:9", ManualClock()) { $0.maximumTries = 1 }
        let error = await #expect(throws: KeywayClient.ConnectionError.self) {
            let workspace = try await client.workspaces.get()
            Issue.record("\(workspace)")
        }
        #expect(error?.endpoint == "http://127.0.0.1:9")
    }

    @Test("a server that does not answer is given up after the time-out")
    func hanging() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /workspaces/get", .hold)
            let clock = ManualClock()
            let client = try KeywayClient.testing(url, clock) { $0.maximumTries = 1 }
            let task = Task { try await client.workspaces.get() }
            await server.wait(for: 1)
            await clock.waitForSleeper(until: .seconds(30))
            clock.advance(by: .seconds(30))
            await #expect(throws: KeywayClient.ConnectionError.self) { _ = try await task.value }
        }
    }

    @Test("a cancelled request ends at once and closes its connection")
    func cancellation() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /workspaces/get", .hold)
            let client = try KeywayClient.testing(url, ManualClock())
            let task = Task { try await client.workspaces.get() }
            await server.wait(for: 1)
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
            await server.waitForClosed(1)
        }
    }
}
