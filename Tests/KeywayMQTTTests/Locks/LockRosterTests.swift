import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayMQTT

@Suite("The locks of one broker")
struct LockRosterTests {
    private var roster = LockRoster(Announcements.Settings())
    private var number: UInt64 = 0
    private var now = MonotonicInstant(nanoseconds: 0)

    /// Lets a message come.
    private mutating func hear(
        _ topic: String,
        _ text: String,
        isRetained: Bool = false,
        generation: UInt64 = 1
    ) -> LockRoster.Hearing {
        number += 1
        let message = InboundMessage(
            topic: topic,
            payload: Array(text.utf8),
            isRetained: isRetained,
            receivedAt: now,
            stamp: TrafficStamp(generation: generation, number: number)
        )
        return roster.hear(DecodedMessage(message, Announcements.Settings()), at: now)
    }

    private mutating func announce(_ more: String = #","availability_topic":"a/online""#) -> LockRoster.Hearing {
        hear("homeassistant/lock/a/config", #"{"unique_id":"a","cmd_t":"a/set","stat_t":"a/state"\#(more)}"#)
    }

    private static func reports(_ words: [LockRoster.Word]) -> [DeviceReport.Content] {
        words.compactMap { if case .report(let content, _, _) = $0.content { content } else { nil } }
    }

    private func command(within deadline: Duration = .seconds(30)) -> Command {
        Command(
            attemptID: Samples.id(1),
            deviceID: Samples.id(2),
            actionType: .unlockDoor,
            deadline: now + deadline,
            deadlineAt: Samples.start + deadline
        )
    }

    private func origin(_ hearing: LockRoster.Hearing) throws -> LockRoster.Origin {
        try #require(hearing.words.last?.origin)
    }

    @Test("a lock without availability is online as soon as it is announced, another when it says so")
    mutating func online() {
        #expect(Self.reports(announce("").words).contains(.online(true)))
        #expect(roster.topics.contains("a/state"))
        let other = hear(
            "homeassistant/lock/b/config",
            #"{"unique_id":"b","cmd_t":"b/set","stat_t":"b/state","avty_t":"b/online"}"#
        )
        #expect(other.changesTopics)
        #expect(!Self.reports(other.words).contains(.online(true)))
        #expect(Self.reports(hear("b/online", "online").words) == [.online(true)])
    }

    @Test("a lock that speaks live can be reached, if it has not said anything else")
    mutating func speaks() {
        _ = announce()
        #expect(Self.reports(hear("a/state", "LOCKED", isRetained: true).words) == [.bolt(.locked)])
        #expect(Self.reports(hear("a/state", "UNLOCKED").words) == [.online(true), .bolt(.unlocked)])
        _ = hear("a/online", "offline")
        #expect(Self.reports(hear("a/state", "LOCKED").words) == [.bolt(.locked)])
    }

    @Test("locks that say nothing count as online after a while, and those that nothing announces as offline")
    mutating func patience() {
        roster.remember(["a", "gone"])
        _ = roster.connected(at: now)
        _ = announce()
        #expect(roster.patienceIsOver(at: now + .seconds(9)).isEmpty)
        let words = roster.patienceIsOver(at: now + .seconds(10))
        #expect(words.map(\.identity) == ["a", "gone"])
        #expect(Self.reports(words) == [.online(true), .online(false)])
        #expect(roster.nextEndOfPatience == nil)
    }

    @Test("a lock that is announced later has as much time, and until then it is not known whether it can be reached")
    mutating func latePatience() throws {
        _ = roster.connected(at: now)
        now = now + .seconds(8)
        let hearing = announce()
        #expect(hearing.hasNewLocks)
        let isSilent = if case .silent = roster.standing(of: "a") { true } else { false }
        #expect(isSilent)
        #expect(roster.patienceIsOver(at: now + .seconds(2)).isEmpty)
        #expect(roster.nextEndOfPatience == now + .seconds(10))
        #expect(Self.reports(roster.patienceIsOver(at: now + .seconds(10))) == [.online(true)])
        let isReady = if case .ready = roster.standing(of: "a") { true } else { false }
        #expect(isReady)
        let again = announce(#","availability_topic":"a/online","name":"New""#)
        #expect(!again.hasNewLocks)
    }

    @Test("a lock that begins to listen to a topic hears what was said there before, but not as something new")
    mutating func catchesUp() {
        _ = roster.connected(at: now)
        _ = announce(#","availability_topic":"bridge/online""#)
        _ = hear("bridge/online", "online", isRetained: true)
        _ = hear("a/state", "LOCKED")
        func other(_ name: String, _ state: String) -> String {
            #"{"unique_id":"\#(name)","cmd_t":"c","stat_t":"\#(state)","avty_t":"bridge/online"}"#
        }
        let second = hear("homeassistant/lock/b/config", other("b", "a/state"))
        #expect(Self.reports(second.words).suffix(2) == [.online(true), .bolt(.locked)])
        #expect(second.bolts.isEmpty)
        #expect(second.words.last?.content == .report(.bolt(.locked), nil, isReplay: true))
        _ = hear("bridge/online", "offline")
        let third = hear("homeassistant/lock/c/config", other("c", "c/state"))
        #expect(Self.reports(third.words).last == .online(false))
        #expect(roster.standing(of: "c") == .offline)
        _ = hear("bridge/online", String(repeating: " ", count: LockRoster.keptSize) + "x")
        let fourth = hear("homeassistant/lock/d/config", other("d", "d/state"))
        #expect(!Self.reports(fourth.words).contains(.online(false)), "that is not kept, and what it replaced is old")
        roster.connectionEnded()
        let fifth = hear("homeassistant/lock/e/config", other("e", "a/state"))
        #expect(!Self.reports(fifth.words).contains(.bolt(.locked)), "it may have changed unheard")
    }

    @Test("G3 a command that reached nobody is sent again only if nothing was heard that may have ended its attempt")
    mutating func again() throws {
        _ = announce("")
        let command = command()
        roster.begin(command, at: "a")
        number += 1
        roster.acknowledged(command, to: "a", as: TrafficStamp(generation: 1, number: number))
        let isFree = roster.beginAgain(command, at: "a")
        #expect(isFree)
        let origin = try origin(hear("a/state", "UNLOCKED"))
        #expect(!roster.mayConfirm(origin, "a", at: now), "G6 it has not left again")
        number += 1
        roster.acknowledged(command, to: "a", as: TrafficStamp(generation: 1, number: number))
        roster.answered("a")
        let isStillFree = roster.beginAgain(command, at: "a")
        #expect(!isStillFree)
    }

    @Test("a lost connection takes every lock offline, once, and the next brings back those that cannot say so")
    mutating func connection() {
        roster.remember(["stored"])
        #expect(roster.connected(at: now) == [LockRoster.Word(identity: nil, content: .connection(stands: true))])
        _ = announce("")
        roster.connectionEnded()
        let lost = roster.connectionGivenUp()
        #expect(lost.map(\.identity) == [nil, "a", "stored"])
        #expect(Self.reports(lost) == [.accountDisconnected, .accountDisconnected])
        #expect(roster.connectionGivenUp().isEmpty)
        let back = roster.connected(at: now)
        #expect(back.map(\.identity) == [nil, "a"])
        #expect(Self.reports(back) == [.online(true)])
        // A short interruption that nobody was told of is no news.
        roster.connectionEnded()
        #expect(roster.connected(at: now).isEmpty)
    }

    @Test("G6 only what comes after a command, on the same connection, can confirm it")
    mutating func confirms() throws {
        _ = announce("")
        let command = command()
        roster.begin(command, at: "a")
        let early = try origin(hear("a/state", "UNLOCKED"))
        #expect(!roster.mayConfirm(early, "a", at: now))
        number += 1
        roster.acknowledged(command, to: "a", as: TrafficStamp(generation: 1, number: number))
        #expect(!roster.mayConfirm(early, "a", at: now))
        let after = try origin(hear("a/state", "LOCKED"))
        #expect(roster.mayConfirm(after, "a", at: now))
        let elsewhere = try origin(hear("a/state", "UNLOCKED", generation: 2))
        #expect(!roster.mayConfirm(elsewhere, "a", at: now))
        // When the attempt is over in any case, a report is news like any other.
        #expect(roster.mayConfirm(elsewhere, "a", at: now + .seconds(33)))
        #expect(!roster.mayConfirm(elsewhere, "a", at: now + .seconds(32)))
    }

    @Test("G6 what an optimistic lock says confirms no command")
    mutating func optimistic() throws {
        _ = announce(#","opt":true"#)
        let command = command()
        roster.begin(command, at: "a")
        number += 1
        roster.acknowledged(command, to: "a", as: TrafficStamp(generation: 1, number: number))
        let origin = try origin(hear("a/state", "UNLOCKED"))
        #expect(!roster.mayConfirm(origin, "a", at: now))
        #expect(roster.mayConfirm(origin, "a", at: now + .seconds(33)))
    }

    @Test("a changed announcement passes on what it makes of the lock's reach, and of its state")
    mutating func changedAnnouncement() {
        func availability(_ mode: String) -> String {
            #","avty_mode":"\#(mode)","avty":[{"t":"a/one"},{"t":"a/two"}]"#
        }
        _ = roster.connected(at: now)
        _ = announce(availability("any"))
        _ = hear("a/one", "online")
        _ = hear("a/two", "offline")
        #expect(Self.reports(announce(availability("all")).words).contains(.online(false)))
        #expect(Self.reports(announce(availability("any")).words).contains(.online(true)))
        // Nobody speaks on the new topic, so the lock gets time again, and then counts as online.
        _ = announce(availability("all"))
        let silent = announce(#","avty_t":"a/three""#)
        #expect(silent.hasNewLocks)
        #expect(roster.standing(of: "a").reachableLock != nil)
        #expect(Self.reports(roster.patienceIsOver(at: now + .seconds(10))) == [.online(true)])
        // What was said before means something else with other words.
        _ = hear("a/state", "ZU", isRetained: true)
        let readable = announce(#","avty_t":"a/three","stat_locked":"ZU""#)
        #expect(Self.reports(readable.words).contains(.bolt(.locked)))
    }

    @Test("G6 how long a report may still be an answer is as long as attempts may be settled")
    mutating func settlingTime() throws {
        roster = LockRoster(Announcements.Settings(), settlingTime: .seconds(8))
        _ = announce("")
        roster.begin(command(), at: "a")
        let origin = try origin(hear("a/state", "UNLOCKED"))
        #expect(!roster.mayConfirm(origin, "a", at: now + .seconds(37)))
        #expect(roster.mayConfirm(origin, "a", at: now + .seconds(38)))
    }

    @Test("a command that reached nobody has no answers, and an older command does not speak for a newer one")
    mutating func withdrawn() throws {
        _ = announce("")
        let command = command()
        roster.begin(command, at: "a")
        let origin = try origin(hear("a/state", "UNLOCKED"))
        roster.withdraw(command, from: "a")
        #expect(roster.mayConfirm(origin, "a", at: now))
        let newer = Command(
            attemptID: Samples.id(9),
            deviceID: Samples.id(2),
            actionType: .lockDoor,
            deadline: now + .seconds(30),
            deadlineAt: Samples.start
        )
        roster.begin(newer, at: "a")
        roster.acknowledged(command, to: "a", as: TrafficStamp(generation: 1, number: 0))
        roster.withdraw(command, from: "a")
        #expect(!roster.mayConfirm(origin, "a", at: now))
    }

    @Test("what a lock repeats is passed on only while a command waits for it")
    mutating func repetition() {
        _ = announce("")
        #expect(Self.reports(hear("a/state", "LOCKED").words) == [.bolt(.locked)])
        #expect(hear("a/state", "LOCKED").words.isEmpty)
        roster.begin(command(), at: "a")
        #expect(Self.reports(hear("a/state", "LOCKED").words) == [.bolt(.locked)])
        now = now + .seconds(40)
        #expect(hear("a/state", "LOCKED").words.isEmpty)
    }

    @Test("G6 what a bridge remembers, and what the broker has kept, is no answer to a question where the bolt is")
    mutating func answers() throws {
        for message in try Fixture("zigbee2mqtt-devices").messages.prefix(1) {
            _ = hear(message.topic, String(decoding: try message.bytes, as: UTF8.self))
        }
        let topic = "zigbee2mqtt/hall/front door"
        #expect(hear(topic, #"{"lock_state":"locked"}"#).bolts.isEmpty)
        #expect(hear(topic, #"{"lock_state":"locked","battery":7}"#).bolts.isEmpty)
        #expect(hear(topic, #"{"lock_state":"unlocked"}"#).bolts.map(\.bolt) == [.unlocked])
        _ = announce("")
        #expect(hear("a/state", "LOCKED", isRetained: true).bolts.isEmpty)
        #expect(hear("a/state", "LOCKED").bolts.map(\.bolt) == [.locked])
    }

    @Test("the first live word of a lock is passed on, though the broker had kept the same and no command is known")
    mutating func liveAfterRetained() {
        _ = announce("")
        _ = hear("a/state", "UNLOCKED", isRetained: true)
        #expect(Self.reports(hear("a/state", "UNLOCKED").words) == [.bolt(.unlocked)])
        #expect(hear("a/state", "UNLOCKED").words.isEmpty)
    }

    @Test("a lock that is no longer announced is removed, and its topics are let go")
    mutating func removal() {
        _ = announce()
        let hearing = hear("homeassistant/lock/a/config", "")
        #expect(Self.reports(hearing.words) == [.removed])
        #expect(hearing.changesTopics)
        #expect(!roster.topics.contains("a/state"))
        #expect(roster.standing(of: "a") == .notAnnounced)
        #expect(hear("a/state", "UNLOCKED").words.isEmpty)
    }

    @Test("a device that sends rubbish is noted once, until it can be read again")
    mutating func unreadable() {
        _ = announce("")
        let rubbish = String(repeating: "x", count: Message.maximumSize + 1)
        #expect(hear("a/state", rubbish).notes.count == 1)
        #expect(hear("a/state", rubbish).notes.isEmpty)
        _ = hear("a/state", "LOCKED")
        #expect(hear("a/state", rubbish).notes.count == 1)
    }
}
