/// The time for something was over before it ended.
struct TimeLimitPassed: Error {}

/// Does something, and cancels it when its time is over.
///
/// - Throws: ``TimeLimitPassed`` if it was over; else what the body throws.
func withTimeLimit<Answer: Sendable>(
    _ limit: Duration,
    on clock: any ClientClock,
    _ body: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await clock.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let answer = first else { throw TimeLimitPassed() }
        return answer
    }
}
