import KeywayModel
import KeywayTestKit
import Testing

/// Draws the middle of every range.
private struct MiddleGenerator: RandomNumberGenerator {
    func next() -> UInt64 { 1 << 63 }
}

@Suite("When a delivery is tried again")
struct RetryScheduleTests {
    private static func delay(_ failures: Int, retryAfter: Duration? = nil) -> Duration? {
        var random = MiddleGenerator()
        return RetrySchedule.delay(afterFailures: failures, retryAfter: retryAfter, using: &random)
    }

    @Test("G10 there are 8 tries, 27 h 35 min 5 s apart in all, and then no more")
    func documented() {
        let whole: Duration = RetrySchedule.delays.reduce(.zero) { $0 + $1 }
        #expect(whole == .seconds(99_305))
        #expect(RetrySchedule.delays.count == 7)
        #expect(Self.delay(7) != nil)
        #expect(Self.delay(8) == nil)
        #expect(Self.delay(8, retryAfter: .seconds(1)) == nil)
    }

    @Test("each delay is within a fifth of its entry, either way", arguments: 1...7)
    func jitter(failures: Int) throws {
        let entry = RetrySchedule.delays[failures - 1]
        var random = SystemRandomNumberGenerator()
        var drawn: [Duration] = []
        for _ in 0..<500 {
            let delay = try #require(RetrySchedule.delay(afterFailures: failures, using: &random))
            #expect(delay >= entry * 0.8 && delay <= entry * 1.2)
            drawn.append(delay)
        }
        // That none of 500 is in the outer tenth has a chance of 1 in 10^22.
        #expect(try #require(drawn.min()) < entry * 0.84)
        #expect(try #require(drawn.max()) > entry * 1.16)
    }

    @Test("Retry-After makes a delay longer, never shorter, and by no more than a day")
    func retryAfter() throws {
        #expect(Self.delay(1, retryAfter: .seconds(100)) == .seconds(100))
        #expect(Self.delay(2, retryAfter: .seconds(100)) == Self.delay(2))
        #expect(Self.delay(1, retryAfter: .seconds(-5)) == Self.delay(1))
        #expect(Self.delay(1, retryAfter: .seconds(90_000)) == .seconds(86_400))
    }
}
