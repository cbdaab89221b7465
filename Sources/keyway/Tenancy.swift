import ArgumentParser
import Glibc
import KeywayAPI
import KeywayModel
import KeywaySandbox
import KeywayStore
import KeywayStoreSQLite

/// The workspaces and keys in a data directory: what the server and the `keys` commands both need.
struct Tenancy {
    let store: any Store
    let time: any TimeSource
    let ids: any IdentifierSource
    /// Closes the database.
    ///
    /// Nothing may use the store after that.
    let close: @Sendable () async throws -> Void

    /// The workspace that every new data directory begins with.
    ///
    /// Its id is the same everywhere, so that whoever comes first, the server or a `keys` command, makes the same one.
    private static let firstWorkspaceID = Identifier<Workspace>(high: 0x6b65_7977_6179_8000, low: 0x8000_0000_0000_0001)

    /// Opens the database of a data directory, making both if they are new.
    ///
    /// - Throws: `StoreError` if it cannot be opened.
    static func open(_ settings: Settings) async throws -> Tenancy {
        // The database holds who may open which door: nobody but its owner may read it, wherever the directory is.
        umask(0o077)
        let directory = DataDirectory(path: settings.dataDirectory)
        try directory.create()
        let store = try SQLiteStore(
            SQLiteStoreConfiguration(
                path: directory.databasePath,
                busyTimeout: settings.storeBusyTimeout,
                maximumQueueLength: settings.maximumStoreQueueLength
            )
        )
        let time = SystemTimeSource()
        let tenancy = Tenancy(store: store, time: time, ids: RandomIdentifiers(time: time)) { try await store.close() }
        try await tenancy.seed(fastLocks: settings.sandboxFastLocks)
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

    /// Makes the first workspace if there is none, and what its sandbox lacks.
    private func seed(fastLocks: Int) async throws {
        let existing = try await store.workspaces()
        let first = Workspace(
            id: Self.firstWorkspaceID,
            name: "Sandbox",
            isSandbox: true,
            createdAt: time.now().wall
        )
        for workspace in existing.isEmpty ? [first] : existing where workspace.isSandbox {
            let account = SandboxSeed.account(of: workspace)
            let devices = SandboxSeed.devices(of: workspace, account: account, fastLocks: fastLocks)
            try await store.add(workspace, accounts: [account], devices: devices)
        }
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

    /// Makes a key.
    ///
    /// Its text is known only here and to whoever it is shown to.
    func makeKey(named name: String, for workspace: Workspace) async throws -> (token: APIKeyToken, key: APIKey) {
        var generator = SystemRandomNumberGenerator()
        let token = APIKeyToken.generate(forSandbox: workspace.isSandbox, using: &generator)
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
}

/// A command that could not do its work.
struct CommandFailure: Error, CustomStringConvertible {
    let message: String

    var description: String { message }
}
