/// The only source of chance in a simulation: the same seed gives the same numbers on every machine, for ever.
///
/// SplitMix64: a counter stepped by the golden ratio, each value mixed twice by multiplication (Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014, figure 14).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// Where it is in its sequence.
    private(set) var counter: UInt64

    /// Makes a generator; any seed will do.
    package init(seed: UInt64) {
        counter = seed
    }

    /// The next number, all values being equally likely.
    package mutating func next() -> UInt64 {
        counter &+= 0x9E37_79B9_7F4A_7C15
        var mixed = counter
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and not including, 1.
    mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// True with a probability.
    mutating func chance(_ probability: Double) -> Bool {
        fraction() < probability
    }

    /// A number from 0 up to, and not including, a bound of at least 1.
    mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(bound))
    }

    /// A number of a range, all being equally likely.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// One element of a list that is not empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// A duration of a range, far more often near its lower end: most answers are quick, a few take for ever.
    mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        let part = fraction()
        let span = (range.upperBound - range.lowerBound).wholeNanoseconds
        return range.lowerBound + .nanoseconds(Int64(Double(span) * part * part * part))
    }
}

extension Duration {
    /// The duration in whole nanoseconds; the simulation knows no longer ones than fit.
    var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
