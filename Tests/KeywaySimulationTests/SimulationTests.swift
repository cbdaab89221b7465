import KeywaySimulation
import Testing

@Suite("The simulation")
struct SimulationTests {
    /// Seeds that once found a bug, in the lane or in the simulation itself, and those that find the deliberate bugs of
    /// Tests/Mutations latest.
    static let notableSeeds: [UInt64] = [1, 2, 4, 5, 6, 8, 9, 10, 13, 17, 19, 21, 28, 41, 71, 80, 294, 395]

    /// Two hundred more, ten at a time.
    static let tens = (0..<20).map { UInt64(1000 + 10 * $0) }

    @Test("G1 G2 G3 G4 G5 G6 G7 G8 G9 G12 hold for seeds that once found a bug", arguments: notableSeeds)
    func notable(seed: UInt64) throws {
        _ = try Simulation.run(seed: seed)
    }

    @Test("G1 G2 G3 G4 G5 G6 G7 G8 G9 G12 hold for two hundred seeds", arguments: tens)
    func fixed(first: UInt64) throws {
        for seed in first..<first + 10 { _ = try Simulation.run(seed: seed, steps: 2000) }
    }

    @Test("the same seed does the same again, step by step", arguments: [3, 33, 333] as [UInt64])
    func replays(seed: UInt64) throws {
        let first = try Simulation.run(seed: seed)
        let second = try Simulation.run(seed: seed)
        #expect(first == second)
        #expect(first.traceHash != (try Simulation.run(seed: seed + 1)).traceHash)
    }

    @Test("a seed does the same in every process and on every machine")
    func sameEverywhere() throws {
        let summary = try Simulation.run(seed: 7, steps: 1000)
        #expect(summary.traceHash == 5_139_353_263_675_706_290)
    }
}

@Suite("The seeded generator")
struct SeededGeneratorTests {
    @Test("gives the published sequence of SplitMix64")
    func reference() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }
}

@Suite("Coverage")
struct CoverageTests {
    @Test("names what never occurred, and adds up")
    func missing() throws {
        var coverage = Coverage()
        #expect(coverage.missing.contains(.accepted))
        #expect(!coverage.missing.contains(.refusedAndSent), "nothing that ought to occur")
        coverage.add(try Simulation.run(seed: 1).coverage)
        let once = coverage[.accepted]
        #expect(once > 0)
        coverage.add(try Simulation.run(seed: 1).coverage)
        #expect(coverage[.accepted] == 2 * once)
        #expect(!coverage.missing.contains(.accepted))
    }
}
