/// A thing that the owner of a workspace makes, changes and deletes as a whole, and that no device depends on.
///
/// Its `Codable` form is how it is stored, not how it is shown.
package protocol OwnedRecord: Hashable, Codable, Sendable {
    /// Which kind of record it is.
    static var kind: OwnedRecordKind { get }
    /// Its identity.
    var id: Identifier<Self> { get }
    /// The tenant it belongs to.
    var workspaceID: Identifier<Workspace> { get }
    /// When it was made.
    var createdAt: Timestamp { get }
    /// A text that names it among all records of its kind in all workspaces; nil if it has none.
    var globalKey: String? { get }
    /// A text that names it among the records of its kind in its workspace; nil if it has none.
    var localKey: String? { get }
}

extension OwnedRecord {
    /// None, by default.
    package var globalKey: String? { nil }
    /// None, by default.
    package var localKey: String? { nil }
}

/// The kinds of ``OwnedRecord``; raw values are stored.
package enum OwnedRecordKind: String, CaseIterable, Sendable {
    case webhook
    case clientSession = "client_session"
    case connectWebview = "connect_webview"
}
