import KeywayModel

/// The instants of an even load, which comes whether or not what came before is done.
struct Ticks: Sequence {
    let perSecond: Int
    let seconds: Int

    struct Tick {
        let number: Int
        let at: MonotonicInstant

        func wait() async throws { try await Clocks.system.sleep(until: at) }
    }

    func makeIterator() -> some IteratorProtocol<Tick> {
        let start = Clocks.system.now().monotonic
        let pause = Duration.seconds(1) / perSecond
        return (0..<(perSecond * seconds)).lazy.map { Tick(number: $0, at: start + pause * $0) }.makeIterator()
    }
}
