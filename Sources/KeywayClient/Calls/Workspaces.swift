extension KeywayClient {
    /// The workspace of the credential.
    public struct Workspaces: Sendable {
        let connection: ServerConnection

        /// The workspace that the credential acts for.
        ///
        /// - Throws: What any request throws.
        public func get() async throws -> Workspace {
            try await connection.send(.read("/workspaces/get")).object("workspace")
        }
    }
}
