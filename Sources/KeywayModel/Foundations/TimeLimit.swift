/// The time for something is over, or the task that wanted it is cancelled.
package struct TimeLimitPassed: Error {
    /// Makes the error.
    package init() {}
}

/// Does something until an instant at the latest.
///
/// - Returns: What the body returns, also if that comes together with the instant.
/// - Throws: ``TimeLimitPassed`` if the body, cancelled at the instant, throws; what the body throws before.
package func within<Value: Sendable>(
    _ limit: MonotonicInstant,
    on time: any TimeSource,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await cancelling(after: { _ = try? await time.sleep(until: limit) }, body)
}

/// Does something until a timer returns at the latest.
///
/// - Returns: What the body returns, also if that comes together with the end of the timer.
/// - Throws: ``TimeLimitPassed`` if the body, cancelled at the end of the timer, throws; what the body throws before.
package func cancelling<Value: Sendable>(
    after timer: @escaping @Sendable () async -> Void,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    // Nil stands for the end of the timer.
    let result = await withTaskGroup(of: Result<Value, any Error>?.self) { group in
        group.addTask {
            do { return .success(try await body()) } catch { return .failure(error) }
        }
        group.addTask {
            await timer()
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        if let first { return first }
        if case .success(let value) = await group.next() ?? nil { return .success(value) }
        return .failure(TimeLimitPassed())
    }
    return try result.get()
}
