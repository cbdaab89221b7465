import KeywayModel

/// What the checker knows of one attempt, from what it saw and not from what the lane says.
struct AttemptFile: Sendable {
    /// The attempt as it was asked for.
    let request: ActionAttempt
    let device: Int
    let overlap: Overlap
    let turn: KeyTurn?
    let lookupWall: Timestamp?
    let requestedAt: WorldTime
    /// How many attempts the lane held when it was asked for.
    let lengthBefore: Int
    /// The attempts that were stored, unresolved and still in the lane when it was asked for, in acceptance order.
    let unresolvedBefore: [Identifier<ActionAttempt>]
    /// Those of them whose command had not left.
    let unsentBefore: [Identifier<ActionAttempt>]
    /// When its deadline falls; counted anew after each restart, as well as the wall clock can tell.
    var deadline: WorldTime

    /// As the store has it.
    var stored: ActionAttempt?
    /// Its position among all attempts of its device that were stored.
    var position = 0
    /// When, and in which process, its dispatch mark became durable.
    var marked: (at: WorldTime, life: Int)?
    var resolvedAt: WorldTime?
    /// The process that resolved it.
    var resolvedIn: Int?
    /// When the shell gave its command to the driver.
    var handedOverAt: WorldTime?
    /// When its command left Keyway.
    var leftAt: WorldTime?
    /// Why its command must not leave any more, and which guarantee says so.
    var ban: (Guarantee, String)?

    var answers: [CommandAnswer] = []
    var isCancelled = false
    var decided: [Outcome] = []
    /// Its caller was told that it is not accepted, because it must not be.
    var isRefused = false
    /// A commit of its lane failed while it waited to be stored.
    var mayBeUnstored = false

    var isPending: Bool { stored?.status == .pending }
}

/// What the checker knows of one device.
struct DeviceFile: Sendable {
    let id: Identifier<Device>
    let workspaceID: Identifier<Workspace>
    /// What its driver passed on, the latest last.
    var hearings: [Hearing] = []
    /// Its stored and unresolved attempts, in acceptance order.
    var unresolved: [Identifier<ActionAttempt>] = []
    /// Its state as the store has it.
    var stored: DeviceState
    /// When it was last offline in the eyes of its lane.
    var offlineSeenAt: WorldTime?
    /// When a request last wanted to take the place of others.
    var supersededAt: WorldTime?
    /// The last time something went wrong that excuses a late resolution.
    var troubleAt = WorldTime.start
    /// Attempts that ended without knowledge, the latest last: a late report may contradict them.
    var watched: [(id: Identifier<ActionAttempt>, until: WorldTime)] = []
    /// How many attempts of it were stored.
    var storedCount = 0
    /// The number of late reports stored.
    var lateReports = 0
    /// The last event that said where the bolt is.
    var lastLockEvent: Event?
    /// When, by the wall clock, it was last heard that the bolt is nowhere for sure.
    var unsettledWall: Timestamp?
    /// The last event that said whether the device is there.
    var lastConnectionEvent: EventType?
    /// The reports of which the driver has not been told that they are durable.
    var pendingTokens: Set<UInt64> = []
    /// What the store must have of a report by the time that it is said to be recorded.
    var expectations: [UInt64: Expectation] = [:]

    /// A late truth that must be stored.
    struct Expectation: Sendable {
        let lateReportsBefore: Int
        /// The attempt it must be stored with; nil if any will do.
        let id: Identifier<ActionAttempt>?
        /// The attempts it contradicts.
        let contradicted: [Identifier<ActionAttempt>]
    }
}

/// Something that a driver passed on to a lane.
struct Hearing: Sendable {
    let content: DeviceReport.Content
    let attemptID: Identifier<ActionAttempt>?
    let isReplay: Bool
    /// Whether the device was asked, and did not speak by itself.
    let isReading: Bool
    let madeAt: WorldTime
}
