import HTTPTypes
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Changing devices, wire contract 4.3")
struct DeviceUpdateTests {
    private static let lock = APIHarness.lock("vault")

    /// Patches the lock with these members.
    private static func update(_ client: APIClient, _ members: String) async throws -> Answer {
        try await client.with("content-type", "application/json")
            .send(.patch, "/devices/update", body: #"{"device_id":"\#(lock.id)",\#(members)}"#)
    }

    private static func shown(_ client: APIClient) async throws -> Answer {
        try await client.get("/devices/get?device_id=\(lock.id)")
    }

    private static func events(_ client: APIClient) async throws -> Answer {
        try await client.get("/events/list?device_id=\(lock.id)")
    }

    // MARK: Names

    @Test("A name is the nickname, and each change of what is shown is one event")
    func names() async throws {
        try await APIHarness.run { _, client in
            let renamed = try await Self.update(client, #""name":"Safe""#)
            #expect(renamed.body == .object(["ok": .bool(true)]))
            var device = try await Self.shown(client)
            #expect(device.text("device", "nickname") == "Safe")
            #expect(device.text("device", "display_name") == "Safe")
            #expect(device.text("device", "properties", "name") == "Vault")
            #expect(try await client.get("/devices/get?name=Safe").status == 200)
            // What changes nothing that is shown is told to nobody.
            for members in [#""name":"Safe""#, #""is_managed":true"#, #""custom_metadata":{}"#] {
                #expect(try await Self.update(client, members).status == 200)
            }
            #expect(try await Self.update(client, #""name":null"#).status == 200)
            device = try await Self.shown(client)
            #expect(device["device", "nickname"] == nil)
            #expect(device.text("device", "display_name") == "Vault")
            // The provider's own name as a nickname is a nickname, but shows the same.
            #expect(try await Self.update(client, #""name":"Vault""#).status == 200)
            #expect(try await Self.shown(client).text("device", "nickname") == "Vault")
            let events = try await Self.events(client)
            #expect(events.column("events", "event_type") == ["device.name_changed", "device.name_changed"])
            #expect(events.column("events", "device_name") == ["Safe", "Vault"])
        }
    }

    @Test(
        "The older spelling of a name counts unless the newer one is given",
        arguments: [
            (#""properties":{"name":"Old"}"#, "Old"), (#""properties":{"name":"Old"},"name":"New""#, "New"),
            (#""properties":{"name":"Old"},"name":null"#, "Vault"), (#""properties":{}"#, "Before"),
            (#""properties":{"name":null}"#, "Vault"), (#""name":"""#, "Vault"), (#""is_managed":true"#, "Before"),
        ]
    )
    func spellings(members: String, name: String) async throws {
        try await APIHarness.run { _, client in
            let first = try await Self.update(client, #""name":"Before""#)
            let second = try await Self.update(client, members)
            #expect((first.status, second.status) == (200, 200))
            #expect(try await Self.shown(client).text("device", "display_name") == name)
        }
    }

    @Test("A renamed lock is still one of many: its lane, its state and its list entry know the new name")
    func everywhere() async throws {
        try await APIHarness.run { _, client in
            let fast = APIHarness.lock("fast-lock-1").id
            let body = #"{"device_id":"\#(fast)","sync":true}"#
            #expect(try await client.post("/locks/unlock_door", body).status == 200)
            let renamed = try await client.post("/devices/update", #"{"device_id":"\#(fast)","name":"Quick"}"#)
            #expect(renamed.status == 200)
            #expect(try await client.post("/locks/lock_door", body).text("action_attempt", "status") == "success")
            let device = try await client.get("/devices/get?name=Quick")
            #expect(device.text("device", "device_id") == fast.description)
            #expect(device["device", "properties", "locked"] == .bool(true))
            #expect(try await client.get("/devices/list?search=quick").list("devices").count == 1)
        }
    }

    // MARK: Custom metadata

    @Test("Custom metadata merges; null and an empty text unset")
    func metadata() async throws {
        try await APIHarness.run { _, client in
            for (members, expected) in [
                (#"{"floor":"2","vip":true}"#, #"{"floor":"2","vip":true}"#),
                (#"{"vip":false,"wing":"east"}"#, #"{"floor":"2","vip":false,"wing":"east"}"#),
                (#"{"floor":null,"wing":"","none":null}"#, #"{"vip":false}"#),
            ] {
                #expect(try await Self.update(client, #""custom_metadata":\#(members)"#).status == 200)
                #expect(try await Self.shown(client)["device", "custom_metadata"] == JSONValue(expected))
            }
            let found = try await client.get("/devices/list?custom_metadata_has.vip=false&_strict=true")
            #expect(found.column("devices", "device_id") == [Self.lock.id.description])
            #expect(try await Self.update(client, #""name":"x""#).status == 200)
            let event = try await Self.events(client)
            #expect(try event["events", "0", "device_custom_metadata"] == JSONValue(#"{"vip":false}"#))
        }
    }

    @Test(
        "G12 custom metadata outside of its limits is refused by name, and nothing changes",
        arguments: [
            #"{"\#(String(repeating: "k", count: 41))":"x"}"#, #"{"a.b":"x"}"#, #"{"":"x"}"#,
            #"{"a":"\#(String(repeating: "v", count: 501))"}"#, #"{"a":5}"#, #"{"a":{}}"#, #"[]"#,
            "{\((0...50).map { #""k\#($0)":"x""# }.joined(separator: ","))}",
        ]
    )
    func badMetadata(metadata: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await Self.update(client, #""name":"Other","custom_metadata":\#(metadata)"#)
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", "custom_metadata"] != nil)
            let device = try await Self.shown(client)
            #expect(device["device", "custom_metadata"] == .object([:]))
            #expect(device.text("device", "display_name") == "Vault")
        }
    }

    @Test("G12 fifty keys are counted after the merge")
    func fifty() async throws {
        try await APIHarness.run { _, client in
            let fifty = (0..<50).map { #""k\#($0)":"\#(String(repeating: "v", count: 500))""# }.joined(separator: ",")
            #expect(try await Self.update(client, #""custom_metadata":{\#(fifty)}"#).status == 200)
            let more = try await Self.update(client, #""custom_metadata":{"one_more":true}"#)
            #expect((more.status, more.errorType) == (400, "invalid_input"))
            let exchanged = try await Self.update(client, #""custom_metadata":{"one_more":true,"k0":null}"#)
            #expect(exchanged.status == 200)
            #expect(try await Self.update(client, #""custom_metadata":{"k1":"other"}"#).status == 200)
        }
    }

    // MARK: Managing

    @Test("A device can be unmanaged once, and is then none of the managed ones")
    func unmanage() async throws {
        try await APIHarness.run { _, client in
            #expect(try await Self.update(client, #""is_managed":false"#).status == 200)
            #expect(try await Self.shown(client).status == 404)
            #expect(try await client.get("/locks/get?device_id=\(Self.lock.id)").status == 404)
            #expect(try await client.get("/devices/list").list("devices").count == APIHarness.locks.count - 1)
            #expect(try await client.get("/locks/list").list("devices").count == APIHarness.locks.count - 1)
            for members in [#""is_managed":false"#, #""name":"x""#] {
                let answer = try await Self.update(client, members)
                #expect((answer.status, answer.errorType) == (400, "device_unmanaged"))
            }
            let acted = try await client.post("/locks/unlock_door", #"{"device_id":"\#(Self.lock.id)"}"#)
            #expect((acted.status, acted.errorType) == (400, "device_unmanaged"))
            #expect(
                try await Self.events(client).column("events", "event_type") == ["device.converted_to_unmanaged"]
            )
        }
    }

    @Test("No device has a pool of backup codes, so it can be switched off but not on")
    func backupCodes() async throws {
        try await APIHarness.run { _, client in
            #expect(try await Self.update(client, #""backup_access_code_pool_enabled":false"#).status == 200)
            let answer = try await Self.update(client, #""name":"x","backup_access_code_pool_enabled":true"#)
            #expect((answer.status, answer.errorType) == (400, "device_type_not_supported"))
            #expect(try await Self.shown(client).text("device", "display_name") == "Vault")
        }
    }

    @Test("G11 a device of another workspace, or that is unknown, is not found and not changed")
    func foreign() async throws {
        try await APIHarness.run { harness, client in
            for id in ["00000000-0000-8000-8000-0000000000ff", APIHarness.foreignLock.id.description] {
                for path in ["/devices/update", "/devices/delete", "/devices/unmanaged/update"] {
                    let answer = try await client.post(path, #"{"device_id":"\#(id)","name":"Mine"}"#)
                    #expect((answer.status, answer.errorType) == (404, "device_not_found"))
                    #expect(answer["error", "data", "device_id"] == .string(id))
                }
            }
            let owner = client.presenting(harness.foreignToken.text)
            let theirs = try await owner.get("/devices/get?device_id=\(APIHarness.foreignLock.id)")
            #expect(theirs.text("device", "display_name") == "Lock 900")
        }
    }

    @Test("G9 a retry with the same key is answered as the first time, though the change was made")
    func idempotent() async throws {
        try await APIHarness.run { _, client in
            let retrying = client.with("idempotency-key", "k1")
            for _ in 1...2 {
                let body = #"{"device_id":"\#(Self.lock.id)","is_managed":false}"#
                #expect(try await retrying.post("/devices/update", body).status == 200)
            }
            let events = try await Self.events(client)
            #expect(events.list("events").count == 1)
        }
    }

    // MARK: Deleting

    @Test("A deleted device is gone everywhere; its attempts and events can still be read")
    func delete() async throws {
        try await APIHarness.run { _, client in
            let act = #"{"device_id":"\#(Self.lock.id)"}"#
            let held = try await client.post("/locks/unlock_door", act)
            let queued = try await client.post("/locks/unlock_door", act)
            let deleted = try await client.with("content-type", "application/json")
                .send(.delete, "/devices/delete", body: act)
            #expect(deleted.body == .object(["ok": .bool(true)]))
            for path in ["/devices/get", "/devices/unmanaged/get", "/locks/get"] {
                #expect(try await client.get("\(path)?device_id=\(Self.lock.id)").status == 404)
            }
            for path in [
                "/devices/delete", "/devices/update", "/locks/unlock_door", "/devices/simulate/connect",
            ] {
                let answer = try await client.post(path, act)
                #expect((answer.status, answer.errorType) == (404, "device_not_found"))
            }
            #expect(try await client.get("/devices/list?device_ids=\(Self.lock.id)").list("devices").isEmpty)
            let attempts = try await client.get("/action_attempts/list?device_id=\(Self.lock.id)")
            #expect(attempts.list("action_attempts").count == 2)
            for (attempt, status) in [(held, "pending"), (queued, "error")] {
                let id = attempt.text("action_attempt", "action_attempt_id") ?? ""
                let answer = try await client.get("/action_attempts/get?action_attempt_id=\(id)")
                #expect(answer.text("action_attempt", "status") == status)
            }
            let events = try await Self.events(client)
            #expect(
                events.column("events", "event_type") == ["action_attempt.unlock_door.failed", "device.deleted"]
            )
            #expect(events["events", "1", "device_name"] == .string("Vault"))
        }
    }

    @Test("Only the owner deletes devices")
    func deleteBySession() async throws {
        try await APIHarness.run { harness, client in
            let visitor = client.presenting(try await harness.addSession(accounts: [APIHarness.account.id]).token)
            #expect(try await visitor.get("/devices/get?device_id=\(Self.lock.id)").status == 200)
            let answer = try await visitor.post("/devices/delete", #"{"device_id":"\#(Self.lock.id)"}"#)
            #expect((answer.status, answer.errorType) == (401, "unauthorized"))
        }
    }
}
