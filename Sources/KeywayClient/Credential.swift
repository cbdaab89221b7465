extension KeywayClient {
    /// What a client shows the server to be let in.
    ///
    /// Its description holds nothing secret.
    public struct Credential: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case apiKey = "an API key"
            case personalAccessToken = "a personal access token"
            case clientSession = "a client session token"
        }

        private let kind: Kind
        private let token: String
        private let workspaceID: String?

        /// An API key, which acts for its one workspace.
        public static func apiKey(_ key: String) -> Self {
            Self(kind: .apiKey, token: key, workspaceID: nil)
        }

        /// A personal access token, which acts for a workspace that its owner belongs to.
        public static func personalAccessToken(_ token: String, workspaceID: String) -> Self {
            Self(kind: .personalAccessToken, token: token, workspaceID: workspaceID)
        }

        /// The token of a client session, which sees only the devices of that session.
        public static func clientSession(token: String) -> Self {
            Self(kind: .clientSession, token: token, workspaceID: nil)
        }

        /// What kind of credential it is.
        public var description: String { kind.rawValue }

        /// The headers that carry it.
        var headers: [(name: String, value: String)] {
            var headers = [(name: "authorization", value: "Bearer \(token)")]
            if let workspaceID { headers.append((name: "seam-workspace", value: workspaceID)) }
            return headers
        }

        func check() throws(InvalidConfiguration) {
            guard Self.fitsHeader(token) else {
                throw InvalidConfiguration(message: "\(description) is empty or has characters that no token has.")
            }
            guard workspaceID.map(Self.fitsHeader) ?? true else {
                throw InvalidConfiguration(message: "A workspace id is empty or has characters that no id has.")
            }
        }

        /// Printable ASCII without spaces: anything else could be read as a header of its own.
        private static func fitsHeader(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
    }
}
