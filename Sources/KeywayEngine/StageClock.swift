import KeywayModel

/// How long the unresolved attempts of a lane have been in the stage they are in: a stopwatch for each.
///
/// Those that a restart took up began in another process, on another clock; they count, but have no times.
struct StageClock: Sendable {
    /// A stage that has ended.
    enum Stage: String, CaseIterable, Sendable {
        /// From the request until the attempt is durable.
        case accept
        /// From there until the command leaves, or it is decided that it never will.
        case queue
        /// From there until the outcome is decided.
        case device
        /// From there until the outcome is durable.
        case resolve
    }

    /// An ended stage and how long it took.
    typealias Lap = (stage: Stage, time: Duration)

    /// The stage of each attempt; nil if it was taken up.
    private var current: [Identifier<ActionAttempt>: (stage: Stage, since: MonotonicInstant)?]

    /// Begins with the attempts that are taken up.
    init(takingUp ids: [Identifier<ActionAttempt>]) {
        current = Dictionary(uniqueKeysWithValues: ids.map { ($0, nil) })
    }

    /// How many attempts have no durable outcome.
    var count: Int { current.count }

    /// Takes that an attempt is durable.
    mutating func accepted(_ id: Identifier<ActionAttempt>, at now: MonotonicInstant) {
        current[id] = .some((.queue, now))
    }

    /// Takes that an attempt's command leaves.
    mutating func left(_ id: Identifier<ActionAttempt>, at now: MonotonicInstant) -> Lap? {
        guard let stage = current[id]??.stage, stage == .queue else { return nil }
        return turn(id, to: .device, at: now)
    }

    /// Takes which attempts' outcomes are decided and not durable; those that it knows of already have no effect.
    mutating func decided(at now: MonotonicInstant, where isDecided: (Identifier<ActionAttempt>) -> Bool) -> [Lap] {
        let ended = current.filter { id, stage in
            guard let stage, stage.stage != .resolve else { return false }
            return isDecided(id)
        }
        return ended.keys.compactMap { turn($0, to: .resolve, at: now) }
    }

    /// Takes that an attempt's outcome is durable.
    mutating func resolved(_ id: Identifier<ActionAttempt>, at now: MonotonicInstant) -> Lap? {
        guard let ended = current.removeValue(forKey: id) ?? nil, ended.stage == .resolve else { return nil }
        return (.resolve, now - ended.since)
    }

    private mutating func turn(
        _ id: Identifier<ActionAttempt>,
        to next: Stage,
        at now: MonotonicInstant
    ) -> Lap? {
        guard let ended = current.updateValue((next, now), forKey: id) ?? nil else { return nil }
        return (ended.stage, now - ended.since)
    }
}
