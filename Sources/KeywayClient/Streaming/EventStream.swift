extension KeywayClient {
    /// Events as they happen; see ``Events/stream(_:after:onInterruption:)``.
    ///
    /// Each walk has a connection of its own, which ends with the walk: when its iterator is gone, or when its task is
    /// cancelled, which throws a `CancellationError`. It reads only a little ahead, so a slow consumer costs no
    /// memory.
    public struct EventStream: AsyncSequence, Sendable {
        /// What it brings.
        public typealias Element = Event

        let connection: ServerConnection
        let query: Query
        let position: String?
        let onInterruption: @Sendable (StreamInterruption) -> Void

        /// Begins a walk; the connection is made by its first step.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(
                feed: EventFeed(
                    connection: connection,
                    query: query,
                    position: position,
                    onInterruption: onInterruption
                )
            )
        }

        /// A walk through the stream.
        public struct AsyncIterator: AsyncIteratorProtocol {
            private let feed: EventFeed
            private var subscription: Subscription?

            init(feed: EventFeed) {
                self.feed = feed
            }

            /// The next event, as soon as it happens.
            ///
            /// - Throws: ``APIError`` if the server refuses the stream; ``ConnectionError`` if it cannot be reached at
            ///   the beginning; ``UnreadableAnswer`` if what it sends is no event stream. Once there was a connection, a
            ///   lost one is made again for as long as it takes. After it has thrown there is no next event.
            public mutating func next() async throws -> Event? {
                let subscription = subscription ?? Subscription(feed)
                self.subscription = subscription
                return try await subscription.events.take()
            }
        }
    }
}

/// A feed that runs for as long as somebody holds this.
private final class Subscription: Sendable {
    let events = Handoff<KeywayClient.Event>()
    private let task: Task<Void, Never>

    init(_ feed: EventFeed) {
        // It must go on reading between two steps of the walk, so it cannot be a child of either; its end is that of
        // this object.
        task = Task { [events] in
            do {
                try await feed.run(into: events)
            } catch {
                events.finish(throwing: error)
            }
        }
    }

    deinit {
        task.cancel()
    }
}
