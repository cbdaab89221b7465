import FoundationEssentials
import Testing

@testable import KeywayClient

@Suite("The calls")
struct CallTests {
    private static let device = #"{"device_id":"D","device_type":"t","display_name":"N","workspace_id":"W"}"#
    private static let webhook = #"{"webhook_id":"H","url":"https://a.example","event_types":["lock.locked"]}"#

    @Test("each call sends the request of its endpoint")
    func requests() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /devices/get", .answer(200, #"{"device":\#(Self.device)}"#))
            server.on("GET /locks/get", .answer(200, #"{"device":\#(Self.device),"lock":\#(Self.device)}"#))
            server.on("GET /locks/list", .answer(200, #"{"devices":[\#(Self.device)],"locks":[\#(Self.device)]}"#))
            server.on("GET /action_attempts/get", .answer(200, Sample.pending))
            server.on("POST /action_attempts/cancel", .answer(200, Sample.pending))
            server.on("GET /action_attempts/list", .answer(200, #"{"action_attempts":[]}"#))
            server.on("GET /events/list", .answer(200, #"{"events":[]}"#))
            server.on("GET /webhooks/get", .answer(200, #"{"webhook":\#(Self.webhook)}"#))
            server.on("GET /webhooks/list", .answer(200, #"{"webhooks":[\#(Self.webhook)]}"#))
            server.on("POST /webhooks/create", .answer(200, #"{"webhook":\#(Self.webhook)}"#))
            server.on("PUT /webhooks/update", .answer(200, #"{"ok":true}"#))
            server.on("DELETE /webhooks/delete", .answer(200, #"{"ok":true}"#))
            let client = try KeywayClient.testing(url, ManualClock())
            _ = try await client.devices.get("D")
            _ = try await client.devices.get(named: "N")
            _ = try await client.locks.get("D")
            _ = try await client.locks.get(named: "N")
            _ = try await client.locks.list(deviceType: "t")
            _ = try await client.actionAttempts.get("A", includesTimeline: true)
            try await client.actionAttempts.cancel("A")
            _ = try await client.actionAttempts.list(ids: ["A"], deviceID: "D", pageSize: 5).all()
            let since = Date(timeIntervalSince1970: 1_767_225_600)
            _ = try await client.events.list(.init(since: since, types: [], connectedAccountID: "C"), limit: 3)
            _ = try await client.webhooks.get("H")
            _ = try await client.webhooks.list()
            _ = try await client.webhooks.create(url: "https://a.example")
            try await client.webhooks.update("H", eventTypes: [.lockLocked])
            try await client.webhooks.delete("H")
            let expected = """
                GET /devices/get device_id=D&_strict=true 
                GET /devices/get name=N&_strict=true 
                GET /locks/get device_id=D&_strict=true 
                GET /locks/get name=N&_strict=true 
                GET /locks/list device_type=t&_strict=true 
                GET /action_attempts/get action_attempt_id=A&include=timeline&_strict=true 
                POST /action_attempts/cancel  {"action_attempt_id":"A"}
                GET /action_attempts/list action_attempt_ids=A&device_id=D&limit=5&_strict=true 
                GET /events/list connected_account_id=C&event_types=&limit=3&since=2026-01-01T00%3A00%3A00.000Z&_strict=true 
                GET /webhooks/get webhook_id=H&_strict=true 
                GET /webhooks/list  
                POST /webhooks/create  {"event_types":["*"],"url":"https:\\/\\/a.example"}
                PUT /webhooks/update  {"event_types":["lock.locked"],"webhook_id":"H"}
                DELETE /webhooks/delete webhook_id=H&_strict=true 
                """
            let sent = server.requests.map { "\($0.route) \($0.query) \($0.body)" }
            #expect(sent == expected.split(separator: "\n").map(String.init))
            let acting = server.requests.filter { $0.method == "POST" }
            #expect(acting.allSatisfy { $0.headers["idempotency-key"] != nil })
            #expect(server.requests.allSatisfy { $0.headers["idempotency-key"] == nil || $0.method == "POST" })
        }
    }
}
