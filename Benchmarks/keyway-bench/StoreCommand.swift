import ArgumentParser
import KeywayModel
import KeywayStore
import KeywayStoreSQLite

/// Durable attempts per second: through Keyway's group commit, or the same rows by hand.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract:
            "Commits attempts of 64 lanes, each waiting for its own; --by-hand: the same rows with SQLite's C API."
    )

    @Option(help: "A new file for the database.")
    var database: String

    @Option(help: "How many lanes commit at once.")
    var writers = 64

    @Option(help: "Attempts of each lane, of two commits each.")
    var attempts = 200

    @Flag(help: "Write the same rows in transactions of --batch commits with hand-written C calls.")
    var byHand = false

    @Option(help: "Commits in one transaction by hand: as many as Keyway was seen to put into one.")
    var batch = 32

    func run() async throws {
        let traffic = Traffic(writers: writers, attemptsEach: attempts)
        let store = try SQLiteStore(SQLiteStoreConfiguration(path: database))
        try await traffic.prepare(store)
        if byHand {
            try await store.close()
            try report(HandWrittenStore.measure(traffic, database: database, batch: batch))
        } else {
            try report(try await measure(store, traffic))
            try await store.close()
        }
    }

    private func measure(_ store: SQLiteStore, _ traffic: Traffic) async throws -> [String: Double] {
        let before = store.transactionCount
        let start = Clocks.nanoseconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for commits in traffic.commits {
                group.addTask { for commit in commits { try await store.commit(commit) } }
            }
            try await group.waitForAll()
        }
        let seconds = Double(Clocks.nanoseconds() - start) / 1e9
        let transactions = store.transactionCount - before
        return [
            "attempts_per_second": Double(writers * attempts) / seconds,
            "commits_per_transaction": Double(traffic.commits.map(\.count).reduce(0, +)) / Double(transactions),
            "transactions_per_second": Double(transactions) / seconds,
        ]
    }
}
