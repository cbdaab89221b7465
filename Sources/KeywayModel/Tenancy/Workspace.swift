/// A tenant: everything else belongs to exactly one (G11).
package struct Workspace: Hashable, Sendable {
    /// Its identity.
    package let id: Identifier<Workspace>
    /// Its name for people.
    package var name: String
    /// Whether its devices are virtual and its `simulate` endpoints answer.
    package let isSandbox: Bool
    /// When it was made.
    package let createdAt: Timestamp

    /// Makes a workspace.
    package init(id: Identifier<Workspace>, name: String, isSandbox: Bool, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.isSandbox = isSandbox
        self.createdAt = createdAt
    }
}
