import KeywayModel

/// What a seed decides once, at the beginning: who is there and which faults there are.
///
/// Each seed leaves most faults out. With all of them in every run, attempts would hardly get anywhere, and the rarer
/// states would never be met.
struct Scenario: Sendable {
    let limits: LaneLimits
    let devices: [DeviceHabits]
    let store: StoreHabits
    let callers: CallerHabits
    let server: ServerHabits

    init(_ random: inout SeededGenerator) {
        limits = LaneLimits(
            maximumLength: random.number(in: 1...6),
            resolutionGrace: .seconds(2),
            lateReportWindow: random.chance(0.3) ? .seconds(30) : .seconds(600),
            maximumTimelineReports: random.chance(0.5) ? 2 : 32
        )
        devices = (0..<random.number(in: 1...4)).map { _ in DeviceHabits(&random) }
        store = StoreHabits(&random)
        callers = CallerHabits(&random)
        server = ServerHabits(&random)
    }
}

/// How the simulated store behaves.
struct StoreHabits: Sendable {
    /// How long a commit takes until it takes effect.
    var effectDelay = Duration.microseconds(100) ... .milliseconds(20)
    /// How long its answer takes after that.
    var answerDelay = Duration.microseconds(10) ... .milliseconds(5)
    /// A commit fails and certainly has no effect.
    var fails = 0.0
    /// A commit fails without effect, and nobody can tell.
    var failsUnknown = 0.0
    /// A commit takes effect, and yet is said to have failed.
    var failsAfterwards = 0.0
    /// A read fails.
    var failsToRead = 0.0
    /// The pause between two outages; nil if there are none.
    var outagePause: ClosedRange<Duration>?
    /// How long an outage lasts.
    var outageFor = Duration.milliseconds(50) ... .seconds(60)

    /// The longest that a commit takes altogether.
    var longestCommit: Duration { effectDelay.upperBound + answerDelay.upperBound }

    init(_ random: inout SeededGenerator) {
        if random.chance(0.3) { effectDelay = .milliseconds(1) ... .seconds(3) }
        if random.chance(0.2) { answerDelay = .milliseconds(1) ... .seconds(1) }
        if random.chance(0.3) { fails = random.fraction() * 0.2 }
        if random.chance(0.3) { failsUnknown = random.fraction() * 0.2 }
        if random.chance(0.4) { failsAfterwards = random.fraction() * 0.3 }
        if random.chance(0.3) { failsToRead = random.fraction() * 0.1 }
        if random.chance(0.3) { outagePause = .seconds(5) ... .seconds(300) }
    }
}

/// How callers behave.
struct CallerHabits: Sendable {
    /// The pause between two new requests of all callers together.
    var pause = Duration.milliseconds(20) ... .seconds(4)
    /// The overlap rules to choose from.
    var overlaps = Overlap.allCases
    /// A request has an idempotency key.
    var usesKey = 0.4
    /// A request with a key is made twice, about at the same time.
    var doubles = 0.3
    /// A request uses an earlier key again, with what was asked for then or something else.
    var repeatsKey = 0.1
    /// A caller takes its attempt back after a while.
    var cancels = 0.1
    /// A tester decides the outcome of an attempt.
    var decides = 0.0
    /// The time that attempts are given.
    var deadline = Duration.seconds(1) ... .seconds(60)

    init(_ random: inout SeededGenerator) {
        if random.chance(0.4) { pause = .milliseconds(1) ... .milliseconds(600) }
        if random.chance(0.2) { pause = .milliseconds(500) ... .seconds(30) }
        if random.chance(0.5) { overlaps = [.queue, .queue, .queue, .supersede] }
        if random.chance(0.2) { overlaps = [.queue] }
        if random.chance(0.3) { cancels = 0.4 }
        if random.chance(0.2) { decides = 0.1 }
        if random.chance(0.3) { deadline = .seconds(1) ... .seconds(6) }
        if random.chance(0.1) { deadline = .seconds(1) ... .seconds(600) }
    }
}

/// What happens to the simulated server itself.
struct ServerHabits: Sendable {
    /// The chance, before each step, that the process dies.
    var crashes = 0.0
    /// The chance of each process to be asked to stop, if it lives long enough.
    var stops = 0.0
    /// How long it is down.
    var downtime = Duration.milliseconds(100) ... .seconds(90)
    /// How long the shell takes from the lane's wish to send to the driver.
    var handOverDelay = Duration.zero ... .milliseconds(5)
    /// How late a timer may be.
    var timerDelay = Duration.zero ... .milliseconds(50)
    /// The pause between two steps of the wall clock; nil if nobody sets it.
    var clockPause: ClosedRange<Duration>?
    /// How far the wall clock is set, in either direction.
    var clockStep = Duration.seconds(1) ... .seconds(6 * 3600)

    init(_ random: inout SeededGenerator) {
        if random.chance(0.6) { crashes = random.fraction() * 0.02 }
        if random.chance(0.2) { stops = random.fraction() }
        if random.chance(0.2) { downtime = .seconds(1) ... .seconds(1800) }
        if random.chance(0.3) { handOverDelay = .zero ... .seconds(2) }
        if random.chance(0.2) { timerDelay = .zero ... .milliseconds(900) }
        if random.chance(0.3) { clockPause = .seconds(5) ... .seconds(120) }
        if random.chance(0.15) { clockStep = .seconds(20 * 3600) ... .seconds(26 * 3600) }
    }
}
