package import KeywayModel

/// What must be durable, in the words of the guarantees.
///
/// Every method is safe to call from any task. A write returns only when its effect survives `kill -9` and, on disk,
/// power loss (G1). Reads see every write that returned before they began. The contract suite in KeywayTestKit says the
/// rest, and every implementation passes it.
package protocol Store: Sendable {
    // MARK: Lanes

    /// Applies a lane's commit whole or not at all, giving each new event the next sequence number of its workspace.
    ///
    /// Applying the same commit again changes nothing. An attempt that is no longer pending is left as it is, and the
    /// events of a resolution that came too late are not written.
    ///
    /// - Throws: ``StoreError`` with ``StoreError/mayBeDurable`` telling whether the commit may have taken effect.
    func commit(_ commit: LaneCommit) async throws(StoreError)

    /// Returns every pending attempt with its device, ordered by device and then by acceptance.
    func unresolvedAttempts() async throws(StoreError) -> [UnresolvedLane]

    // MARK: Attempts and events

    /// Returns an attempt; nil if there is none with this id in the workspace.
    func actionAttempt(
        _ id: Identifier<ActionAttempt>,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> ActionAttempt?

    /// Returns a page of attempts, the latest accepted first.
    func actionAttempts(_ query: ActionAttemptQuery) async throws(StoreError) -> Page<ActionAttempt>

    /// Returns events in the order of their sequence numbers.
    func events(_ query: EventQuery) async throws(StoreError) -> [Event]

    // MARK: Idempotency keys

    /// Returns what is remembered of a requester's key, however old; nil if there is nothing.
    func idempotencyRecord(
        of requester: Requester,
        key: String
    ) async throws(StoreError) -> IdempotencyRecord?

    /// Remembers a key of a request that is not part of a lane's commit; an outdated record of the same key gives way.
    func remember(_ record: IdempotencyRecord) async throws(StoreError)

    /// Forgets the keys that were first used before a time.
    ///
    /// - Returns: How many those were.
    @discardableResult
    func forgetIdempotencyRecords(before time: Timestamp) async throws(StoreError) -> Int

    // MARK: Devices

    /// Returns a device; nil if there is none with this id in the workspace.
    ///
    /// Without a workspace it looks in all: for the engine alone, which is told of devices by their drivers.
    func device(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?
    ) async throws(StoreError) -> Device?

    /// Returns a page of devices, ordered by their time of creation and then by id.
    func devices(_ query: DeviceQuery) async throws(StoreError) -> Page<Device>

    /// Replaces a device's driver settings; no effect if the device is gone.
    func setDriverSettings(_ settings: JSONValue, of deviceID: Identifier<Device>) async throws(StoreError)

    /// Adds a device with the event that says so, in one transaction.
    ///
    /// A device that is there already, by id, stays as it is, and the event is not written (G7).
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its workspace does not have its connected account.
    func add(_ device: Device, event: Event) async throws(StoreError)

    /// Replaces a device's description and driver settings; no effect if the device is gone.
    func describe(
        _ deviceID: Identifier<Device>,
        as description: DeviceDescription,
        driverSettings: JSONValue
    ) async throws(StoreError)

    // MARK: Connected accounts

    /// Adds a connected account.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id is taken or its workspace unknown.
    func add(_ account: ConnectedAccount) async throws(StoreError)

    /// Returns a connected account, removed or not; nil if there is none with this id.
    func connectedAccount(_ id: Identifier<ConnectedAccount>) async throws(StoreError) -> ConnectedAccount?

    /// Returns every connected account of a provider, the oldest first, removed ones included.
    func connectedAccounts(of provider: Provider) async throws(StoreError) -> [ConnectedAccount]

    /// Marks a connected account as removed and forgets its settings; one that was removed before keeps its first time.
    ///
    /// - Returns: The account after the change; nil if there is none with this id.
    func removeConnectedAccount(
        _ id: Identifier<ConnectedAccount>,
        at time: Timestamp
    ) async throws(StoreError) -> ConnectedAccount?

    // MARK: Tenants

    /// Adds what is new of a workspace, its accounts and its devices, in one transaction; what is there already, by id,
    /// stays as it is.
    func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device]
    ) async throws(StoreError)

    /// Returns a workspace; nil if there is none with this id.
    func workspace(_ id: Identifier<Workspace>) async throws(StoreError) -> Workspace?

    /// Returns every workspace, the oldest first.
    func workspaces() async throws(StoreError) -> [Workspace]

    // MARK: API keys

    /// Adds a key.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or short token is taken.
    func add(_ key: APIKey) async throws(StoreError)

    /// Returns the key with a short token, revoked or not; nil if there is none.
    func apiKey(shortToken: String) async throws(StoreError) -> APIKey?

    /// Returns every key of a workspace, or of all, the oldest first, revoked ones included.
    func apiKeys(of workspaceID: Identifier<Workspace>?) async throws(StoreError) -> [APIKey]

    /// Marks a key as revoked; a key that was revoked before keeps its first time.
    ///
    /// - Returns: The key after the change; nil if there is none with this id.
    func revokeAPIKey(_ id: Identifier<APIKey>, at time: Timestamp) async throws(StoreError) -> APIKey?

    // MARK: Health

    /// Makes one durable write that changes nothing a reader sees.
    ///
    /// - Throws: ``StoreError`` if nothing can be written at the moment.
    func check() async throws(StoreError)
}

/// The unresolved attempts of one device, as found after a restart.
package struct UnresolvedLane: Hashable, Sendable {
    /// The device as stored.
    package let device: Device
    /// Its pending attempts in acceptance order, at least one.
    package let attempts: [ActionAttempt]

    /// Makes a lane's remains.
    package init(device: Device, attempts: [ActionAttempt]) {
        self.device = device
        self.attempts = attempts
    }
}
