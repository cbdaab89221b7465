import FoundationEssentials
import Testing

@testable import KeywayClient

@Suite("Objects of the API")
struct ObjectTests {
    private func decode<Object: Decodable>(_ text: String, as type: Object.Type = Object.self) throws -> Object {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test("a device is read with everything that it says, and written as it came")
    func device() throws {
        let text = """
            {"device_id":"D","device_type":"august_lock","display_name":"Front","workspace_id":"W","is_managed":false,\
            "created_at":"2026-01-01T00:00:00.5Z","can_remotely_unlock":true,"custom_metadata":{"floor":"2"},"new":[1.5],\
            "errors":[{"error_code":"device_disconnected","message":"Gone"}],"warnings":[],\
            "device_manufacturer":{"display_name":"August"},"properties":{"online":false,"locked":true,\
            "battery":{"level":0.5},"model":{"display_name":"Pro"},"lock_state":{"reported":"locking","reported_at":null,\
            "is_assumed":true,"wanted":"locked","in_progress":"half_way"}}}
            """
        let device: KeywayClient.Device = try decode(text)
        #expect(device.displayName == "Front")
        #expect(!device.isManaged)
        #expect(device.isOnline == false)
        #expect(device.isLocked == true)
        #expect(device.batteryLevel == 0.5)
        #expect(device.canRemotelyUnlock)
        #expect(!device.canRemotelyLock)
        #expect(device.model == "Pro")
        #expect(device.manufacturer == "August")
        #expect(device.errors.map(\.code) == ["device_disconnected"])
        #expect(device.customMetadata == ["floor": .string("2")])
        #expect(device.lockState?.reported == .locking)
        #expect(device.lockState?.wanted == .locked)
        #expect(device.lockState?.inProgress == "half_way")
        #expect(device.lockState?.isAssumed == true)
        #expect(device.createdAt == Date(timeIntervalSince1970: 1_767_225_600.5))
        let written = try JSONEncoder().encode(device)
        #expect(try JSONDecoder().decode(KeywayClient.JSONValue.self, from: written) == decode(text))
    }

    @Test("a device of another server that says less is read all the same")
    func plainDevice() throws {
        let device: KeywayClient.Device = try decode(
            #"{"device_id":"D","device_type":"t","workspace_id":"W","properties":{"name":"Old"},"errors":null}"#
        )
        #expect(device.displayName == "Old")
        #expect(device.isOnline == nil)
        #expect(device.lockState == nil)
        #expect(device.errors.isEmpty)
    }

    @Test("an attempt keeps its microseconds, its timeline and its requester")
    func attempt() throws {
        let attempt: KeywayClient.ActionAttempt = try decode(
            """
            {"action_attempt_id":"A","action_type":"FLY","status":"pending","result":null,"error":null,\
            "created_at":"2026-01-01T00:00:00.123456Z","requested_by":"api_key:K",\
            "timeline":[{"kind":"accepted","at":"2026-01-01T00:00:00Z"},{"kind":"report","at":"x"},\
            {"kind":"report","at":"2026-01-01T00:00:01Z","detail":"locked"}]}
            """
        )
        #expect(attempt.actionType == "FLY")
        #expect(attempt.failure == nil)
        #expect(attempt.result == nil)
        #expect(abs((attempt.createdAt?.timeIntervalSince1970 ?? 0) - 1_767_225_600.123456) < 0.000001)
        #expect(attempt.timeline.map(\.kind) == ["accepted", "report"])
        #expect(attempt.timeline.last?.detail == "locked")
        #expect(attempt.requestedBy == "api_key:K")
    }

    @Test("a webhook and a workspace are read")
    func others() throws {
        let webhook: KeywayClient.Webhook = try decode(
            #"{"webhook_id":"H","url":"https://a.example","event_types":["*"],"secret":"whsec_x"}"#
        )
        #expect(webhook.eventTypes == [.every])
        #expect(webhook.secret == "whsec_x")
        #expect(webhook.isEnabled && webhook.disabledAt == nil && webhook.disabledReason == nil)
        let disabled: KeywayClient.Webhook = try decode(
            """
            {"webhook_id":"H","url":"https://a.example","is_enabled":false,"disabled_reason":"gone",
            "disabled_at":"2026-01-01T00:00:00.000Z"}
            """
        )
        #expect(!disabled.isEnabled)
        #expect(disabled.disabledAt == Date(timeIntervalSince1970: 1_767_225_600))
        #expect(disabled.disabledReason == "gone")
        let workspace: KeywayClient.Workspace = try decode(#"{"workspace_id":"W","name":"Home","is_sandbox":true}"#)
        #expect(workspace.isSandbox)
        #expect(!workspace.isSuspended)
    }

    @Test("an object without what every such object has is refused, in words that name it")
    func missing() {
        let error = #expect(throws: KeywayClient.UnreadableAnswer.self) {
            try KeywayClient.Webhook(json: .object(["webhook_id": .string("H")]))
        }
        #expect(error?.message == "The server sent a webhook without a readable url.")
    }

    @Test("a time is written in UTC to the millisecond")
    func time() {
        #expect(Date(timeIntervalSince1970: 1_767_225_600.5).wireText == "2026-01-01T00:00:00.500Z")
    }

    @Test("random texts have 32 digits, however small the numbers are")
    func uniqueText() {
        let small = Surroundings(clock: ManualClock(), random: { 1 })
        #expect(small.uniqueText() == "00000000000000010000000000000001")
        #expect(Surroundings(clock: ManualClock(), random: { 0 }).uniqueText() == String(repeating: "0", count: 32))
    }
}
