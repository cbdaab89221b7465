import Logging
import Synchronization

@testable import KeywayClient

extension KeywayClient {
    /// A client whose time and chance are a test's.
    static func testing(
        _ url: String,
        _ clock: ManualClock,
        credential: Credential = .apiKey("seam_test1_key"),
        _ configure: (inout Configuration) -> Void = { _ in }
    ) throws -> KeywayClient {
        var configuration = Configuration()
        configure(&configuration)
        let numbers = Numbers()
        return try KeywayClient(
            endpoint: url,
            credential: credential,
            configuration: configuration,
            httpClient: nil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            // Pauses then are at their longest but for a hair: the upper half of the bits is set, the lower counts.
            surroundings: Surroundings(clock: clock, random: { numbers.next() })
        )
    }
}

/// Numbers near the largest, none twice.
private final class Numbers: Sendable {
    private let count = Mutex<UInt64>(0)

    func next() -> UInt64 {
        count.withLock { count in
            count += 1
            return .max - count
        }
    }
}

enum Sample {
    /// A pending attempt.
    static let pending = attempt(status: "pending")
    /// One that succeeded.
    static let success = attempt(status: "success", result: #"{"was_confirmed_by_device":true}"#)
    /// One whose bolt got stuck.
    static let jammed = attempt(
        status: "error",
        error: #"{"type":"lock_jammed","message":"The lock is jammed.","is_retryable":false}"#
    )

    /// The answer with an attempt.
    static func attempt(status: String, result: String = "null", error: String = "null") -> String {
        """
        {"action_attempt":{"action_attempt_id":"A","action_type":"UNLOCK_DOOR","status":"\(status)","result":\(result),\
        "error":\(error),"device_id":"D","created_at":"2026-01-01T00:00:00.123456Z"},"ok":true}
        """
    }

    /// An error body.
    static func refusal(_ type: String) -> String {
        #"{"error":{"type":"\#(type)","message":"No."},"ok":false}"#
    }

    /// An event as it is in a stream.
    static func event(_ sequence: Int) -> String {
        """
        id: \(sequence)
        event: lock.unlocked
        data: {"event_id":"E\(sequence)","event_type":"lock.unlocked","workspace_id":"W",\
        "created_at":"2026-01-01T00:00:00.000Z","occurred_at":"2026-01-01T00:00:00Z","device_id":"D","method":"remote"}


        """
    }
}
