import FoundationEssentials
import KeywayDriver
package import KeywayModel

/// What is needed to speak with one maker's API on behalf of one connected account.
///
/// The token and the callback secret show in no description.
package struct DeviceCloudSettings: Hashable, Sendable {
    /// Where the maker's API begins, without a slash at its end, such as `https://api.example.com/v1`.
    package let baseURL: String
    /// The longest that one request to the maker may take.
    package let requestTimeout: Duration
    let token: Secret
    let callbackSecret: CallbackSecret

    /// The default of `requestTimeout`, and its range.
    package static var defaultRequestTimeout: Duration { .seconds(10) }
    /// What `requestTimeout` can be.
    package static var requestTimeouts: ClosedRange<Duration> { .milliseconds(100)...(.seconds(60)) }

    /// Checks and takes settings.
    ///
    /// - Parameters:
    ///   - baseURL: An `http` or `https` URL without user, query and fragment.
    ///   - token: The bearer token: 1 to 4,096 visible ASCII characters.
    ///   - callbackSecret: `whsec_` and the Base64 of 24 to 64 bytes.
    ///   - requestTimeout: Within ``requestTimeouts``.
    /// - Throws: ``DeviceCloudError`` for the first of them that is something else.
    package init(
        baseURL: String,
        token: String,
        callbackSecret: String,
        requestTimeout: Duration = defaultRequestTimeout
    ) throws(DeviceCloudError) {
        self.baseURL = try Self.checkedURL(baseURL)
        guard (1...4096).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let message = "The token must be 1 to 4,096 visible ASCII characters without spaces."
            throw DeviceCloudError(.badToken, message: message)
        }
        self.token = Secret(token)
        guard let secret = CallbackSecret(callbackSecret) else {
            let message = "The callback secret must be whsec_ and the Base64 of 24 to 64 bytes."
            throw DeviceCloudError(.badCallbackSecret, message: message)
        }
        self.callbackSecret = secret
        guard Self.requestTimeouts.contains(requestTimeout) else {
            let message = "The request timeout must be 0.1 to 60 seconds."
            throw DeviceCloudError(.badRequestTimeout, message: message)
        }
        self.requestTimeout = requestTimeout
    }

    private static func checkedURL(_ text: String) throws(DeviceCloudError) -> String {
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false, parts.user == nil, parts.password == nil, parts.query == nil,
            parts.fragment == nil
        else {
            throw DeviceCloudError(
                .badBaseURL,
                message: "The base URL must begin with http:// or https:// and have no user, query or fragment."
            )
        }
        return String(text.reversed().drop { $0 == "/" }.reversed())
    }

    // MARK: As stored

    /// Reads settings as an account has them.
    ///
    /// - Throws: ``DeviceCloudError`` for anything that `json` did not write.
    package init(_ json: JSONValue) throws(DeviceCloudError) {
        try self.init(
            baseURL: json["base_url"]?.stringValue ?? "",
            token: json["token"]?.stringValue ?? "",
            callbackSecret: json["callback_secret"]?.stringValue ?? "",
            requestTimeout: json["request_timeout_milliseconds"]?.numberValue.map { .milliseconds($0) }
                ?? Self.defaultRequestTimeout
        )
    }

    /// The settings as an account has them, secrets included.
    package var json: JSONValue {
        .object([
            "base_url": .string(baseURL),
            "token": .string(token.text),
            "callback_secret": .string(callbackSecret.text),
            "request_timeout_milliseconds": .number(requestTimeout / .milliseconds(1)),
        ])
    }

    /// Makes a callback secret of 24 random bytes.
    package static func makeCallbackSecret(using generator: inout some RandomNumberGenerator) -> String {
        let bytes = (0..<24).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return CallbackSecret.prefix + Data(bytes).base64EncodedString()
    }
}
