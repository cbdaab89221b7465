import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Unmanaged devices, wire contract 3.6 and 4.3")
struct UnmanagedDeviceEndpointTests {
    private static let lock = APIHarness.lock("front-door")

    /// Runs a harness in which the front door is not managed.
    private static func run(_ body: @escaping @Sendable (APIHarness, APIClient) async throws -> Void) async throws {
        try await APIHarness.run { harness, client in
            let answer = try await client.post(
                "/devices/update",
                #"{"device_id":"\#(lock.id)","name":"Entrance","custom_metadata":{"a":"b"},"is_managed":false}"#
            )
            #expect(answer.status == 200)
            try await body(harness, client)
        }
    }

    @Test("It shows what the contract lets it show, and nothing more")
    func shape() async throws {
        try await Self.run { _, client in
            let answer = try await client.get("/devices/unmanaged/get?device_id=\(Self.lock.id)&_strict=true")
            #expect(
                try answer["device"]
                    == JSONValue(
                        #"""
                        {"device_id":"\#(Self.lock.id)","device_type":"august_lock","display_name":"Entrance",
                         "workspace_id":"\#(APIHarness.workspace.id)","connected_account_id":"\#(APIHarness.account.id)",
                         "created_at":"2026-01-01T00:00:00.000Z","is_managed":false,"capabilities_supported":["lock"],
                         "custom_metadata":{"a":"b"},"errors":[],"warnings":[],
                         "location":{"location_name":"\#(Self.lock.description.locationName ?? "")",
                                     "time_zone":"\#(Self.lock.description.timeZone ?? "")"},
                         "can_remotely_lock":true,"can_remotely_unlock":true,"can_configure_auto_lock":true,
                         "can_unlock_with_code":true,"can_simulate_connection":true,"can_simulate_disconnection":true,
                         "can_simulate_hub_connection":true,"can_simulate_hub_disconnection":true,
                         "can_simulate_removal":true,
                         "properties":{"online":true,"name":"Front Door",
                           "model":{"display_name":"August Wi-Fi Smart Lock","manufacturer_display_name":"August",
                                    "has_built_in_keypad":false},
                           "manufacturer":"august","battery_level":0.92,"battery":{"level":0.92,"status":"full"}}}
                        """#
                    )
            )
            for name in ["Entrance", "Front+Door"] {
                let named = try await client.get("/devices/unmanaged/get?name=\(name)")
                #expect(named.text("device", "device_id") == Self.lock.id.description)
            }
        }
    }

    @Test("A managed device is not found, and the caller is told that it is managed")
    func hint() async throws {
        try await Self.run { harness, client in
            let garage = APIHarness.lock("garage").id
            for query in ["device_id=\(garage)", "name=Garage", "device_id=\(garage)&name=Garage"] {
                let answer = try await client.get("/devices/unmanaged/get?\(query)")
                #expect((answer.status, answer.errorType) == (404, "device_not_found"))
                #expect(answer.errorMessage?.contains("is managed") == true)
            }
            for query in ["device_id=\(APIHarness.foreignLock.id)", "name=Nothing"] {
                let answer = try await client.get("/devices/unmanaged/get?\(query)")
                #expect((answer.status, answer.errorType) == (404, "device_not_found"))
                #expect(answer.errorMessage?.contains("managed") == false)
            }
            // Who does not see a device is not told either that it is managed.
            let visitor = client.presenting(try await harness.addSession(accounts: []).token)
            let unseen = try await visitor.get("/devices/unmanaged/get?device_id=\(garage)")
            #expect(unseen.status == 404)
            #expect(unseen.errorMessage?.contains("managed") == false)
            #expect(try await client.get("/devices/unmanaged/get").status == 400)
        }
    }

    @Test(
        "list shows unmanaged devices alone, with the filters of devices/list that it has",
        arguments: [
            ("", 1), ("device_type=august_lock", 1), ("device_type=yale_lock", 0), ("manufacturer=august", 1),
            ("search=entr", 1), ("search=garage", 0), ("device_ids=", 0), ("created_before=2026-01-01", 0),
            ("include_if=can_remotely_lock", 1), ("exclude_if=can_remotely_lock", 0), ("customer_key=x", 0),
            ("connect_webview_id=00000000-0000-8000-8000-000000000001", 0), ("custom_metadata_has.a=other", 1),
        ]
    )
    func list(query: String, count: Int) async throws {
        try await Self.run { _, client in
            let answer = try await client.get("/devices/unmanaged/list?\(query.isEmpty ? "" : query + "&_strict=true")")
            #expect(answer.status == 200)
            #expect(answer.list("devices").count == count)
            #expect(answer["pagination", "has_next_page"] == .bool(false))
        }
    }

    @Test("G12 the contract's large default limit is bounded by the page size")
    func pages() async throws {
        let harness = try await APIHarness(configuration: APIConfiguration(port: 0, maximumPageSize: 2))
        try await harness.run { client in
            let ids = ["front-door", "garage", "lobby"].map { APIHarness.lock($0).id.description }
            for id in ids {
                let body = #"{"device_id":"\#(id)","is_managed":false}"#
                #expect(try await client.post("/devices/update", body).status == 200)
            }
            let first = try await client.get("/devices/unmanaged/list")
            #expect(first.list("devices").count == 2)
            let cursor = FormText.encode(try #require(first.text("pagination", "next_page_cursor")))
            let second = try await client.get("/devices/unmanaged/list?limit=22900&page_cursor=\(cursor)")
            #expect(
                Set(first.column("devices", "device_id") + second.column("devices", "device_id")) == Set(ids)
            )
        }
    }

    @Test("A device can be managed again, once")
    func manage() async throws {
        try await Self.run { _, client in
            let path = "/devices/unmanaged/update"
            let id = #""device_id":"\#(Self.lock.id)""#
            #expect(try await client.post(path, #"{\#(id),"custom_metadata":{"c":true}}"#).status == 200)
            let refused = try await client.post(path, #"{\#(id),"is_managed":false}"#)
            #expect((refused.status, refused.errorType) == (400, "invalid_input"))
            let unmanaged = try await client.get("/devices/unmanaged/get?device_id=\(Self.lock.id)")
            #expect(try unmanaged["device", "custom_metadata"] == JSONValue(#"{"a":"b","c":true}"#))
            let managed = try await client.post(path, #"{\#(id),"is_managed":true,"custom_metadata":{"a":null}}"#)
            #expect(managed.body == .object(["ok": .bool(true)]))
            let device = try await client.get("/devices/get?device_id=\(Self.lock.id)")
            #expect(device.text("device", "nickname") == "Entrance")
            #expect(try device["device", "custom_metadata"] == JSONValue(#"{"c":true}"#))
            #expect(try await client.get("/devices/unmanaged/list").list("devices").isEmpty)
            for members in [#""is_managed":true"#, #""custom_metadata":{}"#] {
                let answer = try await client.post(path, "{\(id),\(members)}")
                #expect((answer.status, answer.errorType) == (400, "device_managed"))
            }
            let types = try await client.get("/events/list?device_id=\(Self.lock.id)").column("events", "event_type")
            #expect(types.suffix(2) == ["device.converted_to_unmanaged", "device.unmanaged.converted_to_managed"])
        }
    }

    @Test("Its connection is told with events of their own")
    func connection() async throws {
        try await Self.run { _, client in
            let body = #"{"device_id":"\#(Self.lock.id)"}"#
            for verb in ["disconnect", "connect"] {
                #expect(try await client.post("/devices/simulate/\(verb)", body).status == 200)
            }
            let types = try await client.get("/events/list?device_id=\(Self.lock.id)").column("events", "event_type")
            #expect(types.suffix(2) == ["device.unmanaged.disconnected", "device.unmanaged.connected"])
        }
    }

    @Test("Client sessions read one, but neither list nor change them")
    func sessions() async throws {
        try await Self.run { harness, client in
            let visitor = client.presenting(try await harness.addSession(accounts: [APIHarness.account.id]).token)
            #expect(try await visitor.get("/devices/unmanaged/get?device_id=\(Self.lock.id)").status == 200)
            #expect(try await visitor.get("/devices/unmanaged/list").errorType == "unauthorized")
            let body = #"{"device_id":"\#(Self.lock.id)","is_managed":true}"#
            #expect(try await visitor.post("/devices/unmanaged/update", body).errorType == "unauthorized")
        }
    }
}
