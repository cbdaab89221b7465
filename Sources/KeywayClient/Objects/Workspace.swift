extension KeywayClient {
    /// What keeps devices, keys and events of one tenant apart from all others.
    public struct Workspace: ServerObject, Identifiable {
        /// Its identity.
        public let id: String
        /// Its name for people.
        public let name: String
        /// Whether its devices are virtual.
        public let isSandbox: Bool
        /// Whether nothing may be done in it for now.
        public let isSuspended: Bool
        /// Everything that the server said about it.
        public let json: JSONValue

        /// Reads a workspace.
        ///
        /// - Throws: ``UnreadableAnswer`` if its identity or name is missing.
        public init(json: JSONValue) throws {
            let reader = try ObjectReader(json, kind: "workspace")
            self.json = json
            id = try reader.text("workspace_id")
            name = try reader.text("name")
            isSandbox = reader.flagIfAny("is_sandbox") ?? false
            isSuspended = reader.flagIfAny("is_suspended") ?? false
        }
    }
}
