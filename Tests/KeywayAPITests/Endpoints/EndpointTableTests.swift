import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("Declarations")
struct EndpointTableTests {
    @Test("Every endpoint of the issue is declared")
    func paths() {
        let expected = [
            "/action_attempts/get", "/action_attempts/list", "/action_attempts/simulate/resolve", "/devices/get",
            "/devices/list", "/devices/simulate/connect", "/devices/simulate/disconnect", "/events/get", "/events/list",
            "/devices/update", "/devices/delete", "/devices/list_device_providers", "/devices/unmanaged/get",
            "/devices/unmanaged/list", "/devices/unmanaged/update", "/devices/simulate/connect_to_hub",
            "/devices/simulate/disconnect_from_hub", "/devices/simulate/paid_subscription",
            "/devices/simulate/remove", "/locks/configure_auto_lock", "/locks/simulate/keypad_code_entry",
            "/locks/simulate/manual_lock_via_keypad", "/connected_accounts/get", "/connected_accounts/list",
            "/connected_accounts/update", "/connected_accounts/delete", "/connected_accounts/sync",
            "/connected_accounts/simulate/disconnect",
            "/health", "/health/get_health", "/locks/get", "/locks/list", "/locks/lock_door",
            "/locks/simulate/set_behavior", "/locks/unlock_door", "/workspaces/get",
        ]
        #expect(Set(EndpointTable.all.endpoints.map(\.path)).isSuperset(of: expected))
    }

    @Test("Every declaration is documented and makes sense", arguments: EndpointTable.all.endpoints.map(\.path))
    func declarations(path: String) throws {
        let endpoint = try #require(EndpointTable.all[path])
        #expect(endpoint.summary.hasSuffix("."))
        #expect(endpoint.path.hasPrefix("/") && !endpoint.path.hasSuffix("/"))
        let names = endpoint.parameters.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(endpoint.needsOneOf).isSubset(of: names))
        #expect(Set(endpoint.rules.flatMap { [$0.parameter, $0.condition] }).isSubset(of: names))
        for parameter in endpoint.parameters {
            #expect(parameter.documentation.hasSuffix("."))
            #expect(!(parameter.isRequired && parameter.defaultValue != nil))
            // A default that its own schema refuses would be a trap.
            if let value = parameter.defaultValue {
                _ = try Validator.validate(.object([parameter.name: value]), [parameter])
            }
        }
    }
}
