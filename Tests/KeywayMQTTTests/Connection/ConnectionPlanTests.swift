import Testing

@testable import KeywayMQTT

@Suite("When and how to connect")
struct ConnectionPlanTests {
    /// Always the most, so that pauses are whole.
    private struct Highest: RandomNumberGenerator {
        func next() -> UInt64 { .max }
    }

    private struct Lowest: RandomNumberGenerator {
        func next() -> UInt64 { 0 }
    }

    private static func trouble(_ kind: ConnectionTrouble.Kind) -> ConnectionTrouble {
        ConnectionTrouble(kind: kind, reason: "")
    }

    private static func pause(
        _ plan: inout ConnectionPlan,
        _ kind: ConnectionTrouble.Kind,
        stood: Duration? = nil
    ) -> Double {
        var random = Highest()
        let pause = plan.pause(after: trouble(kind), havingStood: stood, using: &random)
        return (pause / .seconds(1)).rounded()
    }

    @Test("pauses double up to the longest, and begin anew after a connection that stood")
    func doubling() {
        var plan = ConnectionPlan()
        #expect((0..<8).map { _ in Self.pause(&plan, .unreachable) } == [1, 2, 4, 8, 16, 32, 60, 60])
        // One that was taken away at once is no success.
        #expect(Self.pause(&plan, .lost, stood: .seconds(9)) == 60)
        #expect(Self.pause(&plan, .lost, stood: .seconds(10)) == 1)
    }

    @Test("jitter takes up to half of a pause away")
    func jitter() {
        var (plan, random) = (ConnectionPlan(), Lowest())
        #expect(plan.pause(after: Self.trouble(.lost), havingStood: nil, using: &random) == .milliseconds(500))
    }

    @Test(
        "what only a person can end is tried seldom from the beginning",
        arguments: [ConnectionTrouble.Kind.refused, .insecure, .unusable]
    )
    func needsPerson(_ kind: ConnectionTrouble.Kind) {
        var plan = ConnectionPlan()
        #expect(Self.pause(&plan, kind) == 60)
    }

    @Test("a broker that does not take MQTT 5 is asked with 3.1.1 at once, and with MQTT 5 when that ends")
    func version() {
        var plan = ConnectionPlan()
        #expect(plan.version == .five)
        #expect(Self.pause(&plan, .versionRefused) == 0)
        #expect(plan.version == .threeOneOne)
        #expect(Self.pause(&plan, .lost, stood: .seconds(100)) == 1)
        #expect(plan.version == .five)
        #expect(Self.pause(&plan, .versionRefused) == 0)
        #expect(Self.pause(&plan, .unavailable) == 2)
        #expect(plan.version == .five)
    }

    @Test("a broker that hangs up is asked with 3.1.1 only when it does so again after a pause")
    func hangUp() {
        var plan = ConnectionPlan()
        #expect(Self.pause(&plan, .hungUp) == 1)
        #expect(plan.version == .five)
        #expect(Self.pause(&plan, .hungUp) == 0)
        #expect(plan.version == .threeOneOne)
        #expect(Self.pause(&plan, .unavailable) == 2)
        #expect(plan.version == .five)
        #expect(Self.pause(&plan, .hungUp) == 0)
        #expect(plan.version == .threeOneOne)
        // What it took once, it may take again.
        #expect(Self.pause(&plan, .lost, stood: .seconds(100)) == 1)
        #expect(Self.pause(&plan, .hungUp) == 2)
        #expect(plan.version == .five)
    }

    @Test("a host that cannot be reached is tried with IPv4 alone every second time")
    func family() {
        var plan = ConnectionPlan()
        var tries: [Bool] = []
        for _ in 0..<4 {
            tries.append(plan.isLimitedToIPv4)
            _ = Self.pause(&plan, .unreachable)
        }
        #expect(tries == [false, true, false, true])
    }

    @Test("after an end that Keyway wanted there is no pause")
    func abandoned() {
        var plan = ConnectionPlan()
        #expect(Self.pause(&plan, .abandoned, stood: .seconds(1)) == 0)
        #expect(Self.pause(&plan, .lost) == 1)
    }

    @Test(
        "refusals are told apart in both versions",
        arguments: [
            (.five, 0x84, .versionRefused), (.five, 0x86, .refused), (.five, 0x87, .refused), (.five, 0x85, .refused),
            (.five, 0x89, .unavailable), (.five, 0x97, .unavailable), (.threeOneOne, 1, .unavailable),
            (.threeOneOne, 2, .refused), (.threeOneOne, 3, .unavailable), (.threeOneOne, 4, .refused),
            (.threeOneOne, 5, .refused),
        ] as [(ConnectionPlan.Version, Int32, ConnectionTrouble.Kind)]
    )
    func refusals(_ version: ConnectionPlan.Version, _ code: Int32, _ kind: ConnectionTrouble.Kind) {
        #expect(ConnectRefusal(code: code, version: version).kind == kind)
    }
}
