import KeywayModel

/// How one simulated device and the way to it behave: chances, and ranges of delays.
///
/// A driver may be slow, forgetful and wrong about what it was told, but it keeps the contract of `DeviceDriver`: it
/// says `refused` only if the command has no effect, it checks the deadline before the command leaves, and it marks as
/// replayed what may be older than the last command.
struct DeviceHabits: Sendable {
    /// False for a device that never reports, whose driver says `delivered`.
    var reports = true
    /// How long a driver waits before the command leaves, for its connection for instance.
    var leavingDelay = Duration.zero ... .milliseconds(20)
    /// From Keyway to the device.
    var commandDelay = Duration.milliseconds(5) ... .seconds(1)
    /// How long the bolt moves.
    var travel = Duration.milliseconds(100) ... .seconds(3)
    /// From the device to Keyway.
    var reportDelay = Duration.milliseconds(5) ... .seconds(1)
    /// How long the driver takes to answer after the command has left.
    var answerDelay = Duration.milliseconds(5) ... .seconds(2)
    /// How long the device takes to say where its bolt is.
    var readingDelay = Duration.milliseconds(5) ... .milliseconds(800)

    /// The command never reaches the device.
    var losesCommand = 0.0
    /// The command reaches the device twice.
    var doublesCommand = 0.0
    /// The driver knows at once that the command has no effect.
    var refuses = 0.0
    /// The driver says that it does not know, whatever happened.
    var doesNotKnow = 0.0
    /// The driver answers long after it should have.
    var answersLate = 0.0
    /// A report never arrives.
    var dropsReport = 0.0
    /// A report arrives twice.
    var doublesReport = 0.0
    /// A report takes up to half a minute, and arrives after those that were made later.
    var delaysReport = 0.0
    /// A report names the attempt it answers.
    var namesAttempt = 0.0
    /// The device also says that its bolt begins to move.
    var reportsMoving = 0.0
    /// The device keeps saying that its bolt moves, twenty times a second.
    var chatters = 0.0
    /// The bolt gets stuck.
    var jams = 0.0
    /// The device says that the command failed, though it took it.
    var fails = 0.0
    /// The device does not say where its bolt is.
    var doesNotRead = 0.0
    /// The device says where its bolt is when nobody waits for it any more.
    var readsLate = 0.0
    /// How long after an unlock the door locks itself; nil if it does not.
    var relocksAfter: ClosedRange<Duration>?
    /// The pause between two movements by hand; nil if nobody is there.
    var handPause: ClosedRange<Duration>?
    /// The pause between two losses of the connection; nil if it is never lost.
    var offlinePause: ClosedRange<Duration>?
    /// How long a loss of the connection lasts.
    var offlineFor = Duration.seconds(1) ... .seconds(120)
    /// The pause between two messages that are sent again, such as retained ones; nil if there are none.
    var replayPause: ClosedRange<Duration>?

    /// Draws habits: most faults are absent from a device, and the others are frequent enough to meet each other.
    init(_ random: inout SeededGenerator) {
        func often(_ most: Double) -> Double { random.chance(0.45) ? random.fraction() * most : 0 }
        reports = !random.chance(0.1)
        if random.chance(0.2) { leavingDelay = .zero ... .seconds(6) }
        if random.chance(0.2) { commandDelay = .milliseconds(50) ... .seconds(20) }
        if random.chance(0.2) { reportDelay = .milliseconds(50) ... .seconds(5) }
        if random.chance(0.3) { travel = .milliseconds(500) ... .seconds(9) }
        losesCommand = often(0.3)
        doublesCommand = often(0.2)
        refuses = often(0.3)
        doesNotKnow = often(0.4)
        answersLate = often(0.3)
        dropsReport = often(0.4)
        doublesReport = often(0.3)
        delaysReport = often(0.3)
        namesAttempt = random.chance(0.3) ? 1 : often(1)
        reportsMoving = often(1)
        if random.chance(0.1) { chatters = 0.5 }
        jams = often(0.15)
        fails = often(0.15)
        doesNotRead = random.chance(0.3) ? 1 : often(0.8)
        readsLate = often(0.6)
        if random.chance(0.3) { relocksAfter = .milliseconds(100) ... .seconds(20) }
        if random.chance(0.4) { handPause = .seconds(1) ... .seconds(120) }
        if random.chance(0.3) { offlinePause = .seconds(5) ... .seconds(300) }
        if random.chance(0.4) { replayPause = .seconds(1) ... .seconds(60) }
    }
}
