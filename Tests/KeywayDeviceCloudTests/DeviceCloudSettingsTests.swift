import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayDeviceCloud

@Suite("The settings of an account")
struct DeviceCloudSettingsTests {
    private static let secret = CloudHarness.secret

    @Test(
        "a base URL is taken without the slash at its end",
        arguments: [
            ("https://api.example.com", "https://api.example.com"),
            ("http://127.0.0.1:81/v1//", "http://127.0.0.1:81/v1"),
            ("HTTPS://[::1]:8443/a%20b/", "HTTPS://[::1]:8443/a%20b"),
        ]
    )
    func baseURL(given: String, taken: String) throws {
        let settings = try DeviceCloudSettings(baseURL: given, token: "t", callbackSecret: Self.secret)
        #expect(settings.baseURL == taken)
    }

    @Test(
        "a wrong setting is refused by its name",
        arguments: [
            ("", "t", secret, 10, DeviceCloudError.Code.badBaseURL), ("api.example.com", "t", secret, 10, .badBaseURL),
            ("ftp://a", "t", secret, 10, .badBaseURL), ("http://", "t", secret, 10, .badBaseURL),
            ("http://u:p@a", "t", secret, 10, .badBaseURL), ("http://a?q=1", "t", secret, 10, .badBaseURL),
            ("http://a#f", "t", secret, 10, .badBaseURL), ("http://a", "", secret, 10, .badToken),
            ("http://a", "a b", secret, 10, .badToken), ("http://a", "a\r\nx: y", secret, 10, .badToken),
            ("http://a", String(repeating: "t", count: 4097), secret, 10, .badToken),
            ("http://a", "tö", secret, 10, .badToken), ("http://a", "t", "whsec_AAAA", 10, .badCallbackSecret),
            ("http://a", "t", "mySecret", 10, .badCallbackSecret), ("http://a", "t", secret, 0.05, .badRequestTimeout),
            ("http://a", "t", secret, 61, .badRequestTimeout),
        ]
    )
    func wrong(baseURL: String, token: String, secret: String, timeout: Double, code: DeviceCloudError.Code) {
        let error = #expect(throws: DeviceCloudError.self) {
            try DeviceCloudSettings(
                baseURL: baseURL,
                token: token,
                callbackSecret: secret,
                requestTimeout: .seconds(timeout)
            )
        }
        #expect(error?.code == code)
        #expect(error.map { token.count < 3 || !$0.description.contains(token) } == true)
    }

    @Test("they are read back as they were stored")
    func roundTrip() throws {
        let settings = try DeviceCloudSettings(
            baseURL: "https://a/b",
            token: String(repeating: "t", count: 4096),
            callbackSecret: Self.secret,
            requestTimeout: .milliseconds(250)
        )
        #expect(try DeviceCloudSettings(settings.json) == settings)
        #expect(throws: DeviceCloudError.self) { try DeviceCloudSettings(.null) }
    }

    @Test("no description of them or of their account has a secret in it")
    func descriptions() throws {
        let account = try CloudHarness.account(baseURL: "http://a")
        let settings = try DeviceCloudSettings(account.settings)
        let cloud = CloudAccount(account, settings, DeviceCloudConfiguration())
        var text = "\(account) \(String(reflecting: account)) \(settings) \(String(reflecting: settings)) \(cloud)"
        dump(account, to: &text)
        dump(settings, to: &text)
        dump(cloud, to: &text)
        #expect(!text.contains(CloudHarness.token))
        #expect(!text.contains(CloudHarness.secret))
        #expect(!text.contains("AAECAwQF"))
    }

    @Test("a lock has the same identity for the same account, another for any other")
    func deviceIDs() {
        let (one, two): (Identifier<ConnectedAccount>, Identifier<ConnectedAccount>) = (Samples.id(1), Samples.id(2))
        let id = Identifier<Device>.derived(from: "lock-1", in: one)
        // sha256 of "00000000-0000-8000-8000-000000000001/lock-1", with version and variant set.
        #expect(id.description == "2a8d4ffe-3967-83ed-89c7-10ba1d4a02a8")
        #expect(Identifier<Device>.derived(from: "lock-1", in: two) != id)
        #expect(Identifier<Device>.derived(from: "lock-2", in: one) != id)
    }

    @Test("a memory that is full forgets the oldest")
    func memory() {
        var memory = BoundedMemory<Int, String>(capacity: 3)
        for number in 1...5 { memory[number] = "\(number)" }
        memory[5] = "again"
        #expect((1...5).map { memory[$0] } == [nil, nil, "3", "4", "again"])
        memory[6] = "6"
        #expect((3...6).map { memory[$0] } == [nil, "4", "again", "6"])
    }
}
