import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayDeviceCloud

@Suite("A maker's answer to a command")
struct MakerAnswerTests {
    static let attemptID: Identifier<ActionAttempt> = Samples.id(1)

    struct Case: Sendable {
        let status: Int
        let body: String?
        let answer: CommandAnswer
        var actionID: String?
    }

    /// The rows of the contract's table, and what lies between them.
    static let cases = [
        Case(
            status: 200,
            body: #"{"action_id":"a1","custom_id":"\#(attemptID)","status":"pending","lock_id":"l","action":"unlock"}"#,
            answer: .acknowledged,
            actionID: "a1"
        ),
        Case(status: 202, body: #"{"action_id":"a1"}"#, answer: .acknowledged, actionID: "a1"),
        Case(
            status: 200,
            body: #"{"action_id":"a1","custom_id":"\#(attemptID.description.uppercased())","error_code":null}"#,
            answer: .acknowledged,
            actionID: "a1"
        ),
        // Refused at once, with any 4xx or with 200 and a code.
        refused(200, "LOCK_JAMMED", .lockJammed), refused(400, "LOCK_JAMMED", .lockJammed),
        refused(409, "BOLT_OBSTRUCTED", .boltObstructed), refused(200, "BOLT_OBSTRUCTED", .boltObstructed),
        refused(422, "DEVICE_OFFLINE", .deviceOffline), refused(200, "DEVICE_OFFLINE", .deviceOffline),
        refused(200, "LOW_POWER", .rejectedByDevice), refused(403, "lock_jammed", .rejectedByDevice),
        refused(429, "SLOW_DOWN", .rateLimitedByProvider), refused(429, "LOCK_JAMMED", .rateLimitedByProvider),
        refused(503, "MAINTENANCE", .providerUnavailable), refused(500, "LOCK_JAMMED", .providerUnavailable),
        Case(status: 429, body: nil, answer: .refused(.rateLimitedByProvider, "HTTP 429")),
        Case(status: 400, body: "<html>", answer: .refused(.rejectedByDevice, "HTTP 400")),
        Case(status: 401, body: "", answer: .refused(.rejectedByDevice, "HTTP 401")),
        Case(status: 404, body: nil, answer: .refused(.rejectedByDevice, "HTTP 404")),
        Case(status: 502, body: "Bad Gateway", answer: .refused(.providerUnavailable, "HTTP 502")),
        Case(status: 599, body: nil, answer: .refused(.providerUnavailable, "HTTP 599")),
        // Neither yes nor no.
        open(200, nil), open(200, ""), open(200, "lorem"), open(200, "[]"), open(200, "{}"), open(204, ""),
        open(200, #"{"action_id":""}"#), open(200, #"{"action_id":7}"#), open(201, #"{"status":"pending"}"#),
        open(200, #"{"action_id":"a1","custom_id":"another"}"#),
        open(301, nil), open(302, "{}"), open(303, #"{"action_id":"a1"}"#), open(307, ""), open(308, ""), open(304, ""),
    ]

    private static func refused(_ status: Int, _ code: String, _ cause: FailureCause) -> Case {
        Case(
            status: status,
            body: #"{"error_code":"\#(code)","message":"In words."}"#,
            answer: .refused(cause, "\(code): In words.")
        )
    }

    private static func open(_ status: Int, _ body: String?) -> Case {
        Case(status: status, body: body, answer: .unanswered(nil))
    }

    @Test("means one thing", arguments: cases)
    func meaning(example: Case) {
        let (answer, actionID) = MakerAnswer(status: example.status, body: example.body.map { Array($0.utf8) })
            .commandAnswer(to: Self.attemptID)
        if case .unanswered = example.answer {
            // The words are for people; that there are some is what counts.
            guard case .unanswered(let detail) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(detail?.isEmpty == false)
        } else {
            #expect(answer == example.answer)
        }
        #expect(actionID == example.actionID)
    }

    @Test("a maker's novel is cut")
    func longDetail() {
        let body = #"{"error_code":"X","message":"\#(String(repeating: "long ", count: 1000))"}"#
        guard
            case .refused(_, let detail) = MakerAnswer(status: 400, body: Array(body.utf8))
                .commandAnswer(to: Self.attemptID).answer
        else {
            Issue.record("not refused")
            return
        }
        #expect(detail?.count == 200)
    }
}
