import KeywaySimulation
import Synchronization

/// Hands out seeds to workers and adds up what they bring back.
final class Campaign: Sendable {
    private struct State {
        var handedOut: UInt64 = 0
        var seeds = 0
        var attempts = 0
        var steps = 0
        /// The hash of the last run's trace.
        var traceHash: UInt64 = 0
        var coverage = Coverage()
        var failures: [SimulationFailure] = []
        var nextReport: ContinuousClock.Instant
    }

    private let first: UInt64
    private let count: UInt64
    private let steps: Int
    private let begin: ContinuousClock.Instant
    private let end: ContinuousClock.Instant?
    private let clock = ContinuousClock()
    private let state: Mutex<State>

    /// Fewer seeds than these prove nothing by what they did not meet.
    private static let seedsForCoverage = 500
    private static let reportPause = Duration.seconds(5)

    init(from first: UInt64, count: UInt64, steps: Int, time: Duration?) {
        self.first = first
        self.count = count
        self.steps = steps
        begin = clock.now
        end = time.map { [begin] in begin + $0 }
        state = Mutex(State(nextReport: begin + Self.reportPause))
    }

    // MARK: Working

    /// Runs one seed after the other until none is left, time is up, or one has failed.
    func work() {
        while let seed = nextSeed() {
            do {
                let summary = try Simulation.run(seed: seed, steps: steps)
                state.withLock { state in
                    state.seeds += 1
                    state.attempts += summary.attempts
                    state.steps += summary.steps
                    state.traceHash = summary.traceHash
                    state.coverage.add(summary.coverage)
                }
                report()
            } catch {
                state.withLock { $0.failures.append(error) }
            }
        }
    }

    private func nextSeed() -> UInt64? {
        let now = clock.now
        return state.withLock { state in
            guard state.failures.isEmpty, state.handedOut < count, end.map({ now < $0 }) ?? true else { return nil }
            defer { state.handedOut += 1 }
            return first &+ state.handedOut
        }
    }

    // MARK: Telling

    private func report() {
        let now = clock.now
        let line = state.withLock { state -> String? in
            guard now >= state.nextReport else { return nil }
            state.nextReport = now + Self.reportPause
            return "\(state.seeds) seeds, \(state.attempts) attempts, \(perMinute(state.attempts)) attempts a minute"
        }
        if let line { print(line) }
    }

    /// Says how it went; false if a guarantee was broken or too little was met.
    func finish() -> Bool {
        let state = state.withLock { $0 }
        print(
            """

            Seeds \(first) to \(first &+ UInt64(max(state.handedOut, 1)) - 1): \(state.seeds) runs, \(state.steps) steps.
            \(state.attempts) attempts, \(perMinute(state.attempts)) simulated attempts a minute.
            \(state.coverage[.crash]) crashes, \(state.coverage.faults) faults altogether.

            """
        )
        for occurrence in Occurrence.allCases {
            print("\(padded(state.coverage[occurrence]))  \(occurrence.rawValue)")
        }
        if count == 1, state.failures.isEmpty { print("\nTrace hash: \(state.traceHash)") }
        if let failure = state.failures.first {
            print("\n\(failure)\n")
            print("Replay: scripts/simulate --seeds 1 --from \(failure.seed) --steps \(steps)")
            print("Verdict: BROKEN, \(failure.guarantee.rawValue) by seed \(failure.seed).")
            return false
        }
        let missing = state.seeds >= Self.seedsForCoverage ? state.coverage.missing : []
        guard missing.isEmpty else {
            print("\nVerdict: TOO LITTLE was met. Missing: \(missing.map(\.rawValue).joined(separator: "; ")).")
            return false
        }
        print("\nVerdict: every guarantee held in \(state.seeds) runs.")
        return true
    }

    private func perMinute(_ attempts: Int) -> Int {
        let seconds = (clock.now - begin) / .seconds(1)
        return seconds > 0 ? Int(Double(attempts) * 60 / seconds) : 0
    }

    private func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, 10 - digits.count)) + digits
    }
}
