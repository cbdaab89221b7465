import FoundationEssentials
import Testing

@testable import keyway

@Suite("Times on the command line")
struct TimeTextTests {
    private let now = Date(timeIntervalSince1970: 1_767_312_000)

    @Test(
        "a moment is a while ago, a date, or a time",
        arguments: [
            ("90s", 1_767_311_910), ("15m", 1_767_311_100), ("1.5h", 1_767_306_600), ("2d", 1_767_139_200),
            ("0s", 1_767_312_000), ("2026-01-01", 1_767_225_600), ("2026-01-01T12:00:00Z", 1_767_268_800),
            ("2026-01-01T12:00:00.5Z", 1_767_268_800.5), ("2026-01-01T14:00:00+02:00", 1_767_268_800),
        ]
    )
    func moments(text: String, seconds: Double) throws {
        let moment = try #require(TimeText.moment(text, now: now))
        #expect(abs(moment.timeIntervalSince1970 - seconds) < 0.001)
    }

    @Test(
        "anything else is no moment",
        arguments: ["", "s", "-5m", "5", "5w", "infs", "nans", "yesterday", "2026-13-01"]
    )
    func nonsense(text: String) {
        #expect(TimeText.moment(text, now: now) == nil)
    }

    @Test("a duration is shown to a tenth of a second, or not at all")
    func durations() {
        #expect(TimeText.duration(from: now, to: now.addingTimeInterval(12.345)) == "12.3 s")
        #expect(TimeText.duration(from: now, to: now) == "0.0 s")
        #expect(TimeText.duration(from: now, to: nil).isEmpty)
        #expect(TimeText.time(now) == "2026-01-02T00:00:00Z")
        #expect(TimeText.time(nil).isEmpty)
    }
}
