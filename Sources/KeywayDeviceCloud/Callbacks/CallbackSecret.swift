import Crypto
import FoundationEssentials
import KeywayModel

/// The key that one account's callbacks are signed with, as Standard Webhooks says
/// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
struct CallbackSecret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    static let prefix = "whsec_"
    /// How far the time of a signature may be from now, in either direction.
    static let tolerance: Duration = .seconds(300)
    /// The most signatures of one callback that are looked at; a secret that is being changed makes two.
    static let maximumSignatures = 8

    /// The secret as it was given.
    let text: String
    private let key: SymmetricKey

    /// Reads `whsec_` and the Base64 of 24 to 64 bytes, padded or not; nil for anything else.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let encoded = String(text.dropFirst(Self.prefix.count).reversed().drop { $0 == "=" }.reversed())
        let padding = String(repeating: "=", count: (4 - encoded.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: encoded + padding), (24...64).contains(bytes.count) else { return nil }
        self.text = text
        key = SymmetricKey(data: bytes)
    }

    static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }

    var description: String { "(secret)" }

    var customMirror: Mirror { Mirror(self, children: []) }

    /// What a true signature says about a callback.
    struct Finding: Hashable, Sendable {
        /// The message's identity, the same on every delivery.
        let messageID: String
        /// When it was signed, on the maker's clock, to the second.
        let signedAt: Timestamp
    }

    /// Checks the signature of a callback over its raw body.
    ///
    /// - Parameters:
    ///   - headers: By name in lower case; `svix-` names go before `webhook-` ones, as the verifiers of others have it.
    ///   - body: The body, byte for byte.
    ///   - now: The wall clock.
    /// - Returns: Nil if no signature is true, or it was made too long before or after now.
    func verify(headers: [String: String], body: [UInt8], now: Timestamp) -> Finding? {
        guard let id = Self.header("id", in: headers), let time = Self.header("timestamp", in: headers),
            let signatures = Self.header("signature", in: headers),
            let seconds = Self.wholeSeconds(time)
        else { return nil }
        let signedAt = Timestamp(microseconds: seconds * 1_000_000)
        guard abs((signedAt - now).wholeMicroseconds) <= Self.tolerance.wholeMicroseconds else { return nil }
        let content = Array("\(id).\(time).".utf8) + body
        for entry in signatures.split(separator: " ").prefix(Self.maximumSignatures) where entry.hasPrefix("v1,") {
            guard let code = Data(base64Encoded: String(entry.dropFirst(3))) else { continue }
            // Compares in constant time.
            if HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: content, using: key) {
                return Finding(messageID: id, signedAt: signedAt)
            }
        }
        return nil
    }

    private static func header(_ name: String, in headers: [String: String]) -> String? {
        headers["svix-\(name)"] ?? headers["webhook-\(name)"]
    }

    /// Reads a decimal number of at most twelve digits, which is good until the year 33658.
    private static func wholeSeconds(_ text: String) -> Int64? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }
}
