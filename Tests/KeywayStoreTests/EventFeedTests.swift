import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayStore

@Suite("The ring of the latest events")
struct EventRingTests {
    private static func event(_ position: Int64, bytes: Int = 1) -> CommittedEvent {
        EventFeedTests.event(position, body: String(repeating: "x", count: bytes))
    }

    private static func positions(_ ring: EventRing, after position: Int64, limit: Int = 100) -> [Int64]? {
        ring.events(after: position, limit: limit)?.map(\.position)
    }

    @Test("It has what follows a position, and says so if it does not have all of it")
    func after() {
        var ring = EventRing(capacity: 3, maximumBytes: 100)
        #expect(Self.positions(ring, after: 0) == [])
        for position in 5...9 as ClosedRange<Int64> { ring.append(Self.event(position)) }
        #expect(Self.positions(ring, after: 6) == [7, 8, 9])
        #expect(Self.positions(ring, after: 7, limit: 1) == [8])
        #expect(Self.positions(ring, after: 9) == [])
        // A reader who got it from the store before the feed was told.
        #expect(Self.positions(ring, after: 12) == [])
        #expect(Self.positions(ring, after: 5) == nil)
    }

    @Test("It keeps what it has while it grows")
    func growth() {
        var ring = EventRing(capacity: 100, maximumBytes: 1000)
        for position in 95...400 as ClosedRange<Int64> {
            ring.append(Self.event(position))
            let oldest = max(95, position - 99)
            #expect(Self.positions(ring, after: oldest - 1) == Array(oldest...position))
        }
    }

    @Test("A position that does not follow the latest one begins it anew")
    func gap() {
        var ring = EventRing(capacity: 3, maximumBytes: 100)
        for position in [1, 2, 4, 5] as [Int64] { ring.append(Self.event(position)) }
        #expect(Self.positions(ring, after: 2) == nil)
        #expect(Self.positions(ring, after: 3) == [4, 5])
        ring.append(Self.event(5))
        #expect(Self.positions(ring, after: 4) == [5])
    }

    @Test("G12 it holds no more bytes than it may, and readers of the rest are sent to the store")
    func bytes() {
        var ring = EventRing(capacity: 10, maximumBytes: 100)
        for position in 1...5 as ClosedRange<Int64> { ring.append(Self.event(position, bytes: 40)) }
        #expect(ring.count == 2)
        #expect(Self.positions(ring, after: 3) == [4, 5])
        ring.append(Self.event(6, bytes: 101))
        #expect(ring.count == 0)
        ring.append(Self.event(7, bytes: 40))
        #expect(Self.positions(ring, after: 5) == nil)
        #expect(Self.positions(ring, after: 6) == [7])
    }
}

@Suite("The feed of committed events")
struct EventFeedTests {
    private static let workspace: Identifier<Workspace> = Samples.id(1)

    static func event(_ position: Int64, body: String = "{}") -> CommittedEvent {
        let event = Event(
            id: Samples.id(UInt64(position)),
            type: .deviceConnected,
            workspaceID: workspace,
            createdAt: Samples.start,
            occurredAt: Samples.start
        )
        return CommittedEvent(position: position, writtenAt: Samples.start, event: event, body: body)
    }

    @Test("A follower sees what is published, and is woken")
    func follow() async {
        let feed = EventFeed()
        let follower = feed.follow(Self.workspace)
        let cursor = EventCursor(position: 4, doubts: follower.doubts)
        #expect(follower.news(after: cursor, limit: 9) == .events([]))
        feed.publish([Self.event(5), Self.event(6)])
        await follower.signal.wait()
        #expect(follower.news(after: cursor, limit: 9) == .events([Self.event(5), Self.event(6)]))
    }

    @Test("Whoever has not asked the store is sent there, and after a doubt everybody is")
    func doubt() async {
        let feed = EventFeed()
        let follower = feed.follow(Self.workspace)
        #expect(follower.news(after: EventCursor(position: 4), limit: 9) == .inStore(doubts: 0))
        feed.doubt([Self.workspace])
        await follower.signal.wait()
        let cursor = EventCursor(position: 4, doubts: follower.doubts)
        #expect(follower.news(after: cursor, limit: 9) == .inStore(doubts: 1))
        #expect(follower.news(after: EventCursor(position: 4, doubts: 1), limit: 9) == .events([]))
        #expect(feed.follow(Self.workspace).doubts == 1)
    }

    @Test(
        "G12 a reader who falls behind the ring is sent to the store, and nothing is kept for a workspace nobody follows"
    )
    func bounds() {
        let feed = EventFeed(capacity: 2)
        feed.publish([Self.event(1)])
        #expect(!feed.isFollowed(Self.workspace))
        do {
            let follower = feed.follow(Self.workspace)
            #expect(feed.isFollowed(Self.workspace))
            feed.publish([Self.event(2), Self.event(3), Self.event(4)])
            #expect(follower.news(after: EventCursor(position: 1, doubts: 0), limit: 9) == .inStore(doubts: 0))
            #expect(
                follower.news(after: EventCursor(position: 2, doubts: 0), limit: 9)
                    == .events([Self.event(3), Self.event(4)])
            )
        }
        #expect(!feed.isFollowed(Self.workspace))
    }
}
