import ArgumentParser

/// How long the disk takes for the smallest durable commit.
struct DiskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk",
        abstract: "Times commits of one row with the store's settings, one after the other, at a rate."
    )

    @Option(help: "A new file for the database.")
    var database: String

    @Option(help: "Commits per second.")
    var rate = 500

    @Option(help: "How many seconds.")
    var seconds = 5

    func run() async throws {
        try report(try await Self.measure(database: database, rate: rate, seconds: seconds).summary)
    }

    static func measure(database path: String, rate: Int, seconds: Int) async throws -> Latencies {
        let database = try Database(path: path)
        try database.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        let insert = try database.statement("INSERT INTO rows (text) VALUES (?)")
        // As long as an attempt's row.
        let text = Value(String(repeating: "x", count: 500))
        var latencies = Latencies()
        for tick in Ticks(perSecond: rate, seconds: seconds) {
            try await tick.wait()
            let start = Clocks.nanoseconds()
            try database.execute("BEGIN IMMEDIATE")
            try insert.run([text])
            try database.execute("COMMIT")
            latencies.add(Clocks.nanoseconds() - start)
        }
        return latencies
    }
}
