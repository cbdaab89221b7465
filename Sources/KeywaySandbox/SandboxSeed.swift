import Crypto
package import KeywayModel

/// What a new sandbox workspace holds: one account, and locks of different makes and behaviours.
///
/// Identities are derived from the workspace's, so they are the same after a restart or a reset, and different in
/// every workspace. The names and behaviours are part of what testers rely on.
package enum SandboxSeed {
    /// The most fast locks that can be asked for.
    package static var maximumFastLocks: Int { 10_000 }

    /// The account of a sandbox workspace, through which all its virtual locks are reached.
    package static func account(of workspace: Workspace) -> ConnectedAccount {
        ConnectedAccount(
            id: id("account/sandbox", in: workspace),
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
                    id: id("device/\(lock.slug)", in: workspace),
                    workspace: workspace,
                    account: account,
                    createdAt: workspace.createdAt + .microseconds(position)
                )
            }
    }

    /// An identity made of the workspace's and a name in it: the first half of a SHA-256, as a UUID of version 8.
    ///
    /// Version 8 is the one left to applications (RFC 9562, section 5.8).
    private static func id<Subject>(_ slug: String, in workspace: Workspace) -> Identifier<Subject> {
        let digest = Array(SHA256.hash(data: Array("keyway/sandbox/\(workspace.id)/\(slug)".utf8)))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return Identifier(
            high: word(digest[0..<8]) & ~0xF000 | 0x8000,
            low: word(digest[8..<16]) & ~(0b11 << 62) | 0b10 << 62
        )
    }
}
