package import KeywayModel
import Synchronization

/// Tells the readers of a workspace's events what is committed, so that they need not ask the store once each.
///
/// The store publishes events when they are durable, in the order of their positions. Of each workspace that somebody
/// follows the feed keeps the latest ones. A reader keeps nothing but an ``EventCursor``: what the feed does not have
/// any more, or cannot know, the reader gets from the store, and since positions have no gaps it is always clear which is
/// the case.
package final class EventFeed: Sendable {
    /// What the feed has for a reader.
    package enum News: Hashable, Sendable {
        /// The events that follow the reader's position, without a gap; none: it has seen everything.
        case events([CommittedEvent])
        /// The reader must ask the store, and note this number of doubts in its cursor when it has seen everything there.
        case inStore(doubts: UInt64)
    }

    private struct Following {
        var ring: EventRing
        /// How often something may have been committed that was not published.
        var doubts: UInt64 = 0
        var followers: [Int: Signal] = [:]
        var hasNews = false
        var isWaking = false

        /// Notes that followers are to be woken, and returns whether somebody has to begin with it.
        mutating func takeNote() -> Bool {
            hasNews = true
            defer { isWaking = true }
            return !isWaking
        }
    }

    private struct State {
        var workspaces: [Identifier<Workspace>: Following] = [:]
        var lastNumber = 0
    }

    private let capacity: Int
    private let maximumBytes: Int
    private let state = Mutex(State())

    /// Makes a feed that nobody follows.
    ///
    /// - Parameters:
    ///   - capacity: The most events of one workspace that are kept. Readers that fall behind further ask the store, so a
    ///     few are enough.
    ///   - maximumBytes: The most bytes that their wire forms take.
    package init(capacity: Int = 256, maximumBytes: Int = 1 << 20) {
        self.capacity = capacity
        self.maximumBytes = maximumBytes
    }

    // MARK: For stores

    /// Whether somebody follows a workspace, so that some of its events are kept; no reason to publish or not, since
    /// somebody may begin to between the write and its commit.
    package func isFollowed(_ workspaceID: Identifier<Workspace>) -> Bool {
        state.withLock { $0.workspaces[workspaceID] != nil }
    }

    /// Tells of events that are durable, each workspace's in the order of their positions.
    ///
    /// Returns at once; readers are woken beside it.
    package func publish(_ events: [CommittedEvent]) {
        let sleeping = state.withLock { state in
            var sleeping: [Identifier<Workspace>] = []
            for event in events {
                let id = event.event.workspaceID
                guard state.workspaces[id] != nil else { continue }
                state.workspaces[id]?.ring.append(event)
                if state.workspaces[id]?.takeNote() == true { sleeping.append(id) }
            }
            return sleeping
        }
        for id in sleeping { wakeFollowers(of: id) }
    }

    /// Tells that workspaces may have events that were not published, as after a commit whose end is not known.
    package func doubt(_ workspaceIDs: Set<Identifier<Workspace>>) {
        let sleeping = state.withLock { state in
            workspaceIDs.filter { id in
                state.workspaces[id]?.doubts += 1
                return state.workspaces[id]?.takeNote() == true
            }
        }
        for id in sleeping { wakeFollowers(of: id) }
    }

    private func wakeFollowers(of id: Identifier<Workspace>) {
        // Unstructured, since the committer must not wait while a thousand readers are woken. It ends by itself, and there
        // is one of it for each workspace at most.
        Task {
            while let signals = takeSignals(of: id) {
                for signal in signals { signal.raise() }
            }
        }
    }

    private func takeSignals(of id: Identifier<Workspace>) -> [Signal]? {
        state.withLock { state in
            guard state.workspaces[id]?.hasNews == true else {
                state.workspaces[id]?.isWaking = false
                return nil
            }
            state.workspaces[id]?.hasNews = false
            return state.workspaces[id].map { Array($0.followers.values) }
        }
    }

    // MARK: For readers

    /// Begins to follow a workspace: of what is published from now on, nothing is missed.
    ///
    /// Whoever asks the store for its latest position after this begins there, with the follower's
    /// ``EventFollower/doubts``.
    package func follow(_ workspaceID: Identifier<Workspace>) -> EventFollower {
        let signal = Signal()
        let (number, doubts) = state.withLock { state in
            state.lastNumber += 1
            var following =
                state.workspaces.removeValue(forKey: workspaceID)
                ?? Following(ring: EventRing(capacity: capacity, maximumBytes: maximumBytes))
            following.followers[state.lastNumber] = signal
            state.workspaces[workspaceID] = following
            return (state.lastNumber, following.doubts)
        }
        return EventFollower(feed: self, workspaceID: workspaceID, number: number, signal: signal, doubts: doubts)
    }

    fileprivate func unfollow(_ workspaceID: Identifier<Workspace>, _ number: Int) {
        state.withLock { state in
            state.workspaces[workspaceID]?.followers[number] = nil
            // What nobody follows takes no room.
            if state.workspaces[workspaceID]?.followers.isEmpty == true { state.workspaces[workspaceID] = nil }
        }
    }

    fileprivate func news(
        of workspaceID: Identifier<Workspace>,
        after cursor: EventCursor,
        limit: Int
    ) -> News {
        state.withLock { state in
            guard let following = state.workspaces[workspaceID] else { return .inStore(doubts: 0) }
            guard cursor.doubts == following.doubts,
                let events = following.ring.events(after: cursor.position, limit: limit)
            else { return .inStore(doubts: following.doubts) }
            return .events(events)
        }
    }
}

/// Somebody who follows a workspace, until it is gone.
package final class EventFollower: Sendable {
    private let feed: EventFeed
    private let workspaceID: Identifier<Workspace>
    private let number: Int
    /// Raised when there may be news.
    package let signal: Signal
    /// How many doubts the feed had at the beginning.
    package let doubts: UInt64

    fileprivate init(
        feed: EventFeed,
        workspaceID: Identifier<Workspace>,
        number: Int,
        signal: Signal,
        doubts: UInt64
    ) {
        self.feed = feed
        self.workspaceID = workspaceID
        self.number = number
        self.signal = signal
        self.doubts = doubts
    }

    deinit {
        feed.unfollow(workspaceID, number)
    }

    /// What follows a cursor.
    ///
    /// - Parameters:
    ///   - cursor: How far the reader has come.
    ///   - limit: The most events to return.
    /// - Returns: The first events after it, or that the store has to be asked.
    package func news(after cursor: EventCursor, limit: Int) -> EventFeed.News {
        feed.news(of: workspaceID, after: cursor, limit: limit)
    }
}
