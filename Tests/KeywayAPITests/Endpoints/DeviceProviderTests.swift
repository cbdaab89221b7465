import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Device providers, wire contract 3.7 and 4.3")
struct DeviceProviderTests {
    @Test("A sandbox lists the brands of its virtual devices, each once, with what any of them can do")
    func sandbox() async throws {
        try await APIHarness.run { harness, client in
            let answer = try await client.get("/devices/list_device_providers")
            let brands = answer.column("device_providers", "device_provider_name")
            #expect(brands == Set(APIHarness.locks.map(\.description.manufacturer)).sorted())
            let august = try #require(
                answer.list("device_providers").first { $0["device_provider_name"] == .string("august") }
            )
            #expect(
                try august
                    == JSONValue(
                        #"""
                        {"device_provider_name":"august","display_name":"August","image_url":"",
                         "provider_categories":["stable","consumer_smartlocks"],
                         "can_remotely_lock":true,"can_remotely_unlock":true,"can_configure_auto_lock":true,
                         "can_unlock_with_code":true,"can_simulate_connection":true,"can_simulate_disconnection":true,
                         "can_simulate_hub_connection":true,"can_simulate_hub_disconnection":true,
                         "can_simulate_removal":true}
                        """#
                    )
            )
            let nuki = answer.list("device_providers").first { $0["device_provider_name"] == .string("nuki") }
            #expect(nuki?["can_simulate_paid_subscription"] == .bool(true))
            #expect(nuki?["can_unlock_with_code"] == nil)
            let visitor = client.presenting(try await harness.addSession(accounts: []).token)
            #expect(try await visitor.get("/devices/list_device_providers").body == answer.body)
        }
    }

    @Test(
        "The category filters, and one that is unknown matches nothing",
        arguments: [("stable", true), ("consumer_smartlocks", true), ("thermostats", false), ("nonsense", false)]
    )
    func categories(category: String, isThere: Bool) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.get(
                "/devices/list_device_providers?provider_category=\(category)&_strict=true"
            )
            #expect(answer.status == 200)
            #expect(answer.list("device_providers").isEmpty != isThere)
        }
    }

    @Test("A live workspace has no virtual brands, but the device cloud where the server has one")
    func live() async throws {
        let harness = try await APIHarness()
        #expect(DeviceProviders.of(APIHarness.foreignWorkspace, harness.services).isEmpty)
        let withCloud = APIServices(
            store: harness.store,
            engine: harness.engine,
            simulators: [.sandbox: harness.sandbox],
            receivers: [.deviceCloud: NoCallbacks()],
            time: harness.clock,
            ids: CountingIdentifiers(),
            logger: .silent
        )
        let providers = DeviceProviders.of(APIHarness.foreignWorkspace, withCloud)
        #expect(providers.map(\.name) == ["unknown"])
        #expect(providers.first?.capabilities == [.canRemotelyLock, .canRemotelyUnlock])
        #expect(DeviceProviders.of(APIHarness.workspace, withCloud).count > 1)
    }

    private struct NoCallbacks: CallbackReceiver {
        func receive(_: Callback, for _: Identifier<ConnectedAccount>) async -> CallbackVerdict { .unauthorized }
    }
}
