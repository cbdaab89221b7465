import KeywayModel

/// Counts what devices were asked for in the last minute.
///
/// A pure value. It forgets at a restart, which at worst lets a caller ask twice as often for one minute.
struct RateLimiter {
    private struct Key: Hashable {
        let deviceID: Identifier<Device>
        let actionType: ActionType
    }

    private static let window: Duration = .seconds(60)
    /// How many devices and actions are counted before those that were not asked for lately are forgotten.
    private static let firstSweep = 1024

    private var admissions: [Key: [MonotonicInstant]] = [:]
    private var nextSweep = firstSweep

    /// How many devices and actions it remembers.
    var count: Int { admissions.count }

    /// Counts a request, unless there were too many.
    ///
    /// - Returns: Nil if it is within the limit; else how long until the next one is.
    mutating func admit(
        _ actionType: ActionType,
        on deviceID: Identifier<Device>,
        atMost limit: Int,
        at now: MonotonicInstant
    ) -> Duration? {
        let key = Key(deviceID: deviceID, actionType: actionType)
        var times = admissions.removeValue(forKey: key) ?? []
        times.removeAll { $0 + Self.window <= now }
        defer { admissions[key] = times }
        if times.count >= limit, let first = times.first { return first + Self.window - now }
        times.append(now)
        sweep(at: now)
        return nil
    }

    /// Keeps the memory in proportion to the devices that were asked for something in the last minute.
    private mutating func sweep(at now: MonotonicInstant) {
        guard admissions.count >= nextSweep else { return }
        admissions = admissions.filter { $0.value.last.map { $0 + Self.window > now } ?? false }
        nextSweep = max(Self.firstSweep, 2 * admissions.count)
    }
}
