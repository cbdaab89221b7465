import KeywayModel
import KeywayStore

/// Reads what one stream sends, in order: from the feed as far as it can, and otherwise from the store.
struct EventReader: Sendable {
    /// Some of it.
    struct Batch: Sendable {
        /// Events to send; there may be none though there were some to look at.
        var lines: [EventPage.Line] = []
        /// Whether everything that is committed has been looked at.
        var isAtEnd = false
    }

    /// The most events of one batch.
    private static let batchSize = 64
    /// How many events a reader may fall behind while it reads, beyond those it was behind at the beginning.
    static let maximumLag: Int64 = 100_000

    private let call: Call
    private let follower: EventFollower
    /// The filters but for those that say whose events they are.
    private let filters: EventQuery
    private let accountID: Identifier<ConnectedAccount>?
    private let customerKey: String?
    /// The customer's accounts as they were found last; nil: no customer is asked for.
    private var customerAccounts: Set<Identifier<ConnectedAccount>>?
    /// Accounts that were not the customer's when the store was asked last.
    private var strangers: Set<Identifier<ConnectedAccount>> = []
    private var cursor: EventCursor
    private var largestLag: Int64

    /// On whose behalf it reads; whoever may see less from now on reads less.
    ///
    /// Set now and then, and whenever something was changed by which callers or customers see more or less.
    var caller: Caller {
        didSet { strangers = [] }
    }

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - caller: Who made it.
    ///   - filters: Which events are asked for, but for the two filters that follow.
    ///   - accountID: Only events about this account; nil: any.
    ///   - customerKey: Only events about this customer's accounts; nil: any.
    ///   - follower: What tells of new events.
    ///   - cursor: After which position to begin.
    ///   - latest: The position of the workspace's latest event.
    init(
        _ call: Call,
        _ caller: Caller,
        filters: EventQuery,
        accountID: Identifier<ConnectedAccount>?,
        customerKey: String?,
        follower: EventFollower,
        cursor: EventCursor,
        latest: Int64
    ) {
        self.call = call
        self.caller = caller
        self.filters = filters
        self.accountID = accountID
        self.customerKey = customerKey
        customerAccounts = customerKey == nil ? nil : []
        self.follower = follower
        self.cursor = cursor
        largestLag = latest - cursor.position + Self.maximumLag
    }

    /// Up to where everything has been read.
    var position: Int64 { cursor.position }

    /// Makes the next batch come from the store, whatever the feed says: another process may have written there.
    mutating func distrustFeed() {
        cursor.doubts = nil
    }

    /// Reads on; never waits for news.
    ///
    /// - Throws: ``APIError`` of type `slow_reader` if the reader falls further and further behind; `StoreError` if the
    ///   store cannot be read.
    mutating func next() async throws -> Batch {
        switch follower.news(after: cursor, limit: Self.batchSize) {
        case .inStore(let doubts): return try await nextInStore(doubts)
        case .events(let events):
            guard let last = events.last else { return Batch(isAtEnd: true) }
            try await learnWhoseAccounts(of: events)
            let query = query
            cursor.position = last.position
            return Batch(
                lines: events.filter { query.matches($0.event, writtenAt: $0.writtenAt) }
                    .map { EventPage.Line(position: $0.position, type: $0.event.type.rawValue, body: $0.body) }
            )
        }
    }

    private mutating func nextInStore(_ doubts: UInt64) async throws -> Batch {
        strangers = []
        try await readCustomerAccounts()
        let page = try await call.services.store.eventPage(query, after: cursor.position)
        guard page.latest - page.through <= largestLag else { throw APIError.slowReader }
        cursor = EventCursor(position: page.through, doubts: page.isLast ? doubts : nil)
        return Batch(lines: page.lines)
    }

    private var query: EventQuery {
        var query = filters
        query.limit = Self.batchSize
        query.connectedAccountIDs = common(accountID.map { [$0] }, caller.visibleAccounts)
        query.connectedAccountIDs = common(query.connectedAccountIDs, customerAccounts.map { Array($0) })
        return query
    }

    // MARK: The accounts of a customer

    /// Makes sure that of each account that events are about it is known whether it is the customer's.
    ///
    /// Accounts become a customer's when they are made, or once later; the latter makes everybody look again.
    private mutating func learnWhoseAccounts(of events: [CommittedEvent]) async throws {
        guard let known = customerAccounts else { return }
        let unknown = Set(events.compactMap(\.event.connectedAccountID)).subtracting(known).subtracting(strangers)
        guard !unknown.isEmpty else { return }
        try await readCustomerAccounts()
        strangers.formUnion(unknown.subtracting(customerAccounts ?? []))
    }

    private mutating func readCustomerAccounts() async throws {
        guard let customerKey else { return }
        customerAccounts = Set(try await call.accounts(ofCustomer: customerKey, caller))
    }
}
