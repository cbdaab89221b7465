import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("Who publishes on a connection")
struct PublishLedgerTests {
    private static func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private static func published(_ turn: PublishLedger.Turn?) -> PublishLedger.Entry? {
        if case .publish(let entry, _) = turn { entry } else { nil }
    }

    @Test(
        "the time left is shared out: some to acknowledge it, and whole seconds to forget it after",
        arguments: [
            (2250, 250, 1), (2999, 999, 1), (3000, 1000, 1), (5900, 3900, 1), (6000, 3000, 2), (10_000, 5000, 4),
            (30_500, 5500, 24), (86_400_000, 5000, 86_394),
        ] as [(Int64, Int64, UInt32)]
    )
    func expiry(_ left: Int64, _ patience: Int64, _ seconds: UInt32) {
        var ledger = PublishLedger(maximumWaiting: 1, maximumInFlight: 1)
        _ = ledger.add(1, deadline: Self.instant(left))
        let entry = PublishLedger.Entry(ticket: 1, deadline: Self.instant(patience))
        #expect(ledger.nextTurn(at: Self.instant(0)) == .publish(entry, expirySeconds: seconds))
    }

    @Test("G3 what the broker takes at the last moment is forgotten at the deadline")
    func shares() throws {
        for left in stride(from: 2250, to: 100_000, by: 7) as StrideTo<Int64> {
            var ledger = PublishLedger(maximumWaiting: 1, maximumInFlight: 1)
            _ = ledger.add(1, deadline: Self.instant(1000 + left))
            guard case .publish(let entry, let seconds?) = ledger.nextTurn(at: Self.instant(1000)) else {
                Issue.record("\(left) ms are too little")
                return
            }
            #expect(seconds >= 1)
            #expect(entry.deadline + .seconds(Int64(seconds)) + PublishLedger.slack == Self.instant(1000 + left))
            #expect(entry.deadline - Self.instant(1000) >= .milliseconds(250))
        }
    }

    @Test("where the broker cannot be told to forget, it has until the deadline to take a message")
    func withoutExpiry() throws {
        var ledger = PublishLedger(knowsExpiry: false, maximumWaiting: 1, maximumInFlight: 1)
        _ = ledger.add(1, deadline: Self.instant(30_000))
        let entry = PublishLedger.Entry(ticket: 1, deadline: Self.instant(30_000))
        #expect(ledger.nextTurn(at: Self.instant(0)) == .publish(entry, expirySeconds: nil))
        ledger.sent(entry, as: 7)
        #expect(!ledger.isOverdue(at: Self.instant(29_999)))
        #expect(ledger.isOverdue(at: Self.instant(30_000)))
        _ = ledger.add(2, deadline: Self.instant(32_249))
        #expect(ledger.nextTurn(at: Self.instant(30_000)) == .tooLate(2))
    }

    @Test(
        "G3 what has less than two seconds and a quarter left is not published",
        arguments: [-5000, 0, 2249] as [Int64]
    )
    func tooLate(_ left: Int64) {
        var ledger = PublishLedger(maximumWaiting: 1, maximumInFlight: 1)
        _ = ledger.add(1, deadline: Self.instant(left))
        #expect(ledger.nextTurn(at: Self.instant(0)) == .tooLate(1))
        #expect(ledger.nextTurn(at: Self.instant(0)) == nil)
    }

    @Test("G3 no more messages are handed out than the broker takes, and the others wait with their deadlines here")
    func bound() {
        var ledger = PublishLedger(maximumWaiting: 10, maximumInFlight: 16)
        ledger.lowerMaximumInFlight(to: 2)
        for ticket in 1...4 as ClosedRange<UInt64> { _ = ledger.add(ticket, deadline: Self.instant(5000)) }
        for number in 1...2 as ClosedRange<Int32> {
            guard let entry = Self.published(ledger.nextTurn(at: Self.instant(0))) else {
                Issue.record("nothing to publish")
                return
            }
            ledger.sent(entry, as: number)
        }
        #expect(ledger.nextTurn(at: Self.instant(0)) == nil)
        #expect(ledger.answered(2) == 2)
        #expect(Self.published(ledger.nextTurn(at: Self.instant(1000)))?.ticket == 3)
        #expect(ledger.nextTurn(at: Self.instant(4500)) == .tooLate(4))
    }

    @Test("a message on its way is overdue when there is only the broker's own time left")
    func overdue() throws {
        var ledger = PublishLedger(maximumWaiting: 1, maximumInFlight: 1)
        _ = ledger.add(1, deadline: Self.instant(6000))
        let entry = try #require(Self.published(ledger.nextTurn(at: Self.instant(0))))
        ledger.sent(entry, as: 7)
        #expect(!ledger.isOverdue(at: Self.instant(2999)))
        #expect(ledger.nextDeadline == Self.instant(3000))
        #expect(ledger.isOverdue(at: Self.instant(3000)))
    }

    @Test("at the end it says who was never sent and who may have been, and an answer counts once")
    func end() throws {
        var ledger = PublishLedger(maximumWaiting: 2, maximumInFlight: 1)
        let isTaken = (1...3 as ClosedRange<UInt64>).map { ledger.add($0, deadline: Self.instant(5000)) }
        #expect(isTaken == [true, true, false])
        ledger.sent(try #require(Self.published(ledger.nextTurn(at: Self.instant(0)))), as: 7)
        #expect(ledger.answered(8) == nil)
        let (notSent, unknown) = ledger.close()
        #expect(notSent == [2])
        #expect(unknown == [1])
        #expect(ledger.answered(7) == nil)
        #expect(ledger.isClear)
    }
}
