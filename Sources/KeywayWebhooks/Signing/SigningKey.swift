import Crypto
import FoundationEssentials

/// The bytes that deliveries are signed with.
struct SigningKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    private static let prefix = "whsec_"

    private let key: SymmetricKey

    /// Reads `whsec_` and base64, padded or not, or bare base64 (wire contract, section 5); nil for anything else.
    init?(_ secret: String) {
        let encoded = secret.hasPrefix(Self.prefix) ? String(secret.dropFirst(Self.prefix.count)) : secret
        let padding = String(repeating: "=", count: (4 - encoded.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: encoded + padding), !bytes.isEmpty else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// Signs a text: `v1,` and the base64 of its HMAC-SHA256.
    func signature(of content: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(content.utf8), using: key)
        return "v1," + Data(code).base64EncodedString()
    }

    static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    func hash(into hasher: inout Hasher) {
        hasher.combine(key.bitCount)
    }

    var description: String { "(secret)" }

    var customMirror: Mirror { Mirror(self, children: []) }
}
