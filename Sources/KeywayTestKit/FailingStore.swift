package import KeywayModel
package import KeywayStore
import Synchronization

/// A store whose commits can be made to fail, before or after they took effect.
package final class FailingStore: Store {
    /// How commits fail.
    package enum Mode: Hashable, Sendable {
        /// They do not.
        case working
        /// Nothing is written.
        case failing
        /// Everything is written, and then the store says that it may not have been.
        case failingAfterwards
    }

    private let store: any Store
    private let mode = Mutex(Mode.working)

    /// Makes a store that works, around another one.
    package init(around store: any Store) {
        self.store = store
    }

    /// Changes how commits fail from now on.
    package func become(_ mode: Mode) {
        self.mode.withLock { $0 = mode }
    }

    /// Commits, or fails as told.
    package func commit(_ commit: LaneCommit) async throws(StoreError) {
        switch mode.withLock({ $0 }) {
        case .working: try await store.commit(commit)
        case .failing: throw StoreError(.full, message: "The test's disk is full.")
        case .failingAfterwards:
            try await store.commit(commit)
            throw StoreError(.unavailable, message: "The test's disk went away.", mayBeDurable: true)
        }
    }

    /// Reads through.
    package func unresolvedAttempts() async throws(StoreError) -> [UnresolvedLane] {
        try await store.unresolvedAttempts()
    }

    /// Reads through.
    package func actionAttempt(
        _ id: Identifier<ActionAttempt>,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> ActionAttempt? {
        try await store.actionAttempt(id, in: workspaceID)
    }

    /// Reads through.
    package func actionAttempts(_ query: ActionAttemptQuery) async throws(StoreError) -> Page<ActionAttempt> {
        try await store.actionAttempts(query)
    }

    /// Reads through.
    package func events(_ query: EventQuery) async throws(StoreError) -> [Event] {
        try await store.events(query)
    }

    /// Reads through.
    package func idempotencyRecord(
        of requester: Requester,
        key: String
    ) async throws(StoreError) -> IdempotencyRecord? {
        try await store.idempotencyRecord(of: requester, key: key)
    }

    /// Writes through.
    package func remember(_ record: IdempotencyRecord) async throws(StoreError) {
        try await store.remember(record)
    }

    /// Writes through.
    package func forgetIdempotencyRecords(before time: Timestamp) async throws(StoreError) -> Int {
        try await store.forgetIdempotencyRecords(before: time)
    }

    /// Reads through.
    package func device(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?
    ) async throws(StoreError) -> Device? {
        try await store.device(id, in: workspaceID)
    }

    /// Reads through.
    package func devices(_ query: DeviceQuery) async throws(StoreError) -> Page<Device> {
        try await store.devices(query)
    }

    /// Writes through.
    package func setDriverSettings(
        _ settings: JSONValue,
        of deviceID: Identifier<Device>
    ) async throws(StoreError) {
        try await store.setDriverSettings(settings, of: deviceID)
    }

    /// Adds, or fails as told, like a commit.
    package func add(_ device: Device, event: Event) async throws(StoreError) {
        switch mode.withLock({ $0 }) {
        case .working: try await store.add(device, event: event)
        case .failing: throw StoreError(.full, message: "The test's disk is full.")
        case .failingAfterwards:
            try await store.add(device, event: event)
            throw StoreError(.unavailable, message: "The test's disk went away.", mayBeDurable: true)
        }
    }

    /// Writes through.
    package func describe(
        _ deviceID: Identifier<Device>,
        as description: DeviceDescription,
        driverSettings: JSONValue
    ) async throws(StoreError) {
        try await store.describe(deviceID, as: description, driverSettings: driverSettings)
    }

    /// Writes through.
    package func add(_ account: ConnectedAccount) async throws(StoreError) {
        try await store.add(account)
    }

    /// Reads through.
    package func connectedAccount(
        _ id: Identifier<ConnectedAccount>
    ) async throws(StoreError) -> ConnectedAccount? {
        try await store.connectedAccount(id)
    }

    /// Reads through.
    package func connectedAccounts(of provider: Provider) async throws(StoreError) -> [ConnectedAccount] {
        try await store.connectedAccounts(of: provider)
    }

    /// Writes through.
    package func removeConnectedAccount(
        _ id: Identifier<ConnectedAccount>,
        at time: Timestamp
    ) async throws(StoreError) -> ConnectedAccount? {
        try await store.removeConnectedAccount(id, at: time)
    }

    /// Writes through.
    package func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device]
    ) async throws(StoreError) {
        try await store.add(workspace, accounts: accounts, devices: devices)
    }

    /// Reads through.
    package func workspace(_ id: Identifier<Workspace>) async throws(StoreError) -> Workspace? {
        try await store.workspace(id)
    }

    /// Reads through.
    package func workspaces() async throws(StoreError) -> [Workspace] {
        try await store.workspaces()
    }

    /// Writes through.
    package func add(_ key: APIKey) async throws(StoreError) {
        try await store.add(key)
    }

    /// Reads through.
    package func apiKey(shortToken: String) async throws(StoreError) -> APIKey? {
        try await store.apiKey(shortToken: shortToken)
    }

    /// Reads through.
    package func apiKeys(of workspaceID: Identifier<Workspace>?) async throws(StoreError) -> [APIKey] {
        try await store.apiKeys(of: workspaceID)
    }

    /// Writes through.
    package func revokeAPIKey(_ id: Identifier<APIKey>, at time: Timestamp) async throws(StoreError) -> APIKey? {
        try await store.revokeAPIKey(id, at: time)
    }

    /// Fails while commits fail.
    package func check() async throws(StoreError) {
        guard mode.withLock({ $0 }) == .working else { throw StoreError(.full, message: "The test's disk is full.") }
        try await store.check()
    }
}
