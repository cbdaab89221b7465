import KeywayDriver
import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("What waits to be passed on about a lock")
struct OutboxTests {
    private var outbox = Outbox()

    private mutating func add(_ content: LockRoster.Word.Content) {
        _ = outbox.add(LockRoster.Word(identity: "a", content: content))
    }

    private mutating func add(_ content: DeviceReport.Content) {
        add(.report(content, nil, isReplay: false))
    }

    private mutating func rest() -> [LockRoster.Word.Content] {
        var contents: [LockRoster.Word.Content] = []
        while let word = outbox.next() { contents.append(word.content) }
        return contents
    }

    private static func announced(_ name: String) throws -> LockRoster.Word.Content {
        .announced(try AnnouncedLock(#"{"command_topic":"c","name":"\#(name)"}"#))
    }

    private static func report(_ content: DeviceReport.Content) -> LockRoster.Word.Content {
        .report(content, nil, isReplay: false)
    }

    @Test("the first word wants somebody who passes it on, and the next ones until it is empty do not")
    mutating func served() {
        let word = LockRoster.Word(identity: "a", content: Self.report(.online(true)))
        let first = outbox.add(word)
        let second = outbox.add(word)
        #expect(first && !second)
        _ = rest()
        #expect(!outbox.isServed)
        let third = outbox.add(word)
        #expect(third)
    }

    @Test("G12 a lock that is announced again and again waits once, as it was announced last and before all else")
    mutating func announcements() throws {
        for number in 0..<1000 {
            add(try Self.announced("\(number)"))
            add(.warning(.announcementNotUnderstood, isPresent: number.isMultiple(of: 2)))
        }
        #expect(outbox.count <= Outbox.capacity)
        let rest = rest()
        #expect(rest.first == (try Self.announced("999")))
        #expect(rest.count { if case .announced = $0 { true } else { false } } == 1)
    }

    @Test("G12 a lock that comes and goes again and again does not pile up, and ends as it was last")
    mutating func removals() throws {
        for number in 0..<1000 {
            add(try Self.announced("\(number)"))
            add(.removed)
        }
        #expect(rest() == [try Self.announced("999"), Self.report(.removed)])
        for number in 0..<1000 {
            add(.removed)
            add(try Self.announced("\(number)"))
        }
        #expect(rest() == [Self.report(.removed), try Self.announced("999")])
    }

    @Test("G12 without room the oldest news gives way, but never what lasts")
    mutating func full() throws {
        add(.removed)
        add(try Self.announced("x"))
        add(.online(true))
        for number in 0..<1000 { add(.doorOpen(number.isMultiple(of: 2))) }
        #expect(outbox.count == Outbox.capacity)
        #expect(outbox.droppedCount == 1003 - Outbox.capacity)
        let rest = rest()
        #expect(Array(rest.prefix(3)) == [Self.report(.removed), try Self.announced("x"), Self.report(.online(true))])
        #expect(rest.last == Self.report(.doorOpen(false)))
    }

    @Test(
        "G12 without room only the last word counts about whether a lock can be reached, and of the connection always"
    )
    mutating func presence() {
        for number in 0..<1000 { add(.online(number.isMultiple(of: 2))) }
        #expect(outbox.count == Outbox.capacity)
        add(.bridgeOffline)
        for _ in 0..<1000 { add(.doorOpen(true)) }
        #expect(rest().filter { $0 != Self.report(.doorOpen(true)) } == [Self.report(.bridgeOffline)])
        add(LockRoster.Word.Content.connection(stands: true))
        add(LockRoster.Word.Content.connection(stands: false))
        #expect(rest() == [.connection(stands: false)])
    }
}
