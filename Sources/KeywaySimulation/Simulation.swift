/// One run of a simulated server in a simulated world, driven by a seed alone.
package enum Simulation {
    /// Steps of a run, if nobody says otherwise: some hundred attempts.
    package static let defaultSteps = 4000

    /// Runs a seed.
    ///
    /// - Throws: ``SimulationFailure`` at the first guarantee that is broken.
    package static func run(
        seed: UInt64,
        steps: Int = defaultSteps
    ) throws(SimulationFailure) -> SimulationSummary {
        let world = World(seed: seed, isReadable: false)
        do {
            try world.run(steps: steps)
        } catch {
            throw failure(error, seed: seed, steps: steps, at: world.steps)
        }
        return SimulationSummary(
            attempts: world.checker.storedCount,
            steps: world.steps,
            traceHash: world.trace.hash,
            coverage: world.coverage
        )
    }

    /// Runs the seed once more, this time with a trace to read.
    private static func failure(_ violation: Violation, seed: UInt64, steps: Int, at step: Int) -> SimulationFailure {
        let world = World(seed: seed, isReadable: true)
        try? world.run(steps: steps)
        return SimulationFailure(
            guarantee: violation.guarantee,
            message: violation.message,
            seed: seed,
            step: step,
            trace: world.trace.last(120, of: violation.device)
        )
    }
}

/// What a run did that broke no guarantee.
package struct SimulationSummary: Hashable, Sendable {
    /// The attempts that were stored.
    package let attempts: Int
    /// The steps taken, the healing at the end included.
    package let steps: Int
    /// A hash of everything that happened, in order.
    package let traceHash: UInt64
    /// What was met on the way.
    package let coverage: Coverage
}

/// A seed that breaks a guarantee.
package struct SimulationFailure: Error, Sendable {
    /// The guarantee.
    package let guarantee: Guarantee
    /// What is wrong.
    package let message: String
    /// The seed, which replays it.
    package let seed: UInt64
    /// The step at which it was noticed.
    package let step: Int
    /// The last lines about the device.
    package let trace: [String]
}

extension SimulationFailure: CustomStringConvertible {
    /// Everything a person needs to begin with.
    package var description: String {
        """
        \(guarantee.rawValue) is broken by seed \(seed) at step \(step): \(message)
        \(trace.map { "  " + $0 }.joined(separator: "\n"))
        """
    }
}
