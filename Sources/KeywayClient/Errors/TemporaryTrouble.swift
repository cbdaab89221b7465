/// An error of a request that may have a better end when it is made again.
protocol TemporaryTrouble: Error {
    /// Whether a new try has a fair chance.
    var isTemporary: Bool { get }
    /// How long the server wants to be left alone; nil if it did not say.
    var retryAfter: Duration? { get }
}

extension TemporaryTrouble {
    /// Too many requests, and what servers and proxies answer while something behind them is away.
    static func isTemporary(status: Int) -> Bool { [429, 502, 503, 504].contains(status) }
}
