import Crypto
import FoundationEssentials

/// An operator's key for the secrets in the database.
package struct SecretKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let key: SymmetricKey

    /// How many bytes it has.
    package static let length = 32

    /// Reads the base64 of 32 bytes, such as `openssl rand -base64 32` prints; nil for anything else.
    package init?(_ text: String) {
        guard let bytes = Data(base64Encoded: text), bytes.count == Self.length else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// Compares the keys in constant time.
    package static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    /// Hashes the length only, so that nothing of the key is told.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(key.bitCount)
    }

    /// Nothing of the key.
    package var description: String { "(secret)" }

    /// What debuggers and `dump` show: nothing of the key either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
