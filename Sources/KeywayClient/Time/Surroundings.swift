/// What a client needs of the world besides the network.
struct Surroundings: Sendable {
    /// The clock.
    let clock: any ClientClock
    /// Makes 64 random bits.
    let random: @Sendable () -> UInt64

    static var system: Self {
        Self(
            clock: SystemClock(),
            random: {
                var generator = SystemRandomNumberGenerator()
                return generator.next()
            }
        )
    }

    /// A random number from 0 to just under 1.
    var fraction: Double { Double(random() >> 11) / Double(1 << 53) }

    /// A text that nobody has made before: 32 hexadecimal digits.
    func uniqueText() -> String {
        [random(), random()].map { String(repeating: "0", count: $0.leadingZeroBitCount / 4) + hexadecimal($0) }
            .joined()
    }

    private func hexadecimal(_ number: UInt64) -> String {
        number == 0 ? "" : String(number, radix: 16)
    }
}
