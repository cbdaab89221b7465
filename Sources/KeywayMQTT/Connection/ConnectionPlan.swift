/// When to connect next, and how: the pauses between tries, and the version of MQTT.
///
/// A pure value; the shell tells it how each connection ended and asks for the next.
struct ConnectionPlan: Sendable {
    /// The pauses between tries.
    struct Pauses: Hashable, Sendable {
        /// The longest pause after the first failure.
        ///
        /// Default 1 s. It doubles with each further one.
        var first: Duration = .seconds(1)
        /// The longest pause.
        ///
        /// Default 60 s.
        var longest: Duration = .seconds(60)
        /// How long a connection must have stood to count as a success.
        ///
        /// Default 10 s. Two servers with one client id put each other out at once, and must not do that in a circle
        /// at full speed.
        var steadyAfter: Duration = .seconds(10)
    }

    /// The version of MQTT to speak.
    enum Version: Hashable, Sendable {
        case five
        case threeOneOne
    }

    private let pauses: Pauses
    /// The version for the next try.
    private(set) var version = Version.five
    /// Whether the next try is limited to IPv4.
    ///
    /// The library tries only the first address of a host that does not refuse at once; if that is an IPv6 address that
    /// leads nowhere, every second try finds the other way.
    private(set) var isLimitedToIPv4 = false
    private var failures = 0
    /// How often it hung up on MQTT 5 since it last took a connection.
    private var hangUps = 0

    /// Makes a plan whose first try is made with MQTT 5.
    init(_ pauses: Pauses = Pauses()) {
        self.pauses = pauses
    }

    /// Takes how a connection ended, or why it was not made.
    ///
    /// - Parameters:
    ///   - trouble: The reason.
    ///   - stood: How long the connection stood; nil if the broker never took it.
    ///   - random: Where jitter comes from.
    /// - Returns: How long to wait before the next try: somewhere between half of the full pause and all of it.
    mutating func pause(
        after trouble: ConnectionTrouble,
        havingStood stood: Duration?,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        // A broker that only speaks 3.1.1 either says so (CONNACK with reason 0x84, or its old form, return code 1) or
        // just hangs up. The next try is made with 3.1.1; but what hung up may as well be a broker that was just
        // stopped, or what stands before it, so that must happen a second time, after a pause: a connection with 3.1.1
        // has no expiry, and may stand for weeks. Whenever a connection ends, MQTT 5 has its turn again.
        if stood != nil { hangUps = 0 }
        if trouble.kind == .hungUp { hangUps += 1 }
        if trouble.kind == .versionRefused || (trouble.kind == .hungUp && hangUps > 1), version == .five {
            version = .threeOneOne
            return .zero
        }
        version = .five
        isLimitedToIPv4 = trouble.kind == .unreachable ? !isLimitedToIPv4 : false
        if let stood, stood >= pauses.steadyAfter { failures = 0 }
        // An end that Keyway wanted says nothing about the broker.
        guard trouble.kind != .abandoned else { return .zero }
        let doublings = min(failures, 30)
        failures += 1
        let full = trouble.needsPerson ? pauses.longest : min(pauses.first * (1 << doublings), pauses.longest)
        let fraction = Double(random.next() >> 11) / Double(UInt64(1) << 53)
        return full * (0.5 + fraction / 2)
    }
}
