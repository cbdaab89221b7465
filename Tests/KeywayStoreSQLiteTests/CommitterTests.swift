import Dispatch
import GRDB
import KeywayMetrics
import KeywayStore
import KeywayTestKit
import Synchronization
import Testing

@testable import KeywayStoreSQLite

@Suite("Committer")
struct CommitterTests {
    /// A committer over a table of numbers, and what became of the writes that were given to it.
    private final class Bench: Sendable {
        let pool: DatabasePool
        let committer: Committer
        let clock = ManualTimeSource()
        let metrics = MetricsRegistry()
        let answers = Mutex<[Int: Result<Int, StoreError>]>([:])
        let order = Mutex<[Int]>([])

        init(_ directory: String, maximumQueueLength: Int = 10_000) throws {
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            pool = try DatabasePool(path: directory + "/bench.sqlite", configuration: configuration)
            try pool.write { db in
                try db.execute(
                    sql: """
                        CREATE TABLE numbers (position INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE);
                        CREATE TABLE debts (
                            number INTEGER REFERENCES numbers (number) DEFERRABLE INITIALLY DEFERRED
                        );
                        """
                )
            }
            committer = Committer(
                pool: pool,
                maximumQueueLength: maximumQueueLength,
                instruments: CommitInstruments(metrics, time: clock)
            )
        }

        /// Queues a write of a number; of two that are equal, the second fails.
        func enqueue(_ number: Int, as label: Int? = nil) {
            enqueue(label ?? number) { batch in
                try batch.db.execute(sql: "INSERT INTO numbers (number) VALUES (?)", arguments: [number])
            }
        }

        func enqueue(_ label: Int, _ body: @escaping @Sendable (inout WriteBatch) throws -> Void) {
            committer.enqueue { batch in
                try body(&batch)
                return label
            } answer: { result in
                self.order.withLock { $0.append(label) }
                self.answers.withLock { $0[label] = result }
            }
        }

        /// Keeps the writer queue busy while a body runs, so that everything the body enqueues waits together.
        func together(_ body: () -> Void) async {
            let hold = DispatchSemaphore(value: 0)
            let (started, continuation) = AsyncStream.makeStream(of: Void.self)
            let holdQueue: @Sendable (inout WriteBatch) -> Void = { _ in
                continuation.yield()
                hold.wait()
            }
            committer.enqueue(holdQueue, answer: { _ in })
            // From here on the first write has left the queue, in a transaction of its own.
            for await _ in started { break }
            body()
            hold.signal()
            await finish()
        }

        /// Waits until everything queued so far has its answer; may share the fate of the last batch.
        func finish() async {
            await withCheckedContinuation { continuation in
                committer.enqueue({ _ in }, answer: { _ in continuation.resume() })
            }
        }

        func answer(_ label: Int) -> Result<Int, StoreError>? { answers.withLock { $0[label] } }
        func error(_ label: Int) -> StoreError? {
            if case .failure(let error) = answer(label) { error } else { nil }
        }

        func numbers() throws -> [Int] {
            try pool.read { try Int.fetchAll($0, sql: "SELECT number FROM numbers ORDER BY position") }
        }
    }

    private func withBench(
        maximumQueueLength: Int = 10_000,
        _ body: (Bench) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let bench = try Bench(directory, maximumQueueLength: maximumQueueLength)
            try await body(bench)
            _ = await bench.committer.close()
            try bench.pool.close()
        }
    }

    @Test("everything that waits is committed in one transaction, in the order of the calls")
    func oneTransaction() async throws {
        try await withBench { bench in
            let numbers = (1...500).map { $0 * 7919 % 1009 }
            // The one that holds the queue, the batch, and the one that waits for its end.
            await bench.together { for number in numbers { bench.enqueue(number) } }
            #expect(bench.committer.transactionCount <= 3)
            let stored = try bench.numbers()
            #expect(stored == numbers)
            #expect(bench.order.withLock { $0 } == numbers)
            #expect(numbers.allSatisfy { bench.error($0) == nil })
        }
    }

    @Test("a write that fails by itself leaves no trace, and its neighbours succeed in order")
    func neighbours() async throws {
        try await withBench { bench in
            await bench.together {
                for number in 1...20 { bench.enqueue(number) }
                bench.enqueue(7, as: 107)
                bench.enqueue(108) { batch in
                    try batch.db.execute(sql: "INSERT INTO numbers (number) VALUES (999)")
                    throw StoreError(.conflict, message: "Own fault.")
                }
                for number in 21...40 { bench.enqueue(number) }
            }
            let stored = try bench.numbers()
            #expect(stored == Array(1...40))
            #expect(bench.error(107)?.code == .conflict)
            #expect(bench.error(107)?.mayBeDurable == false)
            #expect(bench.error(108)?.message == "Own fault.")
            #expect((1...40).allSatisfy { bench.error($0) == nil })
            #expect(bench.committer.transactionCount <= 3)
        }
    }

    @Test("trouble that concerns everybody fails the whole batch, and the next one works")
    func everybody() async throws {
        try await withBench { bench in
            await bench.together {
                bench.enqueue(1)
                bench.enqueue(2) { _ in throw DatabaseError(resultCode: .SQLITE_FULL) }
                bench.enqueue(3)
            }
            for label in 1...3 {
                #expect(bench.error(label)?.code == .full)
                #expect(bench.error(label)?.mayBeDurable == false)
            }
            bench.enqueue(4)
            await bench.finish()
            let stored = try bench.numbers()
            #expect(stored == [4])
        }
    }

    @Test("if COMMIT itself fails, nobody knows, and the next batch works")
    func failedCommit() async throws {
        try await withBench { bench in
            await bench.together {
                bench.enqueue(1)
                // Found out only at the end of the transaction.
                bench.enqueue(2) { try $0.db.execute(sql: "INSERT INTO debts (number) VALUES (77)") }
            }
            for label in 1...2 { #expect(bench.error(label)?.mayBeDurable == true) }
            bench.enqueue(3)
            await bench.finish()
            let stored = try bench.numbers()
            #expect(stored == [3])
        }
    }

    @Test("a transaction is measured once, with its writes and its time; one that fails counts as that")
    func measured() async throws {
        try await withBench { bench in
            await bench.together {
                for number in 1...4 { bench.enqueue(number) }
                bench.enqueue(5) { _ in bench.clock.advance(by: .seconds(2)) }
                // Fails by itself, so that the others are performed once more without it.
                bench.enqueue(4, as: 6)
            }
            let commits = bench.committer.transactionCount
            #expect(bench.metrics.shown("keyway_store_commit_seconds_count") == "\(commits)")
            #expect(bench.metrics.shown("keyway_store_commit_seconds_sum") == "4")
            #expect(bench.metrics.shown("keyway_store_commit_writes_count") == "\(commits)")
            // With the one that holds the queue, and the one that waits for the end.
            #expect(bench.metrics.shown("keyway_store_commit_writes_sum") == "8")
            #expect(bench.metrics.shown("keyway_store_commit_failures_total") == "0")
            bench.enqueue(7) { try $0.db.execute(sql: "INSERT INTO debts (number) VALUES (77)") }
            await bench.finish()
            #expect(bench.error(7) != nil)
            #expect(bench.metrics.shown("keyway_store_commit_failures_total") == "1")
        }
    }

    @Test("G12 the queue is bounded: one more is refused as overloaded, and what waits is written")
    func bound() async throws {
        try await withBench(maximumQueueLength: 3) { bench in
            await bench.together {
                for number in 1...4 { bench.enqueue(number) }
                #expect(bench.error(4)?.code == .overloaded)
                #expect(bench.error(4)?.mayBeDurable == false)
                #expect((1...3).allSatisfy { bench.answer($0) == nil })
            }
            _ = await bench.committer.close()
            let stored = try bench.numbers()
            #expect(stored == [1, 2, 3])
        }
    }

    @Test("closing waits for what was taken and takes no more")
    func closing() async throws {
        try await withBench { bench in
            for number in 1...100 { bench.enqueue(number) }
            #expect(await bench.committer.close())
            #expect(bench.answers.withLock { $0.count } == 100)
            bench.enqueue(101)
            #expect(bench.error(101)?.code == .unavailable)
            #expect(await !bench.committer.close())
            let numbers = try bench.numbers()
            #expect(numbers == Array(1...100))
        }
    }
}
