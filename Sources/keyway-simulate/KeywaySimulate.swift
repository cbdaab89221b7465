import ArgumentParser
import KeywaySimulation

/// Runs simulations: many seeds, on several threads, until one breaks a guarantee or all are done.
@main
struct KeywaySimulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyway-simulate",
        abstract: "Runs the deterministic simulation of Keyway's guarantees."
    )

    @Option(help: "How many seeds to run; without it and without --seconds, 1000.")
    var seeds: UInt64?

    @Option(help: "The first seed.")
    var from: UInt64 = 1

    @Option(help: "Stop after so many seconds, whatever is left.")
    var seconds: Int?

    @Option(help: "Steps of each run.")
    var steps = Simulation.defaultSteps

    @Option(help: "How many runs at once.")
    var workers = 2

    func validate() throws {
        guard seeds ?? 1 >= 1, seconds ?? 1 >= 1, steps >= 1, (1...256).contains(workers) else {
            throw ValidationError("Numbers begin at 1; there are 256 workers at most.")
        }
    }

    func run() async throws {
        let count = seeds ?? (seconds == nil ? 1000 : .max)
        let campaign = Campaign(from: from, count: count, steps: steps, time: seconds.map { .seconds($0) })
        await withDiscardingTaskGroup { group in
            for _ in 0..<workers { group.addTask { campaign.work() } }
        }
        guard campaign.finish() else { throw ExitCode(1) }
    }
}
