/// How often a device may be asked to lock, and to unlock.
package struct RateLimit: Hashable, Sendable {
    /// The most attempts of one kind in a minute at one device; 0: no limit.
    ///
    /// Default 15 (wire contract, section 1.7).
    package var perMinute: Int
    /// Whether virtual devices are limited too.
    ///
    /// Default false.
    package var includesSandbox: Bool

    /// Makes a limit; every value has its default.
    package init(perMinute: Int = 15, includesSandbox: Bool = false) {
        self.perMinute = perMinute
        self.includesSandbox = includesSandbox
    }
}
