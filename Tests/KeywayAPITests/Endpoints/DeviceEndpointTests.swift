import KeywayModel
import KeywayTestKit
import NIOCore
import Testing

@testable import KeywayAPI

@Suite("Devices, wire contract 3.4 and 4.3")
struct DeviceEndpointTests {
    @Test("A lock has everything the contract gives a lock")
    func shape() async throws {
        try await APIHarness.run { _, client in
            let lock = APIHarness.lock("front-door")
            let answer = try await client.get("/devices/get?device_id=\(lock.id)&_strict=true")
            #expect(
                try answer["device"]
                    == JSONValue(
                        #"""
                        {"device_id":"\#(lock.id)","device_type":"august_lock","display_name":"Front Door",
                         "workspace_id":"\#(APIHarness.workspace.id)","connected_account_id":"\#(APIHarness.account.id)",
                         "created_at":"2026-01-01T00:00:00.000Z","is_managed":true,"capabilities_supported":["lock"],
                         "custom_metadata":{},"space_ids":[],"errors":[],"warnings":[],
                         "location":{"location_name":"\#(lock.description.locationName ?? "")",
                                     "time_zone":"\#(lock.description.timeZone ?? "")"},
                         "device_manufacturer":{"manufacturer":"august","display_name":"August"},
                         "device_provider":{"device_provider_name":"august","display_name":"August","provider_category":"stable"},
                         "can_remotely_lock":true,"can_remotely_unlock":true,"can_configure_auto_lock":true,
                         "can_unlock_with_code":true,"can_simulate_connection":true,"can_simulate_disconnection":true,
                         "can_simulate_hub_connection":true,"can_simulate_hub_disconnection":true,
                         "can_simulate_removal":true,
                         "properties":{"online":true,"name":"Front Door","appearance":{"name":"Front Door"},
                           "model":{"display_name":"August Wi-Fi Smart Lock","manufacturer_display_name":"August",
                                    "has_built_in_keypad":false},
                           "manufacturer":"august","locked":true,"battery_level":0.92,
                           "battery":{"level":0.92,"status":"full"},"has_direct_power":false,
                           "serial_number":"L5V00A3QWE","auto_lock_enabled":false,
                           "lock_state":{"reported":"locked","reported_at":"2026-01-01T00:00:00.000Z","is_assumed":false,
                                         "wanted":null,"in_progress":null}}}
                        """#
                    )
            )
        }
    }

    @Test("An offline device says so and keeps its battery to itself")
    func offline() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.get("/devices/get?name=Guest+House")
            #expect(answer["device", "properties", "online"] == .bool(false))
            #expect(answer["device", "properties", "battery"] == nil)
            #expect(answer["device", "properties", "battery_level"] == nil)
            #expect(answer["device", "errors", "0", "error_code"] == .string("device_offline"))
            #expect(answer["device", "errors", "0", "is_device_error"] == .bool(true))
            #expect(answer["device", "errors", "0", "is_connected_account_error"] == nil)
        }
    }

    @Test(
        "Battery levels have their words",
        arguments: [
            (0, BatteryStatus.critical), (0.099, .critical), (0.1, .low), (0.249, .low), (0.25, .good), (0.899, .good),
            (0.9, .full), (1, .full),
        ]
    )
    func battery(level: Double, status: BatteryStatus) {
        #expect(BatteryStatus(level: level) == status)
    }

    @Test("`locked` is left out while the bolt does not rest")
    func jammed() throws {
        var lock = Samples.lock()
        lock.state.reportedBolt = .jammed
        lock.nickname = "My door"
        let bytes = try JSONOutput.bytes(of: DeviceBody(device: lock))
        let body = try JSONParser.parse(Array(bytes.readableBytesView))
        #expect(body["properties"]?["locked"] == nil)
        #expect(body["properties"]?["lock_state"]?["reported"] == .string("jammed"))
        #expect(body["display_name"] == .string("My door"))
        #expect(body["nickname"] == .string("My door"))
        #expect(body["location"] == nil)
    }

    @Test("An error of the connected account says that it is none of the device")
    func accountError() throws {
        var lock = Samples.lock()
        (lock.state.isOnline, lock.state.offlineCause) = (false, .account)
        let bytes = try JSONOutput.bytes(of: DeviceBody(device: lock))
        let body = try JSONParser.parse(Array(bytes.readableBytesView))
        let message = "The connected account of the device is disconnected."
        let error: [String: JSONValue] = [
            "error_code": .string("account_disconnected"), "message": .string(message),
            "created_at": .string(Samples.start.description), "is_device_error": .bool(false),
            "is_connected_account_error": .bool(true),
        ]
        #expect(body["errors"] == .array([.object(error)]))
    }

    @Test("What is known of a lock's auto-lock is shown")
    func autoLock() throws {
        var lock = Samples.lock()
        for (autoLock, isEnabled, delay) in [
            (nil, nil, nil), (AutoLock(isEnabled: false), JSONValue.bool(false), nil),
            (AutoLock(isEnabled: true, delaySeconds: 30), .bool(true), JSONValue.number(30)),
        ] {
            lock.state.autoLock = autoLock
            let bytes = try JSONOutput.bytes(of: DeviceBody(device: lock))
            let properties = try JSONParser.parse(Array(bytes.readableBytesView))["properties"]
            #expect(properties?["auto_lock_enabled"] == isEnabled)
            #expect(properties?["auto_lock_delay_seconds"] == delay)
        }
    }

    @Test(
        "list filters, joined by AND",
        arguments: [
            ("", 13), ("device_ids=", 0), ("device_type=august_lock", 1), ("manufacturer=yale", 3),
            ("search=door", 2), ("search=FRONT", 1), ("created_before=2026-01-01", 0),
            ("created_before=2026-01-02", 13),
            ("connected_account_ids=", 0), ("user_identifier_key=x", 0), ("customer_key=x", 0),
            ("space_id=00000000-0000-8000-8000-000000000001", 0), ("unstable_location_id=", 13),
            ("unstable_location_id=00000000-0000-8000-8000-000000000001", 0),
            ("connect_webview_id=00000000-0000-8000-8000-000000000001", 0),
            ("custom_metadata_has.floor=2", 0), ("custom_metadata_has.floor=", 13),
            ("include_if=can_remotely_unlock", 13), ("include_if=can_simulate_hub_connection", 2),
            ("exclude_if=can_remotely_unlock", 0), ("exclude_if=can_simulate_hub_connection", 11),
            ("include_if=nonsense", 0),
        ]
    )
    func filters(query: String, count: Int) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.get("/devices/list?\(query.isEmpty ? "" : query + "&_strict=true")")
            #expect(answer.status == 200)
            #expect(answer.list("devices").count == count)
            #expect(answer["pagination", "has_next_page"] == .bool(false))
        }
    }

    @Test("device_ids works in every notation, and by POST")
    func ids() async throws {
        try await APIHarness.run { _, client in
            let (one, two) = (APIHarness.lock("lobby").id, APIHarness.lock("garage").id)
            for uri in [
                "?device_ids=\(one)&device_ids=\(two)&_strict=true", "?device_ids=\(one),\(two)",
                "?device_ids[]=\(one)&device_ids[]=\(two)",
            ] {
                #expect(try await client.get("/devices/list" + uri).list("devices").count == 2)
            }
            let posted = try await client.post("/devices/list", #"{"device_ids":["\#(one)","\#(two)"]}"#)
            #expect(posted.list("devices").count == 2)
            let wrong = try await client.post("/devices/list", #"{"device_ids":4242}"#)
            #expect(wrong.status == 400)
            #expect(
                try wrong["error", "validation_errors"]
                    == JSONValue(#"{"_errors":[],"device_ids":{"_errors":["Expected array, received number"]}}"#)
            )
        }
    }

    @Test("Pages together are the whole list, by cursor and by link")
    func pages() async throws {
        try await APIHarness.run { _, client in
            let all = try await client.get("/devices/list").column("devices", "device_id")
            var (paged, linked): ([String], [String]) = ([], [])
            var (cursor, link): (String?, String?) = (nil, "/devices/list?limit=5")
            repeat {
                let query = "limit=5" + (cursor.map { "&page_cursor=\(FormText.encode($0))" } ?? "") + "&_strict=true"
                let page = try await client.get("/devices/list?\(query)")
                paged += page.column("devices", "device_id")
                cursor = page.text("pagination", "next_page_cursor")
                #expect(page["pagination", "has_next_page"] == .bool(cursor != nil))
            } while cursor != nil
            #expect(paged == all)
            while let next = link {
                let page = try await client.get(next)
                linked += page.column("devices", "device_id")
                let url = page.text("pagination", "next_page_url")
                #expect(url?.hasPrefix("http://localhost/devices/list?limit=5&page_cursor=") ?? true)
                link = url.map { String($0.dropFirst("http://localhost".count)) }
            }
            #expect(linked == all)
        }
    }

    @Test("A cursor with other or missing parameters is refused; defaults, notation and verb do not matter")
    func mismatch() async throws {
        try await APIHarness.run { _, client in
            let first = try await client.get(
                "/devices/list?limit=2&device_types=yale_lock,august_lock&custom_metadata_has.x="
            )
            let cursor = try #require(first.text("pagination", "next_page_cursor"))
            let encoded = FormText.encode(cursor)
            for query in ["limit=2", "limit=3&device_types=yale_lock,august_lock&custom_metadata_has.x=", ""] {
                let answer = try await client.get("/devices/list?\(query)&page_cursor=\(encoded)")
                #expect((answer.status, answer.errorType) == (400, "mismatched_page_parameters"))
                #expect(answer.errorMessage?.contains("parameters identical") == true)
            }
            let posted = try await client.post(
                "/devices/list",
                #"""
                {"limit":2,"device_types":["yale_lock","august_lock"],"custom_metadata_has":{"x":null},"page_cursor":"\#(cursor)"}
                """#
            )
            #expect(posted.status == 200)
            #expect(posted.list("devices").count == 2)
            let other = try await client.get("/action_attempts/list?limit=2&page_cursor=\(encoded)")
            #expect(other.errorType == "mismatched_page_parameters")
            for garbage in ["x", "AAAA", "%25"] {
                let answer = try await client.get("/devices/list?page_cursor=\(garbage)")
                #expect((answer.status, answer.errorType) == (400, "invalid_input"))
                #expect(answer["error", "validation_errors", "page_cursor"] != nil)
            }
        }
    }

    @Test("G12 a limit over the maximum is taken as the maximum; one below 1 is refused")
    func limits() async throws {
        let harness = try await APIHarness(
            configuration: APIConfiguration(port: 0, maximumPageSize: 4, publicBaseURL: "https://locks.example/api/")
        )
        try await harness.run { client in
            let answer = try await client.get("/devices/list?limit=22900")
            #expect(answer.list("devices").count == 4)
            #expect(
                answer.text("pagination", "next_page_url")?.hasPrefix("https://locks.example/api/devices/list?") == true
            )
            for limit in ["0", "-1"] {
                let refused = try await client.get("/devices/list?limit=\(limit)")
                #expect(refused.errorMessage == #"Number must be greater than 0 for "limit""#)
            }
            #expect(try await client.get("/devices/list?limit=1.5").status == 400)
        }
    }

    @Test("get finds by id and by name, and by both only if both fit")
    func lookup() async throws {
        try await APIHarness.run { _, client in
            let id = APIHarness.lock("lobby").id
            #expect(try await client.get("/devices/get?device_id=\(id)&name=Lobby").status == 200)
            #expect(try await client.post("/devices/get", #"{"name":"Lobby"}"#).status == 200)
            let mismatch = try await client.get("/devices/get?device_id=\(id)&name=Garage")
            #expect((mismatch.status, mismatch.errorType) == (404, "device_not_found"))
            #expect(try await client.get("/devices/get?name=lobby").status == 404)
            #expect(try await client.get("/devices/get").status == 400)
        }
    }
}
