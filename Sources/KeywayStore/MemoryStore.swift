package import KeywayModel
import Synchronization

/// A store that forgets everything when the process ends, for tests and for trying Keyway out.
///
/// It keeps every rule of the contract but durability, and it keeps every attempt and event, so its memory grows with
/// use.
package final class MemoryStore: Store {
    let tables: Mutex<MemoryTables>
    /// Raised after each write that made deliveries or armed some again.
    package let newDeliveries = Signal()
    /// What tells of events once they are written.
    package let committedEvents = EventFeed()
    /// What tells whether reads of devices may give other answers than before.
    package let deviceRevisions = DeviceRevisions()

    /// Makes an empty store.
    ///
    /// - Parameter maximumPendingDeliveries: The most deliveries that wait for one webhook; further ones have failed from
    ///   the beginning.
    package init(maximumPendingDeliveries: Int = 1_000_000) {
        tables = Mutex(MemoryTables(maximumPendingDeliveries: maximumPendingDeliveries))
    }

    /// Changes the tables, and says so if there are deliveries to send or events to tell of.
    func change<Value, Failure: Error>(
        touching touch: DeviceRevisions.Touch = .anything,
        _ body: (inout MemoryTables) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let (value, hasArmed) = try tables.withLock { tables throws(Failure) in
            let before = tables.deliveries.armedCount
            tables.news = []
            defer { tables.news = nil }
            let value = try body(&tables)
            deviceRevisions.changed([touch])
            // While nobody else can write, so that the feed has the order of the tables.
            committedEvents.publish(tables.news ?? [])
            return (value, tables.deliveries.armedCount > before)
        }
        if hasArmed { newDeliveries.raise() }
        return value
    }

    // MARK: Lanes

    /// Applies a lane's commit whole or not at all.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if the store does not have the device.
    package func commit(_ commit: LaneCommit) async throws(StoreError) {
        try change(touching: DeviceRevisions.Touch(commit)) { tables throws(StoreError) in try tables.apply(commit) }
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

    /// Returns the position of a workspace's latest event; 0 if it has none.
    package func latestEventPosition(in workspaceID: Identifier<Workspace>) async throws(StoreError) -> Int64 {
        tables.withLock { $0.latestEventPosition(in: workspaceID) }
    }

    /// Returns the first events after a position, ready to be sent.
    package func eventPage(_ query: EventQuery, after position: Int64) async throws(StoreError) -> EventPage {
        try tables.withLock { tables throws(StoreError) in try tables.eventPage(query, after: position) }
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

    /// Returns a device; nil if there is none with this id in the workspace, or it is deleted; without a workspace it
    /// looks in all, and at deleted ones too.
    package func device(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?
    ) async throws(StoreError) -> Device? {
        tables.withLock { $0.device(id, in: workspaceID) }
    }

    /// Returns a page of devices, ordered by their time of creation and then by id, without deleted ones unless the
    /// query asks for them.
    package func devices(_ query: DeviceQuery) async throws(StoreError) -> Page<Device> {
        tables.withLock { $0.devices(query) }
    }

    /// Adds a device with the event that says so; a device that is there already stays as it is, without an event.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its workspace does not have its connected account.
    package func add(_ device: Device, event: Event) async throws(StoreError) {
        try change { tables throws(StoreError) in try tables.add(device, event: event) }
    }

    /// Changes a device's record with the events that tell of it.
    ///
    /// - Returns: The record after the change, or why there was none; nil if there is no such device.
    package func updateDevice<Refusal: Error>(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?,
        _ change: @escaping @Sendable (inout Device) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<Device, Refusal>? {
        self.change { $0.updateDevice(id, in: workspaceID, change) }
    }

    // MARK: Health

    /// Returns: memory can always be written.
    package func check() async throws(StoreError) {}
}
