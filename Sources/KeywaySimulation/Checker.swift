import KeywayModel
import KeywayStore

/// Watches a simulation from outside the lanes, and says at once when a guarantee is broken.
///
/// It sees what the store holds, what callers are told, what leaves, and what drivers pass on. It trusts no commit: what
/// a commit did is read back from the tables and compared with what was there before.
struct Checker {
    let limits: LaneLimits
    /// The longest that one commit takes if nothing goes wrong.
    let longestCommit: Duration
    var time: Time

    var files: [Identifier<ActionAttempt>: AttemptFile] = [:]
    var devices: [DeviceFile] = []
    /// The events seen in each workspace, by count, with all their ids.
    var eventCounts: [Identifier<Workspace>: Int] = [:]
    var eventIDs: Set<Identifier<Event>> = []
    /// Every event without its id: the same thing twice is one event too many.
    var fingerprints: Set<EventFingerprint> = []
    var storedCount = 0
    /// What each idempotency key was told, and the attempts stored for it.
    var keys: [KeyTurn: KeyFile] = [:]
    var latestWall: Timestamp?
    /// Whether somebody set the wall clock, so that it cannot tell what came first.
    var wasWallStepped = false
    /// The commands that the shell has and the driver has not.
    var wished: Set<Identifier<ActionAttempt>> = []

    /// When the checker looks, and what excuses the server.
    struct Time {
        var now: WorldTime
        var wall: Timestamp
        var life: Int
        var isUp: Bool
        var isOutage: Bool
    }

    struct KeyFile {
        var told: [(id: Identifier<ActionAttempt>, body: UInt8, createdAt: Timestamp)] = []
        var stored: [(id: Identifier<ActionAttempt>, createdAt: Timestamp)] = []
    }

    init(limits: LaneLimits, longestCommit: Duration, time: Time) {
        self.time = time
        self.limits = limits
        self.longestCommit = longestCommit
    }

    mutating func begin(devices simulated: [SimulatedDevice], _ tables: MemoryTables) {
        devices = simulated.map { device in
            DeviceFile(
                id: device.id,
                workspaceID: device.workspaceID,
                stored: tables.device(device.id, in: nil)?.state ?? DeviceState()
            )
        }
    }

    // MARK: The process

    /// A process began and reads what is left: deadlines are counted from the wall clock, but none grows beyond what
    /// it was at first.
    mutating func started(at moment: Moment) {
        for device in devices.indices {
            devices[device].troubleAt = time.now
            // A new process looks at the latest attempts only, and counts their age by the wall clock.
            let oldest = devices[device].storedCount - AttemptLane.maximumRecent
            devices[device].watched.removeAll { wasWallStepped || files[$0.id]?.position ?? 0 <= oldest }
            for id in devices[device].unresolved {
                guard var file = files[id] else { continue }
                let whole = file.request.deadlineAt - file.request.createdAt
                let left = min(max(.zero, file.request.deadlineAt - moment.wall), whole)
                file.deadline = time.now + left
                if file.marked != nil {
                    file.ban = (.noBlindRepeat, "it may have been sent before the restart")
                } else if file.ban?.0 == .noLateActuation {
                    // Its cancellation was not durable, and nobody was told that it was cancelled.
                    file.ban = nil
                }
                files[id] = file
            }
        }
    }

    mutating func died() {
        wished = []
        for device in devices.indices {
            devices[device].expectations = [:]
            devices[device].pendingTokens = []
        }
    }

    mutating func outageEnded() {
        for device in devices.indices { devices[device].troubleAt = time.now }
    }

    mutating func commitFailed(device: Int) {
        devices[device].troubleAt = time.now
    }

    mutating func wallStepped(_ clock: SimulatedClock) {
        latestWall = clock.latestWall
        wasWallStepped = true
        // A lane that is made later counts what is left of an earlier process's outcomes by this clock.
        for device in devices.indices {
            devices[device].watched.removeAll { files[$0.id]?.resolvedIn != time.life }
        }
    }

    var hasWishedCommands: Bool { !wished.isEmpty }

    var hasCommandsInFlight: Bool {
        devices.contains { device in
            device.unresolved.first.map { files[$0]?.leftAt != nil } ?? false
        }
    }

    // MARK: After every step

    /// What must hold in the lane that has just been fed.
    mutating func afterFeeding(_ shell: LaneShell, _ tables: MemoryTables, device: Int) throws(Violation) {
        let lane = shell.lane
        guard lane.length <= limits.maximumLength else {
            throw Violation(.bounded, "the lane holds \(lane.length) attempts", device: device)
        }
        if !lane.device.state.isOnline { devices[device].offlineSeenAt = time.now }
        if lane.isQuiet { try compareState(lane, tables, device: device) }
        try checkOverdue(device: device)
    }

    /// What must hold everywhere, now and then also where nothing happened.
    mutating func afterStep(_ tables: MemoryTables, number: Int) throws(Violation) {
        guard number % 64 == 0 else { return }
        for device in devices.indices { try checkOverdue(device: device) }
        guard number % 512 == 0 else { return }
        try checkEverything(tables)
    }

    private func compareState(_ lane: AttemptLane, _ tables: MemoryTables, device: Int) throws(Violation) {
        guard var stored = tables.device(devices[device].id, in: nil)?.state else { return }
        // A device that says the same again causes no write, so the time it said so may be behind.
        stored.reportedAt = lane.device.state.reportedAt
        guard stored == lane.device.state else {
            let message = "a lane at rest has \(lane.device.state), the store \(stored)"
            throw Violation(.agreement, message, device: device)
        }
    }

    /// Attempts are resolved by their deadline and the grace, unless the store or the process was away.
    private func checkOverdue(device: Int) throws(Violation) {
        guard time.isUp, !time.isOutage else { return }
        // A failed write is tried again after the longest pause; then two commits and late timers have their time.
        let slack = limits.longestWriteRetryDelay + longestCommit * 4 + .seconds(5)
        for id in devices[device].unresolved {
            guard let file = files[id] else { continue }
            let due = max(file.deadline + limits.resolutionGrace, devices[device].troubleAt) + slack
            guard time.now <= due else {
                let message = "attempt \(id.number) is pending at \(time.now), its deadline was at \(file.deadline)"
                throw Violation(.resolvedOnce, message, device: device)
            }
        }
    }

    /// Compares every attempt and event with what was seen of it.
    private func checkEverything(_ tables: MemoryTables) throws(Violation) {
        var seen = 0
        for (id, file) in files where file.stored != nil {
            seen += 1
            guard let attempt = tables.attempt(id, in: devices[file.device].workspaceID) else {
                throw Violation(.accepted, "attempt \(id.number) is gone", device: file.device)
            }
            guard attempt == file.stored else {
                throw Violation(.resolvedOnce, "attempt \(id.number) changed by itself", device: file.device)
            }
        }
        guard seen == storedCount else {
            throw Violation(.accepted, "\(storedCount) attempts were stored, \(seen) are known", device: nil)
        }
        for (workspace, count) in eventCounts where tables.eventCount(in: workspace) != count {
            throw Violation(.agreement, "events appeared or disappeared outside of commits", device: nil)
        }
    }

    // MARK: At the end

    /// Everything has healed and time has passed: nothing may be left.
    func atRest(_ shell: LaneShell?, _ tables: MemoryTables, device: Int) throws(Violation) {
        if let id = devices[device].unresolved.first {
            throw Violation(.resolvedOnce, "attempt \(id.number) never resolved", device: device)
        }
        guard let shell else { return }
        guard shell.lane.isQuiet, shell.lane.length == 0 else {
            throw Violation(.resolvedOnce, "the lane does not come to rest", device: device)
        }
        guard devices[device].pendingTokens.isEmpty else {
            throw Violation(.lateTruth, "a driver was never told that its report is durable", device: device)
        }
        try compareState(shell.lane, tables, device: device)
    }

    func atTheEnd(_ tables: MemoryTables) throws(Violation) {
        try checkEverything(tables)
    }
}

/// An event without its identity.
struct EventFingerprint: Hashable, Sendable {
    let type: EventType
    let deviceID: Identifier<Device>?
    let attemptID: Identifier<ActionAttempt>?
    let createdAt: Timestamp
    let details: Event.Details

    init(_ event: Event) {
        type = event.type
        deviceID = event.deviceID
        attemptID = event.actionAttemptID
        createdAt = event.createdAt
        details = event.details
    }
}
