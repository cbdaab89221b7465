import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayMQTT

@Suite("The settings of an account at a broker")
struct MQTTSettingsTests {
    @Test("come back from the store as they went in")
    func stored() throws {
        let plain = try MQTTSettings(host: "broker.local")
        #expect(plain.port == 1883)
        #expect(try MQTTSettings(plain.json) == plain)
        let full = try MQTTSettings(
            host: "2001:db8::1",
            tls: .init(authorities: "/ca.pem", certificate: "/c.pem", key: "/c.key"),
            user: "keyway",
            password: "pass\"word ü",
            clientID: "front-1",
            discoveryPrefix: "ha",
            zigbeeBase: "z2m/house"
        )
        #expect(full.port == 8883)
        #expect(try MQTTSettings(full.json) == full)
        #expect(try MQTTSettings(try MQTTSettings(host: "h", tls: .init()).json).tls == .init())
    }

    @Test("never show the password")
    func secret() throws {
        let settings = try MQTTSettings(host: "h", user: "u", password: "hush-hush")
        var dumped = ""
        dump(settings, to: &dumped)
        let options = BrokerOptions(settings, of: Samples.id(1), MQTTConfiguration())
        dump(options, to: &dumped)
        #expect(!"\(settings) \(String(reflecting: settings)) \(options) \(dumped)".contains("hush"))
    }

    @Test("that cannot be used are refused with what is wrong")
    func refused() {
        func code(_ make: () throws -> MQTTSettings) -> MQTTError.Code? {
            do { _ = try make() } catch { return (error as? MQTTError)?.code }
            return nil
        }
        for host in ["", "a b", "mqtt://h", String(repeating: "h", count: 254)] {
            #expect(code { try MQTTSettings(host: host) } == .badBroker)
        }
        for port in [0, 65536, -1] { #expect(code { try MQTTSettings(host: "h", port: port) } == .badPort) }
        #expect(code { try MQTTSettings(host: "h", password: "p") } == .badCredentials)
        #expect(code { try MQTTSettings(host: "h", user: "") } == .badCredentials)
        #expect(code { try MQTTSettings(host: "h", user: "a\0b") } == .badCredentials)
        #expect(code { try MQTTSettings(host: "h", tls: .init(certificate: "/c.pem")) } == .badTLS)
        #expect(code { try MQTTSettings(host: "h", tls: .init(authorities: "ca.pem")) } == .badTLS)
        for id in ["", "a/b", "a+b", "ä", String(repeating: "i", count: 65)] {
            #expect(code { try MQTTSettings(host: "h", clientID: id) } == .badClientID)
        }
        for prefix in ["", "/a", "a/", "a/+", "#"] {
            #expect(code { try MQTTSettings(host: "h", discoveryPrefix: prefix) } == .badTopic)
            #expect(code { try MQTTSettings(host: "h", zigbeeBase: prefix) } == .badTopic)
        }
        #expect(code { try MQTTSettings(JSONValue.null) } == .badBroker)
    }

    @Test("name the connection by its account, in as many characters as any broker takes")
    func clientID() throws {
        let settings = try MQTTSettings(host: "h")
        let one = BrokerOptions(settings, of: Samples.id(1), MQTTConfiguration())
        let other = BrokerOptions(settings, of: Samples.id(2), MQTTConfiguration())
        #expect(one.clientID != other.clientID)
        #expect(one.clientID.utf8.count == 23)
        #expect(one.statusTopic == "keyway/\(one.clientID)/status")
    }
}
