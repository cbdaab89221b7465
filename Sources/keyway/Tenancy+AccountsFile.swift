#if MQTT
import ArgumentParser
import KeywayDriver
import KeywayMQTT
import KeywayModel
import KeywayStore
import Logging

extension Tenancy {
    /// Makes the accounts that a file lists, and gives those that are there what the file says now.
    ///
    /// An account is known by its workspace and its key. One that was removed stays so, and one that the file lists no
    /// longer stays in use: only `keyway accounts remove` ends an account, as that cannot be taken back.
    ///
    /// - Throws: ``CommandFailure`` for a workspace that is not there, or an account that is listed twice; `StoreError` if
    ///   the accounts could not be stored.
    func keep(_ file: AccountsFile, logger: Logger) async throws {
        for (key, account) in try await accounts(of: file) {
            let change = try await keep(account)
            logger.log(
                level: change == .staysRemoved ? .warning : .info,
                "an account of the accounts file",
                metadata: ["account.key": "\(key)", "connected_account.id": "\(account.id)", "change": "\(change)"]
            )
        }
    }

    /// The accounts as they shall be, by their keys; all of them, before any is stored.
    private func accounts(
        of file: AccountsFile
    ) async throws -> [(key: String, account: ConnectedAccount)] {
        var accounts: [(key: String, account: ConnectedAccount)] = []
        for listed in file.accounts {
            let workspaceID: Identifier<Workspace>
            do {
                workspaceID = try await workspace(named: listed.workspace).id
            } catch let error as ValidationError {
                throw CommandFailure(message: "The account \(listed.key) of the accounts file: \(error.message)")
            }
            let account = ConnectedAccount(
                id: .derived(from: listed.key, in: workspaceID),
                workspaceID: workspaceID,
                provider: .mqtt,
                displayName: listed.name,
                createdAt: time.now().wall,
                settings: listed.settings.json
            )
            guard !accounts.contains(where: { $0.account.id == account.id }) else {
                throw CommandFailure(
                    message: "The account \(listed.key) of the workspace \(workspaceID) is in the accounts file twice."
                )
            }
            accounts.append((listed.key, account))
        }
        return accounts
    }

    /// What became of an account that a file lists.
    enum AccountChange: String, CustomStringConvertible {
        case added
        case changed
        case unchanged
        case staysRemoved = "it was removed and stays so; another key makes a new one"

        var description: String { rawValue }
    }

    private func keep(_ account: ConnectedAccount) async throws(StoreError) -> AccountChange {
        guard let stored = try await store.connectedAccount(account.id) else {
            try await store.add(account)
            return .added
        }
        guard stored.removedAt == nil else { return .staysRemoved }
        guard stored.displayName != account.displayName || stored.settings != account.settings else {
            return .unchanged
        }
        _ = try await store.updateConnectedAccount(account.id, in: account.workspaceID) { stored throws(Never) in
            stored.displayName = account.displayName
            stored.settings = account.settings
            return []
        }
        return .changed
    }
}
#endif
