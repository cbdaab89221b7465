import Crypto

/// The text of a credential: `seam_<short>_<long>` (wire contract, section 2.1).
///
/// The short part names it and is no secret; the long part is, and of API keys and personal access tokens Keyway keeps
/// only its SHA-256. The long part has more than 128 random bits, so a fast hash is enough: there is nothing to guess
/// from a list of likely secrets.
package struct BearerToken: Hashable, Sendable {
    /// What kind of credential it is, as the beginning of the short part tells.
    package let kind: Kind
    /// The part by which it is looked up.
    package let shortToken: String
    private let secret: String

    private static let prefix = "seam"
    /// The kinds of credential.
    package enum Kind: CaseIterable, Sendable {
        case apiKey
        case personalAccessToken
        case clientSession
        case publishableKey

        /// How the short part begins, by which clients tell the kinds apart; of API keys in no such way.
        var beginning: String {
            switch self {
            case .apiKey: ""
            case .personalAccessToken: "at"
            case .clientSession: "cst"
            case .publishableKey: "pk"
            }
        }

        /// Beginnings that make clients take the token for another kind than an API key.
        static let reserved = [personalAccessToken, clientSession, publishableKey].map(\.beginning)
    }

    /// Letters and digits that cannot be mistaken for each other.
    private static let base58 = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    /// Random characters in a short part: with 58 to the eighth power of them a collision is rare, and the store refuses
    /// it.
    private static let shortLength = 8
    /// Random characters in a long part: more than 140 bits.
    private static let longLength = 24
    /// Longer texts are no credentials, and are not looked up.
    private static let maximumPartLength = 64

    /// Makes a new credential of any kind but an API key; the version 1 of its form.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - generator: Where the randomness comes from; in production a cryptographically secure one.
    /// - Returns: The credential, whose text nobody else knows.
    package static func generate(_ kind: Kind, using generator: inout some RandomNumberGenerator) -> BearerToken {
        precondition(kind != .apiKey, "an API key depends on its workspace")
        return BearerToken(
            kind: kind,
            shortToken: kind.beginning + "1" + text(of: shortLength, using: &generator),
            secret: text(of: longLength, using: &generator)
        )
    }

    /// Makes a new API key.
    ///
    /// - Parameters:
    ///   - isSandbox: Whether its workspace is a sandbox; then the short part begins with `test`, else `test` is nowhere
    ///     in it.
    ///   - generator: Where the randomness comes from; in production a cryptographically secure one.
    /// - Returns: The key, whose text nobody else knows.
    package static func generate(
        forSandbox isSandbox: Bool,
        using generator: inout some RandomNumberGenerator
    ) -> BearerToken {
        while true {
            let random = text(of: shortLength, using: &generator)
            let short = isSandbox ? "test" + random : random
            guard kind(ofShort: short) == .apiKey, isSandbox || !short.lowercased().contains("test") else { continue }
            return BearerToken(kind: .apiKey, shortToken: short, secret: text(of: longLength, using: &generator))
        }
    }

    /// Parses the text of a credential; nil for anything that cannot be one.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.prefix, Self.isPart(parts[2]),
            let kind = Self.kind(ofShort: String(parts[1]))
        else { return nil }
        self.init(kind: kind, shortToken: String(parts[1]), secret: String(parts[2]))
    }

    private init(kind: Kind, shortToken: String, secret: String) {
        self.kind = kind
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

    /// The kind that a short part tells; nil if it is none, or so near to another kind that it could be mistaken.
    private static func kind(ofShort short: String) -> Kind? {
        guard isPart(short) else { return nil }
        guard let reserved = Kind.reserved.first(where: { short.lowercased().hasPrefix($0) }) else { return .apiKey }
        return Kind.allCases.first { $0.beginning == reserved && short.hasPrefix(reserved) }
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

extension BearerToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text without its secret, fit for a log.
    package var description: String { "\(Self.prefix)_\(shortToken)_…" }

    /// The same as the description.
    package var debugDescription: String { description }

    /// A mirror without the secret, so that `dump` does not show it either.
    package var customMirror: Mirror { Mirror(self, children: ["shortToken": shortToken]) }
}
