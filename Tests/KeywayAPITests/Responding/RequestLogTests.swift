import KeywayModel
import KeywayTestKit
import Logging
import Synchronization
import Testing

@testable import KeywayAPI

@Suite("What is logged")
struct RequestLogTests {
    @Test("An accepted attempt is one line at info, with the ids of the request and of the attempt")
    func accepted() async throws {
        let log = CollectingLog()
        let harness = try await APIHarness(logger: log.logger)
        try await harness.run { client in
            let id = APIHarness.lock("vault").id
            let answer = try await client.post("/locks/unlock_door", #"{"device_id":"\#(id)"}"#)
            let lines = log.lines.filter { $0.level == .info && $0.metadata["action_attempt.id"] != nil }
            #expect(lines.map(\.message) == ["action attempt accepted"])
            #expect(lines.first?.metadata["request.id"] == answer.header("seam-request-id"))
            #expect(lines.first?.metadata["action_attempt.id"] == answer.text("action_attempt", "action_attempt_id"))
        }
    }

    @Test("Every request is one line at debug, by route and never by query")
    func requests() async throws {
        let log = CollectingLog()
        let harness = try await APIHarness(logger: log.logger)
        try await harness.run { client in
            let answer = try await client.get("/devices/list?search=secret-name")
            _ = try await client.get("/nope/secret-name")
            let lines = log.lines.filter { $0.message == "request answered" }
            #expect(lines.map(\.level) == [.debug, .debug])
            #expect(lines.compactMap { $0.metadata["http.route"] } == ["/devices/list", "none"])
            #expect(lines.compactMap { $0.metadata["http.status"] } == ["200", "404"])
            #expect(lines.first?.metadata["http.method"] == "GET")
            #expect(lines.first?.metadata["request.id"] == answer.header("seam-request-id"))
            #expect(!log.text.contains("secret-name"))
        }
    }

    @Test("No key is ever logged, right or wrong")
    func secrets() async throws {
        let log = CollectingLog()
        let harness = try await APIHarness(logger: log.logger)
        try await harness.run { client in
            let wrong = "seam_\(harness.token.shortToken)_AAAAAAAAAAAAAAAAAAAAAAAA"
            _ = try await client.get("/devices/list")
            _ = try await client.presenting(wrong).get("/devices/list")
            _ = try await client.post("/locks/unlock_door", #"{"device_id":"\#(APIHarness.lock("vault").id)"}"#)
            harness.store.become(.failing)
            _ = try await client.post("/locks/unlock_door", #"{"device_id":"\#(APIHarness.lock("lobby").id)"}"#)
            #expect(!log.text.contains(harness.token.text.split(separator: "_")[2]))
            #expect(!log.text.contains("AAAAAAAA"))
        }
    }

    @Test("A store that fails is one line with what to do, however many requests it refuses, and one more later")
    func outage() async throws {
        let log = CollectingLog()
        let harness = try await APIHarness(logger: log.logger)
        try await harness.run { client in
            harness.store.become(.failing)
            for _ in 0..<20 {
                let health = try await client.get("/health")
                #expect(health.status == 503)
                harness.clock.advance(by: .seconds(1))
            }
            let lines = log.lines.filter { $0.level == .error }
            #expect(lines.count == 2)
            #expect(lines.first?.metadata["error"]?.contains("The test's disk is full.") == true)
            #expect(lines.last?.metadata["suppressed"] == "9")
        }
    }
}

/// A log that keeps its lines.
private final class CollectingLog: Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]
    }

    private let state = Mutex<[Line]>([])

    var lines: [Line] { state.withLock { $0 } }

    /// Everything that was written.
    var text: String { lines.map { "\($0.message) \($0.metadata)" }.joined(separator: "\n") }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    fileprivate func append(_ line: Line) {
        state.withLock { $0.append(line) }
    }

    private struct Handler: LogHandler {
        let log: CollectingLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).mapValues { "\($0)" }
            log.append(Line(level: event.level, message: "\(event.message)", metadata: metadata))
        }
    }
}
