import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayWebhooks

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "seconds and dates are understood, and nothing else",
        arguments: [
            ("0", 0), ("120", 120), ("Thu, 01 Jan 2026 00:01:00 GMT", 60), ("Wed, 31 Dec 2025 23:59:00 GMT", 0),
            ("Fri, 30 Oct 2026 00:00:00 GMT", 26_092_800), ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil),
            ("9999999999", nil), ("Thu, 32 Jan 2026 00:01:00 GMT", nil), ("Thu, 01 Jam 2026 00:01:00 GMT", nil),
            ("Thu, 01 Jan 2026 00:01:00 CET", nil),
        ] as [(String, Int?)]
    )
    func understood(text: String, seconds: Int?) {
        #expect(RetryAfter.duration(text, at: Samples.start) == seconds.map { .seconds($0) })
    }
}
