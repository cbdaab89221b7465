import KeywayModel

/// When a virtual lock locks itself: the earlier of what testers and what its owner set.
struct RelockCount: Sendable {
    /// What its owner set; nil if nobody ever did.
    private var autoLock: AutoLock?
    /// When it locks itself because its behaviour says so.
    private var scriptedAt: MonotonicInstant?
    /// When it does because its owner wants it.
    private var configuredAt: MonotonicInstant?

    /// Not counting, with what the owner set before.
    init(_ autoLock: AutoLock?) {
        self.autoLock = autoLock
    }

    /// When the lock locks itself; nil if it does not.
    var end: MonotonicInstant? { [scriptedAt, configuredAt].compactMap(\.self).min() }

    /// The bolt has come to rest unlocked.
    ///
    /// - Parameters:
    ///   - instant: When.
    ///   - scripted: How many milliseconds later the lock's behaviour has it lock itself; nil: never.
    mutating func begin(at instant: MonotonicInstant, scripted: Int?) {
        scriptedAt = scripted.map { instant + .milliseconds($0) }
        configuredAt = autoLock?.delay.map { instant + $0 }
    }

    /// The bolt is on its way, or rests where there is nothing to count.
    mutating func stop() {
        scriptedAt = nil
        configuredAt = nil
    }

    /// The owner sets something else.
    ///
    /// What was set before has no effect any more. A bolt that is unlocked already is taken as unlocked just now: it
    /// must not stay so for good with an owner who has just been told that the door locks itself.
    mutating func configure(_ autoLock: AutoLock, isUnlocked: Bool, at instant: MonotonicInstant) {
        self.autoLock = autoLock
        configuredAt = isUnlocked ? autoLock.delay.map { instant + $0 } : nil
    }
}

extension AutoLock {
    /// How long after an unlock; nil: never.
    fileprivate var delay: Duration? {
        isEnabled ? delaySeconds.map { .seconds($0) } : nil
    }
}
