import Crypto

/// The text of an API key: `seam_<short>_<long>` (wire contract, section 2.1).
///
/// The short part names the key and is no secret; the long part is, and Keyway keeps only its SHA-256. The long part has
/// more than 128 random bits, so a fast hash is enough: there is nothing to guess from a list of likely secrets.
package struct APIKeyToken: Hashable, Sendable {
    /// The part by which the key is looked up.
    package let shortToken: String
    private let secret: String

    private static let prefix = "seam"
    /// Beginnings that make clients take the token for another kind of credential.
    private static let reservedBeginnings = ["at", "cst", "pk"]
    /// Letters and digits that cannot be mistaken for each other.
    private static let base58 = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    /// Random characters in a short part: with 58 to the eighth power of them a collision is rare, and the store refuses
    /// it.
    private static let shortLength = 8
    /// Random characters in a long part: more than 140 bits.
    private static let longLength = 24
    /// Longer texts are no keys, and are not looked up.
    private static let maximumPartLength = 64

    /// Makes a new key.
    ///
    /// - Parameters:
    ///   - isSandbox: Whether its workspace is a sandbox; then the short part begins with `test`, else `test` is nowhere
    ///     in it.
    ///   - generator: Where the randomness comes from; in production a cryptographically secure one.
    /// - Returns: The key, whose text nobody else knows.
    package static func generate(
        forSandbox isSandbox: Bool,
        using generator: inout some RandomNumberGenerator
    ) -> APIKeyToken {
        while true {
            let random = text(of: shortLength, using: &generator)
            let short = isSandbox ? "test" + random : random
            guard isUsable(short), isSandbox || !short.lowercased().contains("test") else { continue }
            return APIKeyToken(shortToken: short, secret: text(of: longLength, using: &generator))
        }
    }

    /// Parses the text of a key; nil for anything that cannot be one.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.prefix, Self.isUsable(parts[1]), Self.isPart(parts[2]) else {
            return nil
        }
        self.init(shortToken: String(parts[1]), secret: String(parts[2]))
    }

    private init(shortToken: String, secret: String) {
        self.shortToken = shortToken
        self.secret = secret
    }

    /// The whole text, to be shown to its owner once and never stored or logged.
    package var text: String { "\(Self.prefix)_\(shortToken)_\(secret)" }

    /// SHA-256 of the long part, which is what is stored.
    package var secretHash: [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

    /// Whether a stored hash is this key's, compared in constant time.
    package func matches(_ storedHash: [UInt8]) -> Bool {
        let ownHash = secretHash
        guard ownHash.count == storedHash.count else { return false }
        var difference: UInt8 = 0
        for (own, stored) in zip(ownHash, storedHash) { difference |= own ^ stored }
        return difference == 0
    }

    private static func text(of length: Int, using generator: inout some RandomNumberGenerator) -> String {
        String((0..<length).map { _ in base58[Int.random(in: 0..<base58.count, using: &generator)] })
    }

    private static func isUsable(_ short: some StringProtocol) -> Bool {
        isPart(short) && !reservedBeginnings.contains { short.lowercased().hasPrefix($0) }
    }

    private static func isPart(_ part: some StringProtocol) -> Bool {
        (1...maximumPartLength).contains(part.utf8.count)
            && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: false
                }
            }
    }
}

extension APIKeyToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text without its secret, fit for a log.
    package var description: String { "\(Self.prefix)_\(shortToken)_…" }

    /// The same as the description.
    package var debugDescription: String { description }

    /// A mirror without the secret, so that `dump` does not show it either.
    package var customMirror: Mirror { Mirror(self, children: ["shortToken": shortToken]) }
}
