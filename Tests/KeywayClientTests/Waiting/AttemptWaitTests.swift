import Testing

@testable import KeywayClient

@Suite("Deciding how to wait")
struct AttemptWaitTests {
    @Test("the server is asked to hold for whole seconds, within the patience and the bound")
    func hold() {
        let wait = AttemptWait(from: .seconds(100), patience: .seconds(70), longestHold: .seconds(30))
        #expect(wait.hold(at: .seconds(100)) == 30)
        #expect(wait.hold(at: .milliseconds(144_500)) == 25)
        #expect(wait.hold(at: .milliseconds(169_500)) == nil)
        #expect(wait.hold(at: .seconds(171)) == nil)
    }

    @Test("after an answer that was held it asks at once, and at the end looks a last time")
    func held() {
        var wait = AttemptWait(from: .zero, patience: .milliseconds(30_400), longestHold: .seconds(30))
        #expect(wait.step(wasHeld: true, fraction: 1, at: .seconds(10)) == .ask)
        #expect(wait.step(wasHeld: true, fraction: 1, at: .seconds(30)) == .pause(.milliseconds(400)))
        #expect(wait.step(wasHeld: true, fraction: 1, at: .milliseconds(30_400)) == .giveUp)
    }

    @Test("a server that does not hold is asked after pauses that grow, and never after the patience")
    func polling() {
        var wait = AttemptWait(from: .zero, patience: .seconds(10), longestHold: .zero)
        let steps = (0..<5).map { _ in wait.step(wasHeld: true, fraction: 1, at: .seconds(1)) }
        #expect(steps == [300, 600, 1200, 2000, 2000].map { .pause(.milliseconds($0)) })
        #expect(wait.step(wasHeld: false, fraction: 1, at: .seconds(9)) == .pause(.seconds(1)))
        #expect(wait.step(wasHeld: false, fraction: 1, at: .seconds(10)) == .giveUp)
    }

    @Test("a server that wants to be left alone is, within the patience")
    func retryAfter() {
        var wait = AttemptWait(from: .zero, patience: .seconds(10), longestHold: .seconds(30))
        #expect(wait.step(wasHeld: false, retryAfter: .seconds(4), fraction: 0, at: .zero) == .pause(.seconds(4)))
        #expect(wait.step(wasHeld: false, retryAfter: .seconds(60), fraction: 0, at: .zero) == .pause(.seconds(10)))
    }
}
