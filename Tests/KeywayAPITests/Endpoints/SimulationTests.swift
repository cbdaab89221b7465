import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Simulation")
struct SimulationTests {
    private static let fast = APIHarness.lock("fast-lock-1")

    @Test("A device goes off the network and comes back")
    func network() async throws {
        try await APIHarness.run { _, client in
            let body = #"{"device_id":"\#(Self.fast.id)"}"#
            let off = try await client.post("/devices/simulate/disconnect", body)
            #expect(off.body == .object(["ok": .bool(true)]))
            var device = try await client.get("/devices/get?device_id=\(Self.fast.id)")
            #expect(device["device", "properties", "online"] == .bool(false))
            #expect(try await client.post("/devices/simulate/connect", body).status == 200)
            device = try await client.get("/devices/get?device_id=\(Self.fast.id)")
            #expect(device["device", "properties", "online"] == .bool(true))
            let types = try await client.get("/events/list?device_id=\(Self.fast.id)").column("events", "event_type")
            #expect(types == ["device.disconnected", "device.connected"])
        }
    }

    @Test(
        "What happens to a virtual device is shown and told",
        arguments: [
            (
                "meeting-room", "disconnect_from_hub", "", "hub_disconnected", "device.disconnected", "connect_to_hub",
                "", "device.connected"
            ),
            (
                "roof-hatch", "paid_subscription", #","is_expired":true"#, "subscription_required",
                "device.error.subscription_required", "paid_subscription", #","is_expired":false"#,
                "device.error.subscription_required.resolved"
            ),
        ]
    )
    func happenings(
        slug: String,
        begin: String,
        beginning: String,
        error: String,
        began: String,
        end: String,
        ending: String,
        ended: String
    ) async throws {
        try await APIHarness.run { _, client in
            let id = APIHarness.lock(slug).id
            let first = try await client.post("/devices/simulate/\(begin)", #"{"device_id":"\#(id)"\#(beginning)}"#)
            #expect(first.body == .object(["ok": .bool(true)]))
            var device = try await client.get("/devices/get?device_id=\(id)")
            #expect(device["device", "errors", "0", "error_code"] == .string(error))
            #expect(device["device", "errors", "0", "is_device_error"] == .bool(true))
            let second = try await client.post("/devices/simulate/\(end)", #"{"device_id":"\#(id)"\#(ending)}"#)
            #expect(second.status == 200)
            device = try await client.get("/devices/get?device_id=\(id)")
            #expect(device["device", "errors"] == .array([]))
            let types = try await client.get("/events/list?device_id=\(id)").column("events", "event_type")
            #expect(types == [began, ended])
        }
    }

    @Test("A removed device is still shown, as removed")
    func removal() async throws {
        try await APIHarness.run { _, client in
            let body = #"{"device_id":"\#(Self.fast.id)"}"#
            #expect(try await client.post("/devices/simulate/remove", body).status == 200)
            let device = try await client.get("/devices/get?device_id=\(Self.fast.id)")
            #expect(device["device", "errors", "0", "error_code"] == .string("device_removed"))
            // Only a reset brings it back.
            #expect(try await client.post("/devices/simulate/connect", body).status == 200)
            let types = try await client.get("/events/list?device_id=\(Self.fast.id)").column("events", "event_type")
            #expect(types == ["device.removed"])
        }
    }

    @Test(
        "What cannot happen to a device is refused",
        arguments: [
            ("connect", "can_simulate_connection"), ("disconnect", "can_simulate_disconnection"),
            ("connect_to_hub", "can_simulate_hub_connection"),
            ("disconnect_from_hub", "can_simulate_hub_disconnection"),
            ("paid_subscription", "can_simulate_paid_subscription"), ("remove", "can_simulate_removal"),
        ]
    )
    func incapable(verb: String, flag: String) async throws {
        try await APIHarness.run { harness, client in
            let plain = Samples.lock(950, in: APIHarness.workspace, account: APIHarness.account.id)
            var capable = Samples.lock(951, in: APIHarness.workspace, account: APIHarness.account.id)
            capable.description.capabilities = [try #require(DeviceCapability(rawValue: flag))]
            try await harness.store.add(APIHarness.workspace, accounts: [], devices: [plain, capable])
            let path = "/devices/simulate/\(verb)"
            let answer = try await client.post(path, #"{"device_id":"\#(plain.id)","is_expired":true}"#)
            #expect((answer.status, answer.errorType) == (400, "device_type_not_supported"))
            #expect(answer.errorMessage?.contains(flag) == true)
            let done = try await client.post(path, #"{"device_id":"\#(capable.id)","is_expired":true}"#)
            #expect(done.status == 200)
        }
    }

    @Test("A subscription needs to be told whether it has run out")
    func subscriptionParameter() async throws {
        try await APIHarness.run { _, client in
            let body = #"{"device_id":"\#(APIHarness.lock("roof-hatch").id)"}"#
            let answer = try await client.post("/devices/simulate/paid_subscription", body)
            #expect(answer.errorMessage == "is_expired is required")
        }
    }

    @Test("A lock jams as often as it was told to")
    func behavior() async throws {
        try await APIHarness.run { _, client in
            let set = try await client.post(
                "/locks/simulate/set_behavior",
                #"{"device_id":"\#(Self.fast.id)","behavior":"jam","latency_ms":0,"times":1}"#
            )
            #expect(set.body == .object(["ok": .bool(true)]))
            let body = #"{"device_id":"\#(Self.fast.id)","sync":true}"#
            let jammed = try await client.post("/locks/unlock_door", body)
            #expect(jammed.text("action_attempt", "error", "type") == "lock_jammed")
            let opened = try await client.post("/locks/unlock_door", body)
            #expect(opened.text("action_attempt", "status") == "success")
        }
    }

    @Test(
        "A lock fails for the cause it was given, or is rejected",
        arguments: [(#","error_type":"device_busy""#, "device_busy"), ("", "rejected_by_device")]
    )
    func failing(cause: String, expected: String) async throws {
        try await APIHarness.run { _, client in
            let set = try await client.post(
                "/locks/simulate/set_behavior",
                #"{"device_id":"\#(Self.fast.id)","behavior":"fail","latency_ms":0\#(cause)}"#
            )
            #expect(set.status == 200)
            let answer = try await client.post("/locks/unlock_door", #"{"device_id":"\#(Self.fast.id)","sync":true}"#)
            #expect(answer.text("action_attempt", "error", "type") == expected)
        }
    }

    @Test(
        "Every behaviour can be set",
        arguments: [
            #""behavior":"succeed""#, #""behavior":"jam","latency_ms":600000"#,
            #""behavior":"never_respond","times":1000"#,
            #""behavior":"unconfirmed","latency_ms":1,"latency_max_ms":2"#, #""behavior":"hold","auto_relock_ms":null"#,
            #""behavior":"answer_late","late_by_ms":3600000"#, #""behavior":"succeed","auto_relock_ms":3600000"#,
        ]
    )
    func behaviors(members: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(
                "/locks/simulate/set_behavior",
                #"{"device_id":"\#(Self.fast.id)",\#(members)}"#
            )
            #expect(answer.status == 200)
        }
    }

    @Test(
        "Behaviours that make no sense are refused by name",
        arguments: [
            (#""behavior":"explode""#, "behavior"), (#""behavior":"succeed","latency_ms":600001"#, "latency_ms"),
            (#""behavior":"succeed","latency_ms":-1"#, "latency_ms"), (#""behavior":"succeed","times":0"#, "times"),
            (#""behavior":"succeed","times":1001"#, "times"),
            (#""behavior":"succeed","latency_ms":5,"latency_max_ms":4"#, "latency_max_ms"),
            (#""behavior":"succeed","error_type":"lock_jammed""#, "error_type"),
            (#""behavior":"fail","error_type":"made_up""#, "error_type"),
            (#""behavior":"answer_late""#, "late_by_ms"), (#""behavior":"jam","late_by_ms":5"#, "late_by_ms"),
            (#""behavior":"succeed","auto_relock_ms":3600001"#, "auto_relock_ms"),
        ]
    )
    func badBehavior(members: String, name: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(
                "/locks/simulate/set_behavior",
                #"{"device_id":"\#(Self.fast.id)",\#(members)}"#
            )
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", name] != nil)
        }
    }

    @Test(
        "Only devices of a sandbox are simulated",
        arguments: [
            "/devices/simulate/connect", "/devices/simulate/disconnect", "/devices/simulate/connect_to_hub",
            "/devices/simulate/disconnect_from_hub", "/devices/simulate/paid_subscription",
            "/devices/simulate/remove", "/locks/simulate/set_behavior",
        ]
    )
    func targets(path: String) async throws {
        try await APIHarness.run { harness, client in
            let owner = client.presenting(harness.foreignToken.text)
            let live = try await owner.post(
                path,
                #"{"device_id":"\#(APIHarness.foreignLock.id)","behavior":"jam","is_expired":true}"#
            )
            #expect((live.status, live.errorType) == (400, "workspace_not_sandbox"))
            let foreign = try await client.post(
                path,
                #"{"device_id":"\#(APIHarness.foreignLock.id)","behavior":"jam","is_expired":true}"#
            )
            #expect((foreign.status, foreign.errorType) == (404, "device_not_found"))
        }
    }

    @Test("A device that is not virtual cannot be simulated, even in a sandbox")
    func notVirtual() async throws {
        try await APIHarness.run { harness, client in
            let real = Device(
                id: Samples.id(901),
                workspaceID: APIHarness.workspace.id,
                connectedAccountID: APIHarness.account.id,
                provider: Provider(rawValue: "mqtt"),
                nativeID: "x",
                createdAt: Samples.start,
                description: APIHarness.locks[0].description
            )
            try await harness.store.add(APIHarness.workspace, accounts: [], devices: [real])
            for path in ["/devices/simulate/disconnect", "/locks/unlock_door"] {
                let answer = try await client.post(path, #"{"device_id":"\#(real.id)"}"#)
                #expect((answer.status, answer.errorType) == (400, "device_type_not_supported"))
            }
        }
    }
}
