import GRDB
import KeywayModel
import KeywayStore
import Synchronization

/// Group commit: everything that waits to be written goes into one transaction, which is committed once, and then
/// everybody gets an answer.
///
/// The latency of a write is one or two commits; the throughput grows with the load, since a commit costs the disk about
/// the same whether it holds one write or a thousand. The work is done on GRDB's writer queue, so no thread of Swift's
/// pool waits for the disk.
final class Committer: Sendable {
    /// A write that waits.
    private struct Write: Sendable {
        /// Works in the open transaction, and returns what tells the caller that it is durable.
        let perform: @Sendable (inout WriteBatch) throws -> @Sendable () -> Void
        /// Tells the caller that it is not, or may not be.
        let refuse: @Sendable (StoreError) -> Void
        /// What it may change of devices.
        let touch: DeviceRevisions.Touch
    }

    /// What became of a write inside its transaction: what to call when the transaction is durable.
    private enum Outcome {
        case done(@Sendable () -> Void)
        case failed(any Error)
    }

    /// What became of writes that share a transaction, while it is still open.
    private struct Performed {
        let outcomes: [Outcome]
        /// Whether there are deliveries to send.
        let hasArmedDeliveries: Bool
        /// The events that are durable when the transaction is.
        let events: [CommittedEvent]

        init(_ outcomes: [Outcome], in batch: WriteBatch) {
            self.outcomes = outcomes
            hasArmedDeliveries = batch.hasArmedDeliveries
            events = batch.events
        }
    }

    private struct State {
        var waiting: [Write] = []
        var isRunning = false
        var isClosed = false
        var transactionCount = 0
        var whenIdle: [CheckedContinuation<Void, Never>] = []
    }

    private let pool: DatabasePool
    /// Told by SQLite of each commit, and so held for as long as there may be one; nil: SQLite's own checkpoints.
    private let checkpointer: Checkpointer?
    private let maximumQueueLength: Int
    private let maximumPendingDeliveries: Int
    private let instruments: CommitInstruments?
    private let state = Mutex(State())

    /// Raised after each transaction that made deliveries or armed some again.
    let newDeliveries = Signal()
    /// What tells of events once they are durable.
    let committedEvents = EventFeed()
    /// What tells whether reads of devices may give other answers than before.
    let deviceRevisions = DeviceRevisions()

    /// Makes a committer that is the only one to write through this pool; it measures if it has instruments.
    init(
        pool: DatabasePool,
        checkpointer: Checkpointer? = nil,
        maximumQueueLength: Int,
        maximumPendingDeliveries: Int = .max,
        instruments: CommitInstruments? = nil
    ) {
        precondition(maximumQueueLength > 0)
        self.pool = pool
        self.checkpointer = checkpointer
        self.maximumQueueLength = maximumQueueLength
        self.maximumPendingDeliveries = maximumPendingDeliveries
        self.instruments = instruments
    }

    /// The number of transactions committed so far.
    var transactionCount: Int { state.withLock { $0.transactionCount } }

    /// Writes, and returns when it is durable.
    ///
    /// Takes its place in the order of writes before it first suspends. Cancelling the task changes nothing.
    ///
    /// - Parameters:
    ///   - touch: What it may change of devices.
    ///   - body: Works in the open transaction.
    /// - Returns: What the body returned.
    /// - Throws: ``KeywayStore/StoreError`` with code `overloaded` if too many writes wait, `unavailable` after
    ///   ``close()``, and what became of the transaction.
    func write<Value: Sendable>(
        touching touch: DeviceRevisions.Touch = .anything,
        _ body: @escaping @Sendable (inout WriteBatch) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            enqueue(touching: touch, body) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Queues a write.
    ///
    /// - Parameters:
    ///   - touch: What it may change of devices.
    ///   - body: Works in the open transaction. Called again in a new one if the first has to be rolled back.
    ///   - answer: Called once, at the end, on any thread; at once if the write is refused.
    func enqueue<Value: Sendable>(
        touching touch: DeviceRevisions.Touch = .anything,
        _ body: @escaping @Sendable (inout WriteBatch) throws -> Value,
        answer: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        let write = Write(
            perform: { batch in
                let value = try body(&batch)
                return { answer(.success(value)) }
            },
            refuse: { answer(.failure($0)) },
            touch: touch
        )
        let (refusal, mustStart) = state.withLock { state -> (StoreError?, Bool) in
            if state.isClosed { return (.closed, false) }
            guard state.waiting.count < maximumQueueLength else { return (.tooManyWrites, false) }
            state.waiting.append(write)
            let mustStart = !state.isRunning
            state.isRunning = true
            return (nil, mustStart)
        }
        if let refusal { write.refuse(refusal) }
        if mustStart { schedule() }
    }

    /// Takes no more writes, and returns when those that were taken have their answers.
    ///
    /// - Returns: False if it was closed before.
    func close() async -> Bool {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isRunning { state.whenIdle.append(continuation) }
                return !state.isRunning
            }
            if isIdle { continuation.resume() }
        }
        return isFirst
    }

    // MARK: On the writer queue

    private func schedule() {
        pool.asyncWriteWithoutTransaction { self.commitWaiting($0) }
    }

    private func commitWaiting(_ db: Database) {
        let writes = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        commit(writes, db)
        let idle = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
            guard state.waiting.isEmpty else { return nil }
            defer { state.whenIdle = [] }
            state.isRunning = false
            return state.whenIdle
        }
        // A new turn on the queue instead of a loop here: others who need the connection get it in between.
        guard let idle else { return schedule() }
        for continuation in idle { continuation.resume() }
    }

    /// Commits writes in one transaction and answers them all.
    private func commit(_ writes: [Write], _ db: Database) {
        let start = instruments?.begin()
        let performed: Performed
        do {
            performed = try performTogether(writes, db) ?? performApart(writes, db)
        } catch {
            leaveTransaction(db)
            instruments?.failed()
            let refusal = StoreError(sqlite: error, path: pool.path)
            for write in writes { write.refuse(refusal) }
            return
        }
        var failedCommit: StoreError?
        do {
            try db.commit()
            state.withLock { $0.transactionCount += 1 }
            if let start { instruments?.committed(writes: writes.count, since: start) }
        } catch {
            // The commit record may have reached the disk before the error did.
            failedCommit = StoreError(sqlite: error, path: pool.path, mayBeDurable: true)
            instruments?.failed()
            leaveTransaction(db)
        }
        deviceRevisions.changed(writes.lazy.map(\.touch))
        tell(of: performed.events, areDurable: failedCommit == nil)
        for (write, outcome) in zip(writes, performed.outcomes) {
            switch (outcome, failedCommit) {
            case (.failed(let error), _): write.refuse(StoreError(sqlite: error, path: pool.path))
            case (.done, let failedCommit?): write.refuse(failedCommit)
            case (.done(let answer), nil): answer()
            }
        }
        // Also if the commit failed: it may be durable all the same.
        if performed.hasArmedDeliveries { newDeliveries.raise() }
    }

    private func tell(of events: [CommittedEvent], areDurable: Bool) {
        guard !events.isEmpty else { return }
        if areDurable {
            committedEvents.publish(events)
        } else {
            committedEvents.doubt(Set(events.map(\.event.workspaceID)))
        }
    }

    /// Performs the writes in a new transaction, left open.
    ///
    /// - Returns: What became of them; nil if one of them failed by itself.
    /// - Throws: What concerns them all.
    private func performTogether(_ writes: [Write], _ db: Database) throws -> Performed? {
        var batch = try beginBatch(db)
        do {
            let outcomes = try writes.map { Outcome.done(try $0.perform(&batch)) }
            try batch.finish()
            return Performed(outcomes, in: batch)
        } catch let error where error.concernsOneWriteOnly {
            return nil
        }
    }

    /// Performs the writes in a new transaction, left open, each in a savepoint of its own: one that fails leaves no
    /// trace and does not touch its neighbours.
    ///
    /// - Returns: What became of them.
    /// - Throws: What concerns them all.
    private func performApart(_ writes: [Write], _ db: Database) throws -> Performed {
        var batch = try beginBatch(db)
        var outcomes: [Outcome] = []
        for write in writes {
            let before = batch
            do {
                try db.inSavepoint {
                    outcomes.append(.done(try write.perform(&batch)))
                    return .commit
                }
            } catch let error where error.concernsOneWriteOnly {
                batch = before
                outcomes.append(.failed(error))
            }
        }
        try batch.finish()
        return Performed(outcomes, in: batch)
    }

    /// Opens a transaction that owns the right to write from its beginning, so that nothing in it can fail as busy.
    private func beginBatch(_ db: Database) throws -> WriteBatch {
        // Left over from a batch that failed.
        if db.isInsideTransaction { try db.rollback() }
        try db.beginTransaction(.immediate)
        return WriteBatch(db: db, maximumPendingDeliveries: maximumPendingDeliveries)
    }

    /// Rolls back, if SQLite has not done so itself; should that fail, the next batch tries again.
    private func leaveTransaction(_ db: Database) {
        if db.isInsideTransaction { try? db.rollback() }
    }
}
