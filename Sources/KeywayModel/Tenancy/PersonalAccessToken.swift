/// A token of a person or a program that works in more than one workspace.
///
/// Its secret is known to its holder only; Keyway keeps a hash.
package struct PersonalAccessToken: Hashable, Sendable {
    /// Its identity, which is not secret.
    package let id: Identifier<PersonalAccessToken>
    /// Whose it is or what for, in its maker's words.
    package let name: String
    /// The middle part of the token's text, unique, by which it is looked up; not secret.
    package let shortToken: String
    /// SHA-256 of the last part of the token's text.
    package let secretHash: [UInt8]
    /// Where it works.
    package var reach: Reach
    /// When it was made.
    package let createdAt: Timestamp
    /// When it stopped working; nil while it works.
    package var revokedAt: Timestamp?

    /// Makes a token's record.
    package init(
        id: Identifier<PersonalAccessToken>,
        name: String,
        shortToken: String,
        secretHash: [UInt8],
        reach: Reach,
        createdAt: Timestamp,
        revokedAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.shortToken = shortToken
        self.secretHash = secretHash
        self.reach = reach
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }

    /// The workspaces that a token works in.
    package enum Reach: Hashable, Sendable {
        /// Every workspace of this server, whenever it is made.
        case everyWorkspace
        /// These, and those that are made with the token.
        case workspaces(Set<Identifier<Workspace>>)
    }

    /// Whether it works in a workspace.
    package func reaches(_ workspaceID: Identifier<Workspace>) -> Bool {
        switch reach {
        case .everyWorkspace: true
        case .workspaces(let ids): ids.contains(workspaceID)
        }
    }
}
