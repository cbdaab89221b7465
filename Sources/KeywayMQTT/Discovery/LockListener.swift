package import KeywayModel

/// What one lock has said so far, as far as it matters for what its next message means.
///
/// A pure value: it takes messages and answers what to report of the lock, and whether a report can be proof (G6).
package struct LockListener: Sendable {
    /// One report of the lock, without whose it is.
    package struct Report: Hashable, Sendable {
        /// What the lock says.
        package let content: DeviceReport.Content
        /// How the bolt was moved, if the lock says.
        package let method: LockMethod?
        /// Whether it may be older than the last command: it informs, but never confirms.
        package let isReplay: Bool
        /// Whether the lock said the same the last time, so that it matters only to a command that waits for it.
        package let isRepetition: Bool
    }

    /// What a message said.
    package struct Heard: Hashable, Sendable {
        /// What to report, in this order.
        package var reports: [Report] = []
        /// Why the message cannot be read; nil if it can.
        package var unreadable: String?
    }

    /// The lock.
    package private(set) var lock: AnnouncedLock
    private var availability: Availability
    /// Where the bolt was by the last report.
    private var bolt: BoltState?
    /// What the bridge last said of the bolt, which can be older than `bolt`.
    private var rememberedBolt: BoltState?
    /// Where the bolt was by the last report that was made just now.
    private var freshBolt: BoltState?
    /// Whether the bridge began anew, so that what it says of the bolt next can be from before.
    private var hasRestartedBridge = false
    private var charge: Double?
    private var isBatteryLow: Bool?
    private var isDoorOpen: Bool?

    /// Begins to listen to a lock that has said nothing yet.
    package init(_ lock: AnnouncedLock) {
        self.lock = lock
        availability = lock.availability
    }

    /// Whether the lock can be reached.
    package var reach: Availability.Reach { availability.reach }

    /// Goes on with what the lock announces now.
    package mutating func update(_ lock: AnnouncedLock) {
        if lock.zigbee != self.lock.zigbee || lock.state != self.lock.state { forgetBolt() }
        self.lock = lock
        availability.follow(lock.availability)
    }

    /// Forgets what the lock said: while the connection is down it can say something else unheard.
    package mutating func connectionLost() {
        availability.forget()
        forgetBolt()
        hasRestartedBridge = false
        (charge, isBatteryLow, isDoorOpen) = (nil, nil, nil)
    }

    private mutating func forgetBolt() {
        (bolt, rememberedBolt, freshBolt) = (nil, nil, nil)
    }

    /// Notes what one availability topic says.
    ///
    /// A bridge that goes, or says by itself that it is there, has not been there for a while. What it says of the bolt
    /// when it is back it may have kept since before it went, whatever was heard of the bolt in the meantime.
    private mutating func takeAvailability(_ topic: String, _ isAvailable: Bool, isRetained: Bool) {
        let isOfBridge = lock.availabilityRules.contains { $0.topic == topic && $0.isOfBridge }
        if isOfBridge, !isRetained || !isAvailable {
            forgetBolt()
            hasRestartedBridge = true
        }
        availability.take(topic: topic, isAvailable: isAvailable)
    }

    /// Takes a message.
    ///
    /// - Parameters:
    ///   - message: What came.
    ///   - isRetained: Whether the broker had kept it from before the subscription.
    /// - Returns: What it says that is worth a report.
    package mutating func hear(_ message: Message, isRetained: Bool) -> Heard {
        var heard = Heard()
        let reachBefore = availability.reach
        let observations = lock.read(message)
        // What somebody once did is no news, and where the bolt is now the same message says as well.
        let tellsOperation = !isRetained && observations.contains { if case .operation = $0 { true } else { false } }
        for observation in observations {
            switch observation {
            case .bolt(let bolt):
                heard.reports += take(bolt, isRetained: isRetained, besideOperation: tellsOperation)
            case .operation(let operation):
                if !isRetained { heard.reports.append(take(operation)) }
            case .availability(let topic, let isAvailable):
                takeAvailability(topic, isAvailable, isRetained: isRetained)
            case .battery(let charge):
                if charge != self.charge { heard.reports.append(Self.report(.battery(charge), isRetained)) }
                self.charge = charge
            case .batteryLow(let isLow): heard.reports += takeBatteryLow(isLow, isRetained: isRetained)
            case .door(let isOpen):
                if isOpen != isDoorOpen { heard.reports.append(Self.report(.doorOpen(isOpen), isRetained)) }
                isDoorOpen = isOpen
            case .accessDenied:
                if !isRetained { heard.reports.append(Self.report(.accessDenied(AccessDenial(.unknownCode)), false)) }
            case .failure(let cause, let text):
                // Where the lock may have acted, only the lock can tell what became of the command.
                if !isRetained, cause != .outcomeUnknown {
                    heard.reports.append(Self.report(.commandFailed(cause, text), false))
                }
            case .unreadable(let reason): heard.unreadable = reason
            }
        }
        if availability.reach != reachBefore, let content = availability.reach.content {
            // First of all, so that what the lock says next finds it online.
            heard.reports.insert(Self.report(content, isRetained), at: 0)
        }
        return heard
    }

    // MARK: The bolt

    /// Takes what a message says of the bolt.
    ///
    /// A bridge that puts what it remembers into every message says something new of the bolt only when it says
    /// something else than before. One that has just begun anew says at first what it remembers, too.
    private mutating func take(_ bolt: BoltState, isRetained: Bool, besideOperation: Bool) -> [Report] {
        let isRepeated = lock.repeatsOldState && (rememberedBolt == nil || rememberedBolt == bolt)
        let isRemembered = isRepeated || hasRestartedBridge
        let isFirst = rememberedBolt == nil
        rememberedBolt = bolt
        if !isRetained { hasRestartedBridge = false }
        if isRemembered {
            // An operation that was heard since, or is told in the same message, is newer.
            if besideOperation || (!isFirst && bolt != self.bolt) { return [] }
        }
        let isReplay = isRetained || isRemembered
        // What a lock says now for the first time is no repetition of what it said before.
        let isRepetition = bolt == (isReplay ? self.bolt : freshBolt)
        self.bolt = bolt
        if !isReplay { freshBolt = bolt }
        return [
            Report(
                content: .bolt(bolt),
                method: nil,
                isReplay: isReplay,
                isRepetition: isRepetition
            )
        ]
    }

    private mutating func take(_ operation: Observation.Operation) -> Report {
        (bolt, freshBolt) = (operation.bolt, operation.bolt)
        // Each is told once, so even one like the last has happened.
        return Report(content: .bolt(operation.bolt), method: operation.method, isReplay: false, isRepetition: false)
    }

    // MARK: The rest

    /// Takes whether the battery is low; without a percentage the charge is only known to be on one side of a bound.
    private mutating func takeBatteryLow(_ isLow: Bool, isRetained: Bool) -> [Report] {
        defer { isBatteryLow = isLow }
        guard isLow != isBatteryLow else { return [] }
        if isLow { return [Self.report(.batteryLow(charge ?? DeviceState.lowBatteryLevel), isRetained)] }
        guard isBatteryLow == true, charge == nil else { return [] }
        return [Self.report(.battery(DeviceState.recoveredBatteryLevel), isRetained)]
    }

    private static func report(_ content: DeviceReport.Content, _ isRetained: Bool) -> Report {
        Report(content: content, method: nil, isReplay: isRetained, isRepetition: false)
    }
}

extension Availability.Reach {
    /// What to report of it; nil if nothing is known.
    var content: DeviceReport.Content? {
        switch self {
        case .unknown: nil
        case .online: .online(true)
        case .offline: .online(false)
        case .bridgeOffline: .bridgeOffline
        }
    }
}
