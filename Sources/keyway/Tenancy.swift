import ArgumentParser
import Glibc
import KeywayAPI
import KeywayModel
import KeywaySandbox
import KeywayStore
import KeywayStoreSQLite
import Metrics

/// The workspaces, keys and tokens in a data directory: what the server and the other commands both need.
struct Tenancy {
    let store: any Store
    let time: any TimeSource
    let ids: any IdentifierSource
    /// How many fast locks each sandbox has.
    let fastLocks: Int
    let secrets = SecretSource(SystemRandomNumberGenerator())
    /// Makes sure that the database's files do not hold what was replaced before.
    let emptyLog: @Sendable () async throws(StoreError) -> Void
    /// Closes the database.
    ///
    /// Nothing may use the store after that.
    let close: @Sendable () async throws -> Void

    /// The workspace that every new data directory begins with.
    ///
    /// Its id is the same everywhere, so that whoever comes first, the server or another command, makes the same one.
    private static let firstWorkspaceID = Identifier<Workspace>(high: 0x6b65_7977_6179_8000, low: 0x8000_0000_0000_0001)

    /// Opens the database of a data directory, making both if they are new.
    ///
    /// - Parameters:
    ///   - settings: Where it is and how to treat it.
    ///   - metrics: Who is told what the store measures; nil: nobody.
    /// - Returns: What is in it; its first workspace is there.
    /// - Throws: `StoreError` if it cannot be opened.
    static func open(_ settings: Settings, measuringFor metrics: (any MetricsFactory)? = nil) async throws -> Tenancy {
        // The database holds who may open which door: nobody but its owner may read it, wherever the directory is.
        umask(0o077)
        let directory = DataDirectory(path: settings.dataDirectory)
        try directory.create()
        let time = SystemTimeSource()
        let store = try SQLiteStore(
            SQLiteStoreConfiguration(
                path: directory.databasePath,
                busyTimeout: settings.storeBusyTimeout,
                maximumQueueLength: settings.maximumStoreQueueLength,
                maximumPendingDeliveries: settings.maximumPendingDeliveries
            ),
            instruments: metrics.map { CommitInstruments($0, time: time) }
        )
        let tenancy = Tenancy(
            store: store,
            time: time,
            ids: RandomIdentifiers(time: time),
            fastLocks: settings.sandboxFastLocks,
            emptyLog: { () async throws(StoreError) in try await store.emptyLog() },
            close: { try await store.close() }
        )
        try await tenancy.seed()
        return tenancy
    }

    /// Opens what a command was pointed at, for as long as the body runs; a store that fails ends the command clearly.
    static func with(
        _ location: DataLocation,
        making mayMake: Bool,
        _ body: (Tenancy) async throws -> Void
    ) async throws {
        let settings = try await location.settings(commandLine: location.commandLine)
        let path = DataDirectory(path: settings.dataDirectory).databasePath
        if access(path, F_OK) != 0 {
            guard mayMake else { throw CommandFailure(message: "There is no Keyway database at \(path).") }
            FileOutput.standardError.write("There is no database at \(path) yet; making a new one.\n")
        }
        do {
            let tenancy = try await open(settings)
            try await body(tenancy)
            try await tenancy.close()
        } catch let error as StoreError {
            throw CommandFailure(message: error.message)
        }
    }

    // MARK: Workspaces

    /// Makes the first workspace if there is none, and what its workspaces lack.
    func seed() async throws {
        var workspaces = try await store.workspaces()
        if workspaces.isEmpty {
            workspaces = [
                Workspace(id: Self.firstWorkspaceID, name: "Sandbox", isSandbox: true, createdAt: time.now().wall)
            ]
        }
        for workspace in workspaces {
            if workspace.isSandbox { try await add(workspace) }
            guard workspace.publishableKey == nil else { continue }
            let key = secrets.token(.publishableKey).text
            _ = try await store.updateWorkspace(workspace.id) { workspace in
                workspace.publishableKey = workspace.publishableKey ?? key
            }
        }
    }

    /// Makes a workspace.
    func makeWorkspace(named name: String, isSandbox: Bool) async throws -> Workspace {
        let workspace = Workspace(
            id: ids.next(),
            name: name,
            isSandbox: isSandbox,
            createdAt: time.now().wall,
            publishableKey: secrets.token(.publishableKey).text
        )
        try await add(workspace)
        return workspace
    }

    /// Adds what is new of a workspace and, if it is a sandbox, of its virtual locks.
    private func add(_ workspace: Workspace) async throws {
        guard workspace.isSandbox else { return try await store.add(workspace, accounts: [], devices: []) }
        let account = SandboxSeed.account(of: workspace)
        let devices = SandboxSeed.devices(of: workspace, account: account, fastLocks: fastLocks)
        try await store.add(workspace, accounts: [account], devices: devices)
    }

    /// The workspace with an id, or the oldest one.
    ///
    /// - Throws: `ValidationError` if there is none with this id.
    func workspace(named text: String?) async throws -> Workspace {
        let workspaces = try await store.workspaces()
        guard let text else {
            guard let oldest = workspaces.first else { throw ValidationError("There is no workspace.") }
            return oldest
        }
        guard let id = Identifier<Workspace>(text), let workspace = workspaces.first(where: { $0.id == id }) else {
            throw ValidationError("There is no workspace with the id \(text).")
        }
        return workspace
    }

    // MARK: Credentials

    /// Makes a key.
    ///
    /// Its text is known only here and to whoever it is shown to.
    func makeKey(named name: String, for workspace: Workspace) async throws -> (token: BearerToken, key: APIKey) {
        var generator = SystemRandomNumberGenerator()
        let token = BearerToken.generate(forSandbox: workspace.isSandbox, using: &generator)
        let key = APIKey(
            id: ids.next(),
            workspaceID: workspace.id,
            name: name,
            shortToken: token.shortToken,
            secretHash: token.secretHash,
            createdAt: time.now().wall
        )
        try await store.add(key)
        return (token, key)
    }

    /// Makes a personal access token.
    ///
    /// Its text is known only here and to whoever it is shown to.
    ///
    /// - Parameters:
    ///   - name: Whose it is or what for.
    ///   - workspaces: The ids of the workspaces it works in; none: every workspace.
    /// - Returns: The token, and what is kept of it.
    /// - Throws: `ValidationError` if there is no workspace with one of the ids.
    func makeToken(
        named name: String,
        reaching workspaces: [String]
    ) async throws -> (token: BearerToken, record: PersonalAccessToken) {
        var reached: Set<Identifier<Workspace>> = []
        for text in workspaces { reached.insert(try await workspace(named: text).id) }
        let token = secrets.token(.personalAccessToken)
        let record = PersonalAccessToken(
            id: ids.next(),
            name: name,
            shortToken: token.shortToken,
            secretHash: token.secretHash,
            reach: workspaces.isEmpty ? .everyWorkspace : .workspaces(reached),
            createdAt: time.now().wall
        )
        try await store.add(record)
        return (token, record)
    }
}

/// A command that could not do its work.
struct CommandFailure: Error, CustomStringConvertible {
    let message: String

    var description: String { message }
}
