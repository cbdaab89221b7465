/// A key that acts for its whole workspace.
///
/// Its secret is known to its holder only; Keyway keeps a hash.
package struct APIKey: Hashable, Sendable {
    /// Its identity, which is not secret.
    package let id: Identifier<APIKey>
    /// The tenant it acts for.
    package let workspaceID: Identifier<Workspace>
    /// What it is for, in its maker's words.
    package let name: String
    /// The middle part of the key's text, unique, by which it is looked up; not secret.
    package let shortToken: String
    /// SHA-256 of the last part of the key's text.
    package let secretHash: [UInt8]
    /// When it was made.
    package let createdAt: Timestamp
    /// When it stopped working; nil while it works.
    package var revokedAt: Timestamp?

    /// Makes a key's record.
    package init(
        id: Identifier<APIKey>,
        workspaceID: Identifier<Workspace>,
        name: String,
        shortToken: String,
        secretHash: [UInt8],
        createdAt: Timestamp,
        revokedAt: Timestamp? = nil
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.name = name
        self.shortToken = shortToken
        self.secretHash = secretHash
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }
}
