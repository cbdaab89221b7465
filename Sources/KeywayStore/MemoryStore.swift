package import KeywayModel
import Synchronization

/// A store that forgets everything when the process ends, for tests and for trying Keyway out.
///
/// It keeps every rule of the contract but durability, and it keeps every attempt and event, so its memory grows with
/// use.
package final class MemoryStore: Store {
    private let tables = Mutex(MemoryTables())

    /// Makes an empty store.
    package init() {}

    // MARK: Lanes

    /// Applies a lane's commit whole or not at all.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if the store does not have the device.
    package func commit(_ commit: LaneCommit) async throws(StoreError) {
        try tables.withLock { tables throws(StoreError) in try tables.apply(commit) }
    }

    /// Returns every pending attempt with its device, ordered by device and then by acceptance.
    package func unresolvedAttempts() async throws(StoreError) -> [UnresolvedLane] {
        tables.withLock { $0.unresolvedLanes }
    }

    // MARK: Attempts and events

    /// Returns an attempt; nil if there is none with this id in the workspace.
    package func actionAttempt(
        _ id: Identifier<ActionAttempt>,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> ActionAttempt? {
        tables.withLock { $0.attempt(id, in: workspaceID) }
    }

    /// Returns a page of attempts, the latest accepted first.
    package func actionAttempts(_ query: ActionAttemptQuery) async throws(StoreError) -> Page<ActionAttempt> {
        tables.withLock { $0.attempts(query) }
    }

    /// Returns events in the order of their sequence numbers.
    package func events(_ query: EventQuery) async throws(StoreError) -> [Event] {
        tables.withLock { $0.events(query) }
    }

    // MARK: Idempotency keys

    /// Returns what is remembered of a requester's key, however old; nil if there is nothing.
    package func idempotencyRecord(
        of requester: Requester,
        key: String
    ) async throws(StoreError) -> IdempotencyRecord? {
        tables.withLock { $0.idempotencyRecord(of: requester, key: key) }
    }

    /// Remembers a key of a request that is not part of a lane's commit.
    package func remember(_ record: IdempotencyRecord) async throws(StoreError) {
        tables.withLock { $0.remember(record) }
    }

    /// Forgets the keys that were first used before a time, and returns how many those were.
    package func forgetIdempotencyRecords(before time: Timestamp) async throws(StoreError) -> Int {
        tables.withLock { $0.forgetIdempotencyRecords(before: time) }
    }

    // MARK: Devices

    /// Returns a device; nil if there is none with this id in the workspace, or, without one, in all.
    package func device(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?
    ) async throws(StoreError) -> Device? {
        tables.withLock { $0.device(id, in: workspaceID) }
    }

    /// Returns a page of devices, ordered by their time of creation and then by id.
    package func devices(_ query: DeviceQuery) async throws(StoreError) -> Page<Device> {
        tables.withLock { $0.devices(query) }
    }

    /// Replaces a device's driver settings; no effect if the device is gone.
    package func setDriverSettings(
        _ settings: JSONValue,
        of deviceID: Identifier<Device>
    ) async throws(StoreError) {
        tables.withLock { $0.setDriverSettings(settings, of: deviceID) }
    }

    /// Adds a device with the event that says so; a device that is there already stays as it is, without an event.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its workspace does not have its connected account.
    package func add(_ device: Device, event: Event) async throws(StoreError) {
        try tables.withLock { tables throws(StoreError) in try tables.add(device, event: event) }
    }

    /// Replaces a device's description and driver settings; no effect if the device is gone.
    package func describe(
        _ deviceID: Identifier<Device>,
        as description: DeviceDescription,
        driverSettings: JSONValue
    ) async throws(StoreError) {
        tables.withLock { $0.describe(deviceID, as: description, driverSettings: driverSettings) }
    }

    // MARK: Connected accounts

    /// Adds a connected account.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id is taken or its workspace unknown.
    package func add(_ account: ConnectedAccount) async throws(StoreError) {
        try tables.withLock { tables throws(StoreError) in try tables.add(account) }
    }

    /// Returns a connected account, removed or not; nil if there is none with this id.
    package func connectedAccount(
        _ id: Identifier<ConnectedAccount>
    ) async throws(StoreError) -> ConnectedAccount? {
        tables.withLock { $0.accounts[id] }
    }

    /// Returns every connected account of a provider, the oldest first, removed ones included.
    package func connectedAccounts(of provider: Provider) async throws(StoreError) -> [ConnectedAccount] {
        tables.withLock { tables in
            tables.accounts.values.filter { $0.provider == provider }
                .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        }
    }

    /// Marks a connected account as removed and forgets its settings.
    ///
    /// - Returns: The account after the change; nil if there is none with this id.
    package func removeConnectedAccount(
        _ id: Identifier<ConnectedAccount>,
        at time: Timestamp
    ) async throws(StoreError) -> ConnectedAccount? {
        tables.withLock { $0.removeAccount(id, at: time) }
    }

    // MARK: Tenants

    /// Adds what is new of a workspace, its accounts and its devices.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if a device names an account that the workspace does not have.
    package func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device]
    ) async throws(StoreError) {
        try tables.withLock { tables throws(StoreError) in
            try tables.add(workspace, accounts: accounts, devices: devices)
        }
    }

    /// Returns a workspace; nil if there is none with this id.
    package func workspace(_ id: Identifier<Workspace>) async throws(StoreError) -> Workspace? {
        tables.withLock { $0.workspaces[id] }
    }

    /// Returns every workspace, the oldest first.
    package func workspaces() async throws(StoreError) -> [Workspace] {
        tables.withLock { $0.workspaces.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } }
    }

    // MARK: API keys

    /// Adds a key.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or short token is taken, or its workspace is unknown.
    package func add(_ key: APIKey) async throws(StoreError) {
        try tables.withLock { tables throws(StoreError) in try tables.add(key) }
    }

    /// Returns the key with a short token, revoked or not; nil if there is none.
    package func apiKey(shortToken: String) async throws(StoreError) -> APIKey? {
        tables.withLock { $0.keys.values.first { $0.shortToken == shortToken } }
    }

    /// Returns every key of a workspace, or of all, the oldest first, revoked ones included.
    package func apiKeys(of workspaceID: Identifier<Workspace>?) async throws(StoreError) -> [APIKey] {
        tables.withLock { tables in
            tables.keys.values
                .filter { workspaceID == nil || $0.workspaceID == workspaceID }
                .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        }
    }

    /// Marks a key as revoked; a key that was revoked before keeps its first time.
    ///
    /// - Returns: The key after the change; nil if there is none with this id.
    package func revokeAPIKey(_ id: Identifier<APIKey>, at time: Timestamp) async throws(StoreError) -> APIKey? {
        tables.withLock { $0.revoke(id, at: time) }
    }

    // MARK: Health

    /// Returns: memory can always be written.
    package func check() async throws(StoreError) {}
}
