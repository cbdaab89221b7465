import ArgumentParser

/// What the benchmarks put beside Keyway, and the parts of Keyway that cannot be measured from outside.
///
/// `make bench` calls it; each command prints one line of JSON when it is done.
@main
struct KeywayBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyway-bench",
        abstract: "Limits to measure Keyway beside.",
        subcommands: [ServeCommand.self, StoreCommand.self, DiskCommand.self, LatencyCommand.self]
    )
}
