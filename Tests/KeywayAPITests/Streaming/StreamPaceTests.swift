import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("The pace of a stream")
struct StreamPaceTests {
    private static func at(_ seconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 0) + .seconds(seconds)
    }

    private static func pace(heartbeat: Int = 15, writeLimit: Int = 30) -> StreamPace {
        StreamPace(heartbeat: .seconds(heartbeat), writeLimit: .seconds(writeLimit), at: at(0))
    }

    @Test("A heartbeat is due when nothing has been written for so long")
    func heartbeat() {
        var pace = Self.pace()
        #expect(!pace.isHeartbeatDue(at: Self.at(14)))
        #expect(pace.nextLook(at: Self.at(3)) == Self.at(15))
        #expect(pace.isHeartbeatDue(at: Self.at(15)))
        pace.beginWriting(at: Self.at(10))
        #expect(!pace.isHeartbeatDue(at: Self.at(20)), "what is being written is a sign of life")
        pace.endWriting(at: Self.at(20))
        #expect(!pace.isHeartbeatDue(at: Self.at(34)))
        #expect(pace.isHeartbeatDue(at: Self.at(35)))
    }

    @Test("G12 a reader is too slow when one write takes too long, and is looked at in time")
    func tooSlow() {
        var pace = Self.pace()
        pace.beginWriting(at: Self.at(10))
        #expect(!pace.isTooSlow(at: Self.at(39)))
        #expect(pace.nextLook(at: Self.at(30)) == Self.at(40))
        #expect(pace.isTooSlow(at: Self.at(40)))
        pace.endWriting(at: Self.at(41))
        #expect(!pace.isTooSlow(at: Self.at(100)))
    }

    @Test("A write that begins during a long heartbeat does not take twice as long as it may")
    func longHeartbeat() {
        let pace = Self.pace(heartbeat: 300, writeLimit: 30)
        #expect(pace.nextLook(at: Self.at(0)) == Self.at(30))
    }

    @Test("A write that is seen under way does not put off the heartbeat that follows it")
    func writeUnderWay() {
        var pace = Self.pace()
        pace.beginWriting(at: Self.at(0))
        let look = pace.nextLook(at: Self.at(0))
        pace.endWriting(at: Self.at(0))
        #expect(look == Self.at(15))
        #expect(pace.isHeartbeatDue(at: look))
    }

    @Test("The next look is always later, so that nobody looks without end", arguments: [0, 14, 15, 16, 500])
    func alwaysLater(second: Int) {
        var pace = Self.pace()
        #expect(pace.nextLook(at: Self.at(second)) > Self.at(second))
        pace.beginWriting(at: Self.at(0))
        #expect(pace.nextLook(at: Self.at(second)) > Self.at(second))
    }
}
