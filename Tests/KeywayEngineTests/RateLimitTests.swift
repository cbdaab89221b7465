import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayEngine

@Suite("Rate limits", .timeLimit(.minutes(1)))
struct RateLimitTests {
    private static let second = Duration.seconds(1)

    private func instant(_ seconds: Int) -> MonotonicInstant {
        ManualTimeSource().now().monotonic + .seconds(seconds)
    }

    @Test("G12 in any minute there are at most so many, and the pause is until there is room again")
    func window() {
        var limiter = RateLimiter()
        for second in [0, 10, 20] {
            #expect(limiter.admit(.lockDoor, on: Samples.id(1), atMost: 3, at: instant(second)) == nil)
        }
        #expect(limiter.admit(.lockDoor, on: Samples.id(1), atMost: 3, at: instant(30)) == .seconds(30))
        #expect(limiter.admit(.lockDoor, on: Samples.id(1), atMost: 3, at: instant(60)) == nil)
        #expect(limiter.admit(.lockDoor, on: Samples.id(1), atMost: 3, at: instant(61)) == .seconds(9))
    }

    @Test("locking and unlocking, and each device, are counted apart")
    func apart() {
        var limiter = RateLimiter()
        #expect(limiter.admit(.lockDoor, on: Samples.id(1), atMost: 1, at: instant(0)) == nil)
        #expect(limiter.admit(.unlockDoor, on: Samples.id(1), atMost: 1, at: instant(0)) == nil)
        #expect(limiter.admit(.lockDoor, on: Samples.id(2), atMost: 1, at: instant(0)) == nil)
        #expect(limiter.admit(.lockDoor, on: Samples.id(1), atMost: 1, at: instant(0)) != nil)
    }

    @Test("G12 devices that were not asked for lately are forgotten")
    func memory() {
        var limiter = RateLimiter()
        for number in 0..<10_000 {
            let device: Identifier<Device> = Samples.id(UInt64(number))
            #expect(limiter.admit(.lockDoor, on: device, atMost: 1, at: instant(number)) == nil)
        }
        #expect(limiter.count < 2048)
    }

    @Test("G9 a retry with the same key is not counted, and a limited request leaves its key free")
    func retries() async throws {
        var configuration = EngineConfiguration()
        configuration.rateLimit = RateLimit(perMinute: 1, includesSandbox: true)
        var harness = try await EngineHarness(configuration: configuration)
        try await harness.run { harness in
            func request(_ key: String) async throws -> ActionAttempt {
                try await harness.engine.request(
                    .unlockDoor,
                    on: Samples.lock(),
                    by: .apiKey(Samples.id(1)),
                    idempotency: IdempotencyClaim(key: key, requestHash: [1])
                )
            }
            let first = try await request("a")
            #expect(try await request("a").id == first.id)
            await #expect(throws: EngineError(.rateLimited, message: "")) { try await request("b") }
            harness.clock.advance(by: .seconds(61))
            #expect(try await request("b").id != first.id)
        }
    }

    @Test("virtual devices are not limited unless that is asked for")
    func sandbox() async throws {
        var configuration = EngineConfiguration()
        configuration.rateLimit = RateLimit(perMinute: 1)
        var harness = try await EngineHarness(configuration: configuration)
        try await harness.run { harness in
            for _ in 1...3 { _ = try await harness.request() }
        }
    }
}
