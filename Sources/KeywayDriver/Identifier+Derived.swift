import Crypto
package import KeywayModel

extension Identifier where Subject == Device {
    /// The identity of a device of a provider: the same for the same account and the provider's id, without a look at
    /// the store.
    package static func derived(from nativeID: String, in accountID: Identifier<ConnectedAccount>) -> Self {
        Self(hashing: "\(accountID)/\(nativeID)")
    }
}

extension Identifier where Subject == ConnectedAccount {
    /// The identity of an account that an operator knows by a key: the same for the same workspace and key.
    package static func derived(from key: String, in workspaceID: Identifier<Workspace>) -> Self {
        Self(hashing: "\(workspaceID)/\(key)")
    }
}

extension Identifier {
    /// A UUID of version 8, the one left to applications (RFC 9562, section 5.8).
    private init(hashing text: String) {
        let digest = Array(SHA256.hash(data: Array(text.utf8)))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(
            high: word(digest[0..<8]) & ~0xF000 | 0x8000,
            low: word(digest[8..<16]) & ~(0b11 << 62) | 0b10 << 62
        )
    }
}
