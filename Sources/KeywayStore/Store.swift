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

    /// What tells of events once they are durable.
    ///
    /// An event is in the feed no sooner than a read finds it.
    var committedEvents: EventFeed { get }

    /// What tells whether reads of devices may give other answers than before.
    var deviceRevisions: DeviceRevisions { get }

    /// Returns the position of a workspace's latest event; 0 if it has none.
    ///
    /// A position is the event's sequence number in its workspace: 1, 2, 3 … in the order of commits, without a gap (G7).
    func latestEventPosition(in workspaceID: Identifier<Workspace>) async throws(StoreError) -> Int64

    /// Returns the first events after a position, ready to be sent.
    ///
    /// Looks at ``EventPage/window`` positions at most, and ends after ``EventPage/maximumBytes``.
    ///
    /// - Parameters:
    ///   - query: The filters and the limit; the offset and the end that the limit keeps have no meaning here.
    ///   - position: The position after which to begin.
    /// - Returns: The page.
    /// - Throws: ``StoreError`` as every read does.
    func eventPage(_ query: EventQuery, after position: Int64) async throws(StoreError) -> EventPage

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

    /// Returns a device; nil if there is none with this id in the workspace, or it is deleted.
    ///
    /// Without a workspace it looks in all, and at deleted ones too: for the engine alone, which is told of devices by
    /// their drivers.
    func device(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?
    ) async throws(StoreError) -> Device?

    /// Returns a page of devices, ordered by their time of creation and then by id, without deleted ones unless the
    /// query asks for them.
    func devices(_ query: DeviceQuery) async throws(StoreError) -> Page<Device>

    /// Adds a device with the event that says so, in one transaction.
    ///
    /// A device that is there already, by id, stays as it is, and the event is not written (G7).
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its workspace does not have its connected account.
    func add(_ device: Device, event: Event) async throws(StoreError)

    /// Changes a device's record with the events that tell of it, in one transaction.
    ///
    /// What can change is the description, nickname, custom metadata, driver settings, and whether it is managed. The
    /// state and the deletion belong to its lane and stay as they are, whatever `change` does to them.
    ///
    /// - Parameters:
    ///   - id: The device, deleted or not.
    ///   - workspaceID: Its workspace; nil: any.
    ///   - change: Changes the record as it is now, and returns the events; if it throws, nothing changes. It may be
    ///     called more than once, and only the last call counts.
    /// - Returns: The record after the change, or why there was none; nil if there is no such device.
    /// - Throws: ``StoreError`` as every write does.
    func updateDevice<Refusal: Error>(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?,
        _ change: @escaping @Sendable (inout Device) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<Device, Refusal>?

    // MARK: Connected accounts

    /// Adds a connected account with its devices and the events that tell of them, in one transaction.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or that of a device is taken, its workspace unknown, or a
    ///   device not of this account.
    func add(_ account: ConnectedAccount, devices: [Device], events: [Event]) async throws(StoreError)

    /// Returns a connected account, removed or not; nil if there is none with this id.
    func connectedAccount(_ id: Identifier<ConnectedAccount>) async throws(StoreError) -> ConnectedAccount?

    /// Returns every connected account of a provider, the oldest first, removed ones included.
    func connectedAccounts(of provider: Provider) async throws(StoreError) -> [ConnectedAccount]

    /// Returns a page of a workspace's connected accounts, ordered by their time of creation and then by id, without
    /// removed ones.
    func connectedAccounts(_ query: ConnectedAccountQuery) async throws(StoreError) -> Page<ConnectedAccount>

    /// Changes a connected account with the events that tell of it, in one transaction.
    ///
    /// Its identity, workspace, provider and time of creation stay as they are, whatever `change` does.
    ///
    /// - Parameters:
    ///   - id: The account, removed or not.
    ///   - workspaceID: Its workspace; nil: any.
    ///   - change: As for ``updateDevice(_:in:_:)``.
    /// - Returns: The account after the change, or why there was none; nil if there is no such account.
    /// - Throws: ``StoreError`` as every write does.
    func updateConnectedAccount<Refusal: Error>(
        _ id: Identifier<ConnectedAccount>,
        in workspaceID: Identifier<Workspace>?,
        _ change: @escaping @Sendable (inout ConnectedAccount) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<ConnectedAccount, Refusal>?

    // MARK: Tenants

    /// Adds what is new of a workspace, its accounts and its devices, in one transaction; what is there already, by id,
    /// stays as it is.
    ///
    /// - Parameters:
    ///   - workspace: The workspace.
    ///   - accounts: Its accounts.
    ///   - devices: Its devices.
    ///   - tokenID: The token that reaches the workspace from now on, if the workspace is new and the token does not
    ///     reach every one; nil: none.
    /// - Throws: ``StoreError`` with code `conflict` if a device names an account that its workspace does not have,
    ///   another workspace has its publishable key, or there is no such token.
    func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device],
        reachedBy tokenID: Identifier<PersonalAccessToken>?
    ) async throws(StoreError)

    /// Returns a workspace; nil if there is none with this id.
    func workspace(_ id: Identifier<Workspace>) async throws(StoreError) -> Workspace?

    /// Returns every workspace, the oldest first.
    func workspaces() async throws(StoreError) -> [Workspace]

    /// Returns the workspace with a publishable key; nil if there is none.
    func workspace(publishableKey: String) async throws(StoreError) -> Workspace?

    /// Changes a workspace.
    ///
    /// Its identity, time of creation and whether it is a sandbox stay as they are, whatever `change` does.
    ///
    /// - Returns: The workspace after the change; nil if there is none with this id.
    /// - Throws: ``StoreError`` with code `conflict` if another workspace has its publishable key.
    func updateWorkspace(
        _ id: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Workspace) -> Void
    ) async throws(StoreError) -> Workspace?

    /// Puts a sandbox workspace back to its beginning, as far as no lane does it, in one transaction.
    ///
    /// Its owned records are gone, its accounts are those given, as given, and its other virtual ones are removed. Real
    /// ones stay.
    ///
    /// - Parameters:
    ///   - workspaceID: The workspace.
    ///   - accounts: Its accounts at the beginning.
    ///   - attempt: The attempt that this is, resolved.
    ///   - idempotency: The caller's idempotency key; nil if it has none.
    /// - Throws: ``StoreError`` with code `conflict` if the workspace is unknown or an account is not its own.
    func reset(
        _ workspaceID: Identifier<Workspace>,
        to accounts: [ConnectedAccount],
        attempt: ActionAttempt,
        idempotency: IdempotencyRecord?
    ) async throws(StoreError)

    // MARK: Owned records

    /// Adds a record with the events that tell of it.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or one of its keys is taken, or its workspace is unknown.
    func add<Record: OwnedRecord>(_ record: Record, events: [Event]) async throws(StoreError)

    /// Returns a record; nil if there is none with this id in the workspace.
    func record<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> Record?

    /// Returns the record of any workspace with a global key; nil if there is none.
    func record<Record: OwnedRecord>(_: Record.Type, globalKey: String) async throws(StoreError) -> Record?

    /// Returns the record with a local key; nil if the workspace has none.
    func record<Record: OwnedRecord>(
        _: Record.Type,
        localKey: String,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> Record?

    /// Returns a page of a workspace's records of one kind, in the order of their addition.
    ///
    /// - Parameters:
    ///   - kind: The kind of record.
    ///   - workspaceID: The workspace.
    ///   - limit: The most rows to return, at least 1.
    ///   - after: Where to begin: ``Page/next`` of the page before; nil for the first page.
    /// - Returns: The page.
    /// - Throws: ``StoreError`` as every read does.
    func records<Record: OwnedRecord>(
        _ kind: Record.Type,
        in workspaceID: Identifier<Workspace>,
        limit: Int,
        after: Int64?
    ) async throws(StoreError) -> Page<Record>

    /// Changes a record with the events that tell of it, in one transaction.
    ///
    /// `change` must not put another record in its place: the identity, workspace and time of creation stay.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - workspaceID: Its workspace.
    ///   - change: As for ``updateDevice(_:in:_:)``.
    /// - Returns: The record after the change, or why there was none; nil if there is no such record.
    /// - Throws: ``StoreError`` with code `conflict` if another record has one of its keys.
    func update<Record: OwnedRecord, Refusal: Error>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Record) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<Record, Refusal>?

    /// Deletes a record with the events that tell of it.
    ///
    /// - Returns: Whether there was such a record; if not, no event is written.
    func remove<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        events: [Event]
    ) async throws(StoreError) -> Bool

    // MARK: Webhook deliveries

    // Whatever writes an event writes a delivery of it for each enabled webhook of its workspace that wants events of its
    // type, in the same transaction (G10). Deliveries of one webhook about one device are sent one after the other: only
    // the oldest pending one is ever due.

    /// Raised after each write that made deliveries or armed some again.
    var newDeliveries: Signal { get }

    /// Returns deliveries whose turn it is, of enabled webhooks only.
    ///
    /// One that was not tried yet is always due, whatever the clock says: it may have been stepped back since the event.
    func dueDeliveries(_ query: DueDeliveryQuery) async throws(StoreError) -> DueDeliveries

    /// Changes a delivery, its webhook, or both, with the events that tell of it, in one transaction.
    ///
    /// A delivery that stops being pending makes room for the next one of its device, which is due at once.
    ///
    /// - Parameters:
    ///   - id: The delivery.
    ///   - workspaceID: Its workspace.
    ///   - change: Changes both as they are now, and returns the events; the webhook is nil if it was deleted. It may be
    ///     called more than once, and only the last call counts. A change of the webhook counts before the events do.
    /// - Returns: The delivery after the change; nil if there is no such delivery.
    /// - Throws: ``StoreError`` as every write does.
    func updateDelivery(
        _ id: Identifier<Delivery>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Delivery, inout Webhook?) -> [Event]
    ) async throws(StoreError) -> Delivery?

    /// Returns a page of deliveries, the latest first.
    func deliveries(_ query: DeliveryQuery) async throws(StoreError) -> Page<Delivery>

    /// Arms every delivery that a query matches and that is not pending again, as ``KeywayModel/Delivery/rearm()`` does,
    /// to be sent at a time, but still one after the other.
    ///
    /// - Returns: How many those are; nil, and nothing is changed, if they are more than the query's limit.
    func redeliver(_ query: DeliveryQuery, at time: Timestamp) async throws(StoreError) -> Int?

    /// Abandons pending deliveries of webhooks that were deleted or disabled, at most so many.
    ///
    /// - Returns: How many those were; as many as the limit if there may be more.
    func abandonStoppedDeliveries(at time: Timestamp, limit: Int) async throws(StoreError) -> Int

    /// Forgets deliveries that stopped being pending before a time, at most so many.
    ///
    /// - Returns: How many those were; as many as the limit if there may be more.
    func forgetDeliveries(finishedBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int

    // MARK: Personal access tokens

    /// Adds a token.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or short token is taken, or a workspace it names unknown.
    func add(_ token: PersonalAccessToken) async throws(StoreError)

    /// Returns the token with a short token, revoked or not; nil if there is none.
    func personalAccessToken(shortToken: String) async throws(StoreError) -> PersonalAccessToken?

    /// Returns every token, the oldest first, revoked ones included.
    func personalAccessTokens() async throws(StoreError) -> [PersonalAccessToken]

    /// Marks a token as revoked; one that was revoked before keeps its first time.
    ///
    /// - Returns: The token after the change; nil if there is none with this id.
    func revokePersonalAccessToken(
        _ id: Identifier<PersonalAccessToken>,
        at time: Timestamp
    ) async throws(StoreError) -> PersonalAccessToken?

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
