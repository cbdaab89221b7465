import ArgumentParser
import FoundationEssentials
import KeywayClient

/// Which server a command speaks with, and as whom.
struct ClientOptions: ParsableArguments {
    static let endpointVariable = "KEYWAY_ENDPOINT"
    static let keyVariable = "KEYWAY_API_KEY"
    static let defaultEndpoint = "http://127.0.0.1:8080"

    @Option(help: "Where the server is. (default: $\(endpointVariable) or \(defaultEndpoint))")
    var endpoint: String?

    @Option(
        help: """
            An API key, personal access token or client session token. (default: $\(keyVariable), which keeps it out of \
            the shell's history)
            """
    )
    var apiKey: String?

    @Option(help: "A file that holds the API key.", completion: .file())
    var apiKeyFile: String?

    @Option(help: "The id of the workspace to act in; only for personal access tokens.")
    var workspace: String?

    @Flag(help: "Print JSON, for scripts.")
    var json = false

    /// A client of that server.
    ///
    /// - Throws: `ValidationError` for what is missing or cannot be used.
    func makeClient(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> KeywayClient {
        do {
            return try KeywayClient(
                endpoint: endpoint ?? environment[Self.endpointVariable] ?? Self.defaultEndpoint,
                credential: try credential(environment)
            )
        } catch let error as KeywayClient.InvalidConfiguration {
            throw ValidationError(error.message)
        }
    }

    private func credential(_ environment: [String: String]) throws -> KeywayClient.Credential {
        let token = try token(environment)
        if token.hasPrefix("seam_cst") { return .clientSession(token: token) }
        guard token.hasPrefix("seam_at") else { return .apiKey(token) }
        guard let workspace else {
            throw ValidationError("A personal access token needs --workspace, the id of the workspace to act in.")
        }
        return .personalAccessToken(token, workspaceID: workspace)
    }

    private func token(_ environment: [String: String]) throws -> String {
        guard apiKey == nil || apiKeyFile == nil else {
            throw ValidationError("Give --api-key or --api-key-file, not both.")
        }
        if let apiKey { return apiKey }
        if let apiKeyFile {
            guard let text = try? String(contentsOfFile: apiKeyFile, encoding: .utf8) else {
                throw ValidationError("The file \(apiKeyFile) cannot be read.")
            }
            return text.filter { !$0.isWhitespace }
        }
        guard let key = environment[Self.keyVariable], !key.isEmpty else {
            throw ValidationError("Give the API key with --api-key, --api-key-file or \(Self.keyVariable).")
        }
        return key
    }
}
