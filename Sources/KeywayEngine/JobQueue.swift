/// Work that the engine hands to child tasks of its ``Engine/run()``, so that no task outlives it.
///
/// Work added before ``run()`` begins waits for it.
final class JobQueue: Sendable {
    typealias Job = @Sendable () async -> Void

    private let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation

    init() {
        (jobs, continuation) = AsyncStream.makeStream()
    }

    func add(_ job: @escaping Job) {
        continuation.yield(job)
    }

    /// Ends ``run()``, which cancels the jobs that are still under way.
    func finish() {
        continuation.finish()
    }

    /// Runs every job in a task of its own until finished or cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
            group.cancelAll()
        }
    }
}
