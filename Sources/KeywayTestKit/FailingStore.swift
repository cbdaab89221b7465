package import KeywayModel
package import KeywayStore
import Synchronization

/// A store whose writes can be made to fail, before or after they took effect: commits, and whatever changes devices,
/// accounts, workspaces and owned records.
package final class FailingStore: Store {
    /// How writes fail.
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

    /// Changes how writes fail from now on.
    package func become(_ mode: Mode) {
        self.mode.withLock { $0 = mode }
    }

    /// Writes, or fails as told.
    private func write<Value>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        switch mode.withLock({ $0 }) {
        case .working: return try await body()
        case .failing: throw StoreError(.full, message: "The test's disk is full.")
        case .failingAfterwards:
            _ = try await body()
            throw StoreError(.unavailable, message: "The test's disk went away.", mayBeDurable: true)
        }
    }

    /// Commits, or fails as told.
    package func commit(_ commit: LaneCommit) async throws(StoreError) {
        try await write { () async throws(StoreError) in try await store.commit(commit) }
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

    /// That of the store around which this one is.
    package var deviceRevisions: DeviceRevisions { store.deviceRevisions }

    /// That of the store around which this one is.
    package var committedEvents: EventFeed { store.committedEvents }

    /// Reads through.
    package func latestEventPosition(in workspaceID: Identifier<Workspace>) async throws(StoreError) -> Int64 {
        try await store.latestEventPosition(in: workspaceID)
    }

    /// Reads through.
    package func eventPage(_ query: EventQuery, after position: Int64) async throws(StoreError) -> EventPage {
        try await store.eventPage(query, after: position)
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

    /// Adds, or fails as told.
    package func add(_ device: Device, event: Event) async throws(StoreError) {
        try await write { () async throws(StoreError) in try await store.add(device, event: event) }
    }

    /// Changes, or fails as told.
    package func updateDevice<Refusal: Error>(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?,
        _ change: @escaping @Sendable (inout Device) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<Device, Refusal>? {
        try await write { () async throws(StoreError) in try await store.updateDevice(id, in: workspaceID, change) }
    }

    /// Adds, or fails as told.
    package func add(_ account: ConnectedAccount, devices: [Device], events: [Event]) async throws(StoreError) {
        try await write { () async throws(StoreError) in
            try await store.add(account, devices: devices, events: events)
        }
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

    /// Reads through.
    package func connectedAccounts(
        _ query: ConnectedAccountQuery
    ) async throws(StoreError) -> Page<ConnectedAccount> {
        try await store.connectedAccounts(query)
    }

    /// Changes, or fails as told.
    package func updateConnectedAccount<Refusal: Error>(
        _ id: Identifier<ConnectedAccount>,
        in workspaceID: Identifier<Workspace>?,
        _ change: @escaping @Sendable (inout ConnectedAccount) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<ConnectedAccount, Refusal>? {
        try await write { () async throws(StoreError) in
            try await store.updateConnectedAccount(id, in: workspaceID, change)
        }
    }

    /// Adds, or fails as told.
    package func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device],
        reachedBy tokenID: Identifier<PersonalAccessToken>?
    ) async throws(StoreError) {
        try await write { () async throws(StoreError) in
            try await store.add(workspace, accounts: accounts, devices: devices, reachedBy: tokenID)
        }
    }

    /// Reads through.
    package func workspace(_ id: Identifier<Workspace>) async throws(StoreError) -> Workspace? {
        try await store.workspace(id)
    }

    /// Reads through.
    package func workspaces() async throws(StoreError) -> [Workspace] {
        try await store.workspaces()
    }

    /// Reads through.
    package func workspace(publishableKey: String) async throws(StoreError) -> Workspace? {
        try await store.workspace(publishableKey: publishableKey)
    }

    /// Changes, or fails as told.
    package func updateWorkspace(
        _ id: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Workspace) -> Void
    ) async throws(StoreError) -> Workspace? {
        try await write { () async throws(StoreError) in try await store.updateWorkspace(id, change) }
    }

    /// Resets, or fails as told.
    package func reset(
        _ workspaceID: Identifier<Workspace>,
        to accounts: [ConnectedAccount],
        attempt: ActionAttempt,
        idempotency: IdempotencyRecord?
    ) async throws(StoreError) {
        try await write { () async throws(StoreError) in
            try await store.reset(workspaceID, to: accounts, attempt: attempt, idempotency: idempotency)
        }
    }

    /// Adds, or fails as told.
    package func add<Record: OwnedRecord>(_ record: Record, events: [Event]) async throws(StoreError) {
        try await write { () async throws(StoreError) in try await store.add(record, events: events) }
    }

    /// Reads through.
    package func record<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> Record? {
        try await store.record(id, in: workspaceID)
    }

    /// Reads through.
    package func record<Record: OwnedRecord>(
        _: Record.Type,
        globalKey: String
    ) async throws(StoreError) -> Record? {
        try await store.record(Record.self, globalKey: globalKey)
    }

    /// Reads through.
    package func record<Record: OwnedRecord>(
        _: Record.Type,
        localKey: String,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> Record? {
        try await store.record(Record.self, localKey: localKey, in: workspaceID)
    }

    /// Reads through.
    package func records<Record: OwnedRecord>(
        _: Record.Type,
        in workspaceID: Identifier<Workspace>,
        limit: Int,
        after: Int64?
    ) async throws(StoreError) -> Page<Record> {
        try await store.records(Record.self, in: workspaceID, limit: limit, after: after)
    }

    /// Changes, or fails as told.
    package func update<Record: OwnedRecord, Refusal: Error>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Record) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<Record, Refusal>? {
        try await write { () async throws(StoreError) in try await store.update(id, in: workspaceID, change) }
    }

    /// Deletes, or fails as told.
    package func remove<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        events: [Event]
    ) async throws(StoreError) -> Bool {
        try await write { () async throws(StoreError) in try await store.remove(id, in: workspaceID, events: events) }
    }

    /// That of the store around which this one is.
    package var newDeliveries: Signal { store.newDeliveries }

    /// Reads through.
    package func dueDeliveries(_ query: DueDeliveryQuery) async throws(StoreError) -> DueDeliveries {
        try await store.dueDeliveries(query)
    }

    /// Changes, or fails as told.
    package func updateDelivery(
        _ id: Identifier<Delivery>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Delivery, inout Webhook?) -> [Event]
    ) async throws(StoreError) -> Delivery? {
        try await write { () async throws(StoreError) in try await store.updateDelivery(id, in: workspaceID, change) }
    }

    /// Reads through.
    package func deliveries(_ query: DeliveryQuery) async throws(StoreError) -> Page<Delivery> {
        try await store.deliveries(query)
    }

    /// Changes, or fails as told.
    package func redeliver(_ query: DeliveryQuery, at time: Timestamp) async throws(StoreError) -> Int? {
        try await write { () async throws(StoreError) in try await store.redeliver(query, at: time) }
    }

    /// Changes, or fails as told.
    package func abandonStoppedDeliveries(at time: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await write { () async throws(StoreError) in
            try await store.abandonStoppedDeliveries(at: time, limit: limit)
        }
    }

    /// Forgets, or fails as told.
    package func forgetDeliveries(finishedBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await write { () async throws(StoreError) in
            try await store.forgetDeliveries(finishedBefore: time, limit: limit)
        }
    }

    /// Writes through.
    package func add(_ token: PersonalAccessToken) async throws(StoreError) {
        try await store.add(token)
    }

    /// Reads through.
    package func personalAccessToken(shortToken: String) async throws(StoreError) -> PersonalAccessToken? {
        try await store.personalAccessToken(shortToken: shortToken)
    }

    /// Reads through.
    package func personalAccessTokens() async throws(StoreError) -> [PersonalAccessToken] {
        try await store.personalAccessTokens()
    }

    /// Writes through.
    package func revokePersonalAccessToken(
        _ id: Identifier<PersonalAccessToken>,
        at time: Timestamp
    ) async throws(StoreError) -> PersonalAccessToken? {
        try await store.revokePersonalAccessToken(id, at: time)
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

    /// Fails while writes fail.
    package func check() async throws(StoreError) {
        guard mode.withLock({ $0 }) == .working else { throw StoreError(.full, message: "The test's disk is full.") }
        try await store.check()
    }
}
