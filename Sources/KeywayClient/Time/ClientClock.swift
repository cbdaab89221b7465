/// The clock that a client waits on, so that a test can move time by hand.
protocol ClientClock: Sendable {
    /// How long ago an arbitrary start was; never goes back.
    var now: Duration { get }

    /// Returns once so much time has passed.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}
