import Crypto
package import KeywayModel

/// What a new sandbox workspace holds: one account, and locks of different makes and behaviours; and what comes with an
/// account that a user connects.
///
/// Identities are derived from the workspace's, or the connected account's, so they are the same after a restart or a
/// reset, and different in every other. The names and behaviours are part of what testers rely on.
package enum SandboxSeed {
    /// The most fast locks that can be asked for.
    package static var maximumFastLocks: Int { 10_000 }

    /// The account of a sandbox workspace, through which all its virtual locks are reached.
    package static func account(of workspace: Workspace) -> ConnectedAccount {
        ConnectedAccount(
            id: id("account/sandbox", in: workspace.id.description),
            workspaceID: workspace.id,
            provider: .sandbox,
            displayName: "Sandbox",
            createdAt: workspace.createdAt
        )
    }

    /// The devices of a sandbox workspace, all locked, in an order that listing them by time of creation keeps.
    ///
    /// - Parameters:
    ///   - workspace: The workspace; the devices are as old as it is.
    ///   - account: The account they belong to.
    ///   - fastLocks: How many locks named "Fast Lock 1", "Fast Lock 2" … to add, which succeed without latency: for
    ///     load tests. Range: 0 to ``maximumFastLocks``.
    /// - Returns: The eleven standard locks, and after them the fast ones.
    package static func devices(
        of workspace: Workspace,
        account: ConnectedAccount,
        fastLocks: Int = 0
    ) -> [Device] {
        precondition((0...maximumFastLocks).contains(fastLocks), "too many fast locks, or fewer than none")
        precondition(account.workspaceID == workspace.id, "the account of another workspace")
        let numbers = fastLocks > 0 ? Array(1...fastLocks) : []
        return (SeededLock.standard + numbers.map(SeededLock.fast)).enumerated()
            .map { position, lock in
                lock.device(
                    id: id("device/\(lock.slug)", in: workspace.id.description),
                    workspace: workspace,
                    account: account,
                    createdAt: workspace.createdAt + .microseconds(position)
                )
            }
    }

    /// An account such as a user connects, with a front door and a back door that do as they are told.
    ///
    /// - Parameters:
    ///   - id: The identity of the account.
    ///   - workspace: The workspace that it is connected to.
    ///   - time: When; the account and the devices are as old as that.
    /// - Returns: The account, and its devices in an order that listing them by time of creation keeps.
    package static func connectedAccount(
        _ id: Identifier<ConnectedAccount>,
        in workspace: Workspace,
        at time: Timestamp
    ) -> (account: ConnectedAccount, devices: [Device]) {
        let account = ConnectedAccount(
            id: id,
            workspaceID: workspace.id,
            provider: .sandbox,
            displayName: "Connected Sandbox",
            createdAt: time
        )
        let devices = SeededLock.connected.enumerated()
            .map { position, lock in
                var device = lock.device(
                    id: Self.id("device/\(lock.slug)", in: "account/\(id)"),
                    workspace: workspace,
                    account: account,
                    createdAt: time + .microseconds(position)
                )
                // Locks of all accounts are of the same models, but no two are the same piece.
                device.description.serialNumber = String(device.id.description.prefix(8)).uppercased()
                return device
            }
        return (account, devices)
    }

    /// An identity made of what it belongs to and a name in there: the first half of a SHA-256, as a UUID of version 8.
    ///
    /// Version 8 is the one left to applications (RFC 9562, section 5.8).
    private static func id<Subject>(_ slug: String, in scope: String) -> Identifier<Subject> {
        let digest = Array(SHA256.hash(data: Array("keyway/sandbox/\(scope)/\(slug)".utf8)))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return Identifier(
            high: word(digest[0..<8]) & ~0xF000 | 0x8000,
            low: word(digest[8..<16]) & ~(0b11 << 62) | 0b10 << 62
        )
    }
}
