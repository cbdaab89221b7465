/// Pauses that double, with a random part so that many clients do not come back at the same moment.
struct Backoff: Hashable, Sendable {
    /// The first pause at its longest.
    var first: Duration
    /// No pause is longer.
    let longest: Duration

    /// The pause before a try.
    ///
    /// - Parameters:
    ///   - number: How many pauses there were before.
    ///   - fraction: A random number from 0 to 1: the pause is between half of its full length and all of it.
    /// - Returns: The pause, at most ``longest``.
    func pause(_ number: Int, fraction: Double) -> Duration {
        // Twenty doublings of the shortest sensible pause are longer than anybody waits.
        let full = min(first * (1 << min(number, 20)), longest)
        return full * (0.5 + fraction / 2)
    }
}
