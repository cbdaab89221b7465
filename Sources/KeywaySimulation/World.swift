import KeywayModel
import KeywayStore

/// Everything in one simulation: the server around real lanes and real tables, and the world around the server.
///
/// One thread, no tasks, no real time. Each step takes the next happening from the agenda; everything else follows from
/// it and from the seed.
final class World {
    let scenario: Scenario
    let ids = SimulatedIdentifiers()
    var random: SeededGenerator
    var agenda = Agenda<Scheduled>()
    var now = WorldTime.start
    var clock = SimulatedClock()
    var trace: Trace
    var coverage = Coverage()
    var checker: Checker
    var steps = 0
    /// True at the end, when nothing goes wrong any more and nobody wants anything new.
    var isHealing = false

    // The store.
    var tables = MemoryTables()
    var isOutage = false

    // The world outside.
    var devices: [SimulatedDevice] = []
    var calls: [Call] = []
    /// Calls with a key, of which one may be repeated.
    var keyedCalls: [Int] = []

    // The server's process.
    /// The number of the running process, or of the last one.
    var life = 0
    var isUp = false
    var isStopping = false
    var startedAt = WorldTime.start
    var shells: [LaneShell?] = []
    /// The calls whose request is in a lane, by the identity of the attempt they would make.
    var callsInLane: [Identifier<ActionAttempt>: Int] = [:]
    /// The calls that wait behind one with the same key.
    var turnstile: [KeyTurn: [Int]] = [:]
    var lastToken: UInt64 = 0

    /// A happening, and the process it belongs to; nil for one outside.
    struct Scheduled {
        let life: Int?
        let happening: Happening
    }

    init(seed: UInt64, isReadable: Bool) {
        var random = SeededGenerator(seed: seed)
        scenario = Scenario(&random)
        self.random = random
        trace = Trace(isReadable: isReadable)
        checker = Checker(
            limits: scenario.limits,
            longestCommit: scenario.store.longestCommit,
            time: Checker.Time(now: now, wall: clock.moment(now).wall, life: 0, isUp: false, isOutage: false)
        )
    }

    // MARK: Running

    /// Runs for some steps, lets everything heal, and checks what is left.
    func run(steps count: Int) throws(Violation) {
        try begin()
        while steps < count, try step() {}
        try heal()
        try checker.atTheEnd(tables)
    }

    /// Takes one step; false if nothing is left to happen.
    private func step() throws(Violation) -> Bool {
        guard let (time, scheduled) = agenda.next() else { return false }
        steps += 1
        now = max(now, time)
        trace.mix(UInt64(bitPattern: now.nanoseconds))
        trace.mix(random.counter)
        look()
        if !isHealing, isUp, random.chance(scenario.server.crashes) {
            // What comes next happens all the same, but for what the dead process would have done.
            try crash()
            look()
        }
        if let itsLife = scheduled.life, itsLife != life || !isUp { return true }
        try happen(scheduled.happening)
        try checker.afterStep(tables, number: steps)
        return true
    }

    private func heal() throws(Violation) {
        isHealing = true
        if isOutage { outageEnds() }
        let limit = steps + Self.maximumHealingSteps
        while try step() {
            guard steps < limit else {
                throw Violation(.resolvedOnce, "the server does not come to rest", device: nil)
            }
        }
        for index in shells.indices {
            try checker.atRest(shells[index], tables, device: index)
        }
        for call in calls where call.isInside && !call.isOver {
            throw Violation(.accepted, "a caller never got an answer", device: call.device)
        }
    }

    /// Far more than the longest deadline with all its timers needs.
    private static var maximumHealingSteps: Int { 100_000 }

    // MARK: Helping

    /// Schedules something in the running process.
    func inProcess(_ happening: Happening, after delay: Duration) {
        agenda.add(Scheduled(life: life, happening: happening), at: now + delay, draw: random.next())
    }

    /// Schedules something outside the process.
    func outside(_ happening: Happening, after delay: Duration) {
        agenda.add(Scheduled(life: nil, happening: happening), at: now + delay, draw: random.next())
    }

    /// Schedules something outside that comes again and again, unless the world heals.
    func again(_ happening: Happening, within pause: ClosedRange<Duration>?) {
        guard let pause, !isHealing else { return }
        outside(happening, after: pause.lowerBound + (pause.upperBound - pause.lowerBound) * random.fraction())
    }

    /// Whether a fault strikes now.
    func strikes(_ probability: Double) -> Bool {
        !isHealing && random.chance(probability)
    }

    /// Tells the checker what time it is, and what excuses the server.
    func look() {
        checker.time = Checker.Time(now: now, wall: moment.wall, life: life, isUp: isUp, isOutage: isOutage)
    }

    var moment: Moment { clock.moment(now) }
}
