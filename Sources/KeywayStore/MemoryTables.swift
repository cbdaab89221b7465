package import KeywayModel

/// What a ``MemoryStore`` holds: the rules of a commit as a plain value.
///
/// The simulation uses it without the store around it, so that no task comes between two of its steps.
package struct MemoryTables: Sendable {
    var workspaces: [Identifier<Workspace>: Workspace] = [:]
    var keys: [Identifier<APIKey>: APIKey] = [:]
    var tokens: [Identifier<PersonalAccessToken>: PersonalAccessToken] = [:]
    /// In the order of addition: the position is what a page cursor names.
    var accounts: [ConnectedAccount] = []
    var accountPositions: [Identifier<ConnectedAccount>: Int] = [:]
    /// In the order of addition: the position is what a page cursor names.
    var devices: [Device] = []
    var devicePositions: [Identifier<Device>: Int] = [:]
    /// Each kind's records in the order of addition.
    var ownedRecords: [OwnedRecordKind: [StoredRecord]] = [:]
    /// How many owned records were ever added.
    var ownedRecordCount: Int64 = 0
    /// In the order of acceptance: the position is what a page cursor names.
    private var attempts: [ActionAttempt] = []
    private var attemptPositions: [Identifier<ActionAttempt>: Int] = [:]
    /// Each workspace's events in the order of their sequence numbers.
    private var events: [Identifier<Workspace>: [StoredEvent]] = [:]
    private var eventIDs: Set<Identifier<Event>> = []
    private var idempotencyRecords: [Requester: [String: IdempotencyRecord]] = [:]

    private struct StoredEvent {
        let event: Event
        /// When it was created, or the time of the event before it if the clock went back.
        let writtenAt: Timestamp
    }

    /// The events that were written since this was last emptied; nil: nobody wants to know.
    var news: [CommittedEvent]?

    /// What goes to webhooks.
    var deliveries = MemoryDeliveries()
    /// The most deliveries that wait for one webhook.
    let maximumPendingDeliveries: Int

    /// Makes empty tables.
    ///
    /// - Parameter maximumPendingDeliveries: The most deliveries that wait for one webhook; further ones have failed from
    ///   the beginning.
    package init(maximumPendingDeliveries: Int = 1_000_000) {
        self.maximumPendingDeliveries = maximumPendingDeliveries
    }

    /// How many events a workspace has.
    package func eventCount(in workspaceID: Identifier<Workspace>) -> Int { events[workspaceID]?.count ?? 0 }

    /// A workspace's events in the order of their sequence numbers, without the first `count`.
    package func events(in workspaceID: Identifier<Workspace>, after count: Int) -> [Event] {
        (events[workspaceID] ?? []).dropFirst(count).map(\.event)
    }

    // MARK: Lanes

    /// Applies a commit; whatever could refuse it is checked before anything is changed.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if the device is not in the tables.
    package mutating func apply(_ commit: LaneCommit) throws(StoreError) {
        guard let position = devicePositions[commit.deviceID], devices[position].workspaceID == commit.workspaceID
        else {
            throw StoreError(.conflict, message: "The store does not have the device of a lane's commit.")
        }
        for change in commit.changes {
            switch change {
            case .accept(let attempt, let record):
                accept(attempt)
                remember(record)
            case .join(_, _, let record): remember(record)
            case .dispatch(let id, let time, let timeline):
                changePending(id, in: commit.workspaceID) { attempt in
                    attempt.dispatchedAt = time
                    attempt.timeline = timeline
                }
            case .resolve(let resolved, let events):
                precondition(resolved.outcome != nil, "a resolution has an outcome")
                let wasPending = changePending(resolved.id, in: commit.workspaceID) { attempt in
                    attempt.dispatchedAt = resolved.dispatchedAt
                    attempt.acknowledgedAt = resolved.acknowledgedAt
                    attempt.resolvedAt = resolved.resolvedAt
                    attempt.outcome = resolved.outcome
                    attempt.timeline = resolved.timeline
                }
                if wasPending { append(events, to: commit.workspaceID) }
            case .lateReport(let id, let entry, let events):
                addLateReport(entry, to: id, events: events, in: commit.workspaceID)
            case .report(let events): append(events, to: commit.workspaceID)
            case .delete(let time, let events):
                guard devices[position].deletedAt == nil else { continue }
                devices[position].deletedAt = time
                append(events, to: commit.workspaceID)
            case .reset(let fresh): devices[position] = devices[position].remade(as: fresh)
            }
        }
        if let state = commit.state { devices[position].state = state }
    }

    mutating func accept(_ attempt: ActionAttempt) {
        guard attemptPositions[attempt.id] == nil else { return }
        attemptPositions[attempt.id] = attempts.count
        attempts.append(attempt)
    }

    mutating func remember(_ record: IdempotencyRecord?) {
        guard let record else { return }
        idempotencyRecords[record.requester, default: [:]][record.key] = record
    }

    @discardableResult
    private mutating func changePending(
        _ id: Identifier<ActionAttempt>,
        in workspaceID: Identifier<Workspace>,
        _ change: (inout ActionAttempt) -> Void
    ) -> Bool {
        guard let position = attemptPositions[id], attempts[position].workspaceID == workspaceID,
            attempts[position].status == .pending
        else { return false }
        change(&attempts[position])
        return true
    }

    private mutating func addLateReport(
        _ entry: TimelineEntry,
        to id: Identifier<ActionAttempt>,
        events: [Event],
        in workspaceID: Identifier<Workspace>
    ) {
        guard let position = attemptPositions[id], attempts[position].workspaceID == workspaceID,
            attempts[position].status != .pending
        else { return }
        let added = append(events, to: workspaceID)
        if added > 0 || !attempts[position].timeline.contains(entry) { attempts[position].timeline.append(entry) }
    }

    /// Appends the events whose id is new, and returns how many that were.
    @discardableResult
    mutating func append(_ new: [Event], to workspaceID: Identifier<Workspace>) -> Int {
        let unseen = new.filter { eventIDs.insert($0.id).inserted }
        var stored = events.removeValue(forKey: workspaceID) ?? []
        for event in unseen {
            let writtenAt = stored.last.map { max($0.writtenAt, event.createdAt) } ?? event.createdAt
            stored.append(StoredEvent(event: event, writtenAt: writtenAt))
            note(event, at: Int64(stored.count), writtenAt: writtenAt)
            deliver(event, at: Int64(stored.count))
        }
        events[workspaceID] = stored
        return unseen.count
    }

    /// Every pending attempt with its device, ordered by device and then by acceptance.
    package var unresolvedLanes: [UnresolvedLane] {
        Dictionary(grouping: attempts.filter { $0.status == .pending }) { $0.deviceID.flatMap { devicePositions[$0] } }
            .compactMap { position, attempts in
                position.map { UnresolvedLane(device: devices[$0], attempts: attempts) }
            }
            .sorted { $0.device.id < $1.device.id }
    }

    // MARK: Attempts and events

    /// An attempt; nil if there is none with this id in the workspace.
    package func attempt(_ id: Identifier<ActionAttempt>, in workspaceID: Identifier<Workspace>) -> ActionAttempt? {
        guard let position = attemptPositions[id], attempts[position].workspaceID == workspaceID else { return nil }
        return attempts[position]
    }

    /// A page of attempts, the latest accepted first.
    package func attempts(_ query: ActionAttemptQuery) -> Page<ActionAttempt> {
        let positions = attempts.indices.reversed().lazy
            .filter { position in
                let attempt = attempts[position]
                return attempt.workspaceID == query.workspaceID
                    && query.after.map { position < $0 } ?? true
                    && query.ids?.contains(attempt.id) ?? true
                    && query.deviceID.map { attempt.deviceID == $0 } ?? true
            }
        return page(of: positions, limit: query.limit) { attempts[$0] }
    }

    func events(_ query: EventQuery) -> [Event] {
        let matching = (events[query.workspaceID] ?? [])
            .filter { query.matches($0.event, writtenAt: $0.writtenAt) }
            .map(\.event)
        return switch query.keeps {
        case .oldest: Array(matching.dropFirst(query.offset).prefix(query.limit))
        case .newest: Array(matching.dropLast(query.offset).suffix(query.limit))
        }
    }

    /// The position of a workspace's latest event; 0 if it has none.
    func latestEventPosition(in workspaceID: Identifier<Workspace>) -> Int64 { Int64(eventCount(in: workspaceID)) }

    /// The first events after a position.
    ///
    /// - Throws: ``StoreError`` with code `unavailable` for an event that has no JSON form.
    func eventPage(_ query: EventQuery, after position: Int64) throws(StoreError) -> EventPage {
        let all = events[query.workspaceID] ?? []
        let latest = Int64(all.count)
        var through = min(latest, position + EventPage.window)
        var (lines, bytes) = ([EventPage.Line](), 0)
        guard position < through else { return EventPage(lines: [], through: position, latest: latest) }
        for index in Int(position)..<Int(through) {
            let stored = all[index]
            guard query.matches(stored.event, writtenAt: stored.writtenAt) else { continue }
            let body = try Self.body(of: stored.event)
            lines.append(
                EventPage.Line(position: Int64(index) + 1, type: stored.event.type.rawValue, body: body)
            )
            bytes += body.utf8.count
            if lines.count == query.limit || bytes >= EventPage.maximumBytes {
                through = Int64(index) + 1
                break
            }
        }
        return EventPage(lines: lines, through: through, latest: latest)
    }

    private mutating func note(_ event: Event, at position: Int64, writtenAt: Timestamp) {
        // What has no JSON form is not told of, so readers find a gap and ask for it.
        guard news != nil, let body = try? Self.body(of: event) else { return }
        news?.append(CommittedEvent(position: position, writtenAt: writtenAt, event: event, body: body))
    }

    /// The wire form of an event.
    ///
    /// - Throws: ``StoreError`` with code `unavailable` if it has none.
    static func body(of event: Event?) throws(StoreError) -> String {
        do {
            return try JSONWriter.text(of: event)
        } catch {
            throw StoreError(.unavailable, message: "An event has no JSON form.", cause: error)
        }
    }

    // MARK: Idempotency keys

    /// What is remembered of a requester's key, however old; nil if there is nothing.
    package func idempotencyRecord(of requester: Requester, key: String) -> IdempotencyRecord? {
        idempotencyRecords[requester]?[key]
    }

    /// Forgets the keys that were first used before a time, and returns how many those were.
    package mutating func forgetIdempotencyRecords(before time: Timestamp) -> Int {
        var count = 0
        for (requester, records) in idempotencyRecords {
            let kept = records.filter { $0.value.createdAt >= time }
            count += records.count - kept.count
            idempotencyRecords[requester] = kept.isEmpty ? nil : kept
        }
        return count
    }

    // MARK: Pages

    func page<Element>(
        of positions: some Sequence<Int>,
        limit: Int,
        _ element: (Int) -> Element
    ) -> Page<Element> {
        // One more than asked for tells whether there is a next page.
        let found = Array(positions.prefix(limit + 1))
        let shown = found.prefix(limit)
        return Page(
            elements: shown.map(element),
            next: found.count > limit ? shown.last.map { Int64($0) } : nil
        )
    }
}
