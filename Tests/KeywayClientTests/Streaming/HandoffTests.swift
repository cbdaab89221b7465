import Testing

@testable import KeywayClient

@Suite("Handing values over")
struct HandoffTests {
    private struct Reason: Error, Equatable {}

    @Test("every value arrives, in order, and then the reason of the end, once")
    func order() async throws {
        let handoff = Handoff<Int>()
        async let given: Void = {
            for number in 1...1000 { try await handoff.give(number) }
            handoff.finish(throwing: Reason())
        }()
        for number in 1...1000 { #expect(try await handoff.take() == number) }
        await #expect(throws: Reason()) { _ = try await handoff.take() }
        #expect(try await handoff.take() == nil)
        try await given
    }

    @Test("an end does not swallow the value before it")
    func lastValue() async throws {
        let handoff = Handoff<Int>()
        try await handoff.give(1)
        handoff.finish(throwing: Reason())
        #expect(try await handoff.take() == 1)
        await #expect(throws: Reason()) { _ = try await handoff.take() }
    }

    @Test("whoever waits is freed by cancellation, on either side")
    func cancellation() async throws {
        let empty = Handoff<Int>()
        let taker = Task { try await empty.take() }
        taker.cancel()
        await #expect(throws: CancellationError.self) { _ = try await taker.value }

        let full = Handoff<Int>()
        try await full.give(1)
        let giver = Task { try await full.give(2) }
        giver.cancel()
        await #expect(throws: CancellationError.self) { try await giver.value }
        #expect(try await full.take() == 1)
    }
}
