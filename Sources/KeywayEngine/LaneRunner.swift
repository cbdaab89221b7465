import KeywayDriver
import KeywayModel
import KeywayStore
import Logging

/// The shell around one device's ``AttemptLane``: performs its actions and brings it what follows.
actor LaneRunner {
    /// What all runners of an engine share.
    struct Surroundings: Sendable {
        let store: any Store
        let time: any TimeSource
        let ids: any IdentifierSource
        let jobs: JobQueue
        let outages: OutageLog
        let instruments: EngineInstruments
        let logger: Logger
    }

    private typealias Caller = CheckedContinuation<Result<ActionAttempt, EngineError>, Never>
    private typealias Waiter = CheckedContinuation<ActionAttempt?, Never>

    private var lane: AttemptLane
    private var stages: StageClock
    private let driver: (any DeviceDriver)?
    private let surroundings: Surroundings

    /// Who waits for an attempt to be accepted.
    private var callers: [Identifier<ActionAttempt>: Caller] = [:]
    /// Who waits for an attempt's outcome, by attempt and then by number.
    private var waiters: [Identifier<ActionAttempt>: [UInt64: Waiter]] = [:]
    /// Who waits for a report, or a change of the device's record, to be durable.
    private var deliveries: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    /// Who waits for the lane to be quiet.
    private var drainers: [CheckedContinuation<Void, Never>] = []
    private var lastNumber: UInt64 = 0
    /// The earliest instant for which a wake is under way.
    private var armedFor: MonotonicInstant?
    private var isClosed = false

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - lane: The lane.
    ///   - unresolved: The attempts that it was made with.
    ///   - driver: What speaks to the device; nil if there is no driver for its provider.
    ///   - surroundings: What all runners share.
    init(
        lane: AttemptLane,
        takingUp unresolved: [Identifier<ActionAttempt>],
        driver: (any DeviceDriver)?,
        surroundings: Surroundings
    ) {
        self.lane = lane
        self.driver = driver
        self.surroundings = surroundings
        stages = StageClock(takingUp: unresolved)
        surroundings.instruments.changeUnresolved(by: unresolved.count)
    }

    /// The device with its state as the store has it.
    var device: Device { lane.durableDevice }

    /// An attempt without an outcome, with what happened to it so far, which may be ahead of the store.
    func unresolvedAttempt(_ id: Identifier<ActionAttempt>) -> ActionAttempt? {
        lane.unresolvedAttempt(id)
    }

    // MARK: What others ask for

    /// Brings an attempt into the lane; returns it, or the one it shares, once that is durable.
    func request(_ request: AttemptLane.Request) async -> Result<ActionAttempt, EngineError> {
        guard !isClosed else { return .failure(.shuttingDown) }
        return await withCheckedContinuation { caller in
            callers[request.attempt.id] = caller
            feed(.request(request))
        }
    }

    /// Takes back an attempt that has not been sent; returns it resolved, once that is durable.
    func cancel(_ id: Identifier<ActionAttempt>) async -> Result<ActionAttempt, EngineError> {
        switch lane.progress(of: id) {
        case .unsent:
            guard !isClosed, let resolved = await wait(for: id, after: { feed(.cancel(id)) }) else {
                return .failure(.notYetDurable)
            }
            return .success(resolved)
        case .sent: return .failure(.alreadySent)
        case .absent:
            // Somebody else may be taking it back at this moment.
            guard let ended = await outcome(of: id), ended.outcome == .failure(.cancelled) else {
                return .failure(.notPending)
            }
            return .success(ended)
        }
    }

    /// Takes a report; returns true once it is durable, and false if the lane is closed or the task cancelled before.
    func deliver(_ report: DeviceReport) async -> Bool {
        await record { .reported(report, token: $0) }
    }

    /// Deletes the device; returns true once that is durable, and false if the lane is closed or the task cancelled
    /// before.
    func delete() async -> Bool {
        await record { .delete(token: $0) }
    }

    /// Makes the device anew; returns true once that is durable, and false if the lane is closed or the task cancelled
    /// before.
    func reset(to fresh: Device) async -> Bool {
        await record { .reset(fresh, token: $0) }
    }

    private func record(_ input: (UInt64) -> AttemptLane.Input) async -> Bool {
        guard !isClosed else { return false }
        let number = nextNumber()
        let jobs = surroundings.jobs
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                deliveries[number] = continuation
                feed(input(number))
            }
        } onCancel: {
            // The input stays in the lane; only nobody waits any more.
            jobs.add { await self.stopDelivering(number) }
        }
    }

    private func stopDelivering(_ number: UInt64) {
        deliveries.removeValue(forKey: number)?.resume(returning: false)
    }

    /// Takes what the device is, which is durable already.
    func describe(as description: DeviceDescription, driverSettings: JSONValue) {
        lane.describe(as: description, driverSettings: driverSettings)
    }

    /// Takes the owner's name, metadata and so on of the device, which are durable already.
    func relabel(as labelled: Device) {
        lane.relabel(as: labelled)
    }

    /// Waits for an attempt's outcome to be durable; nil if the lane does not hold the attempt, or the task is cancelled.
    func outcome(of id: Identifier<ActionAttempt>) async -> ActionAttempt? {
        guard !isClosed, lane.isUnresolved(id) || lane.isEnding(id) else { return nil }
        return await wait(for: id) {}
    }

    /// Ends an unresolved attempt as a tester says; returns it resolved, once that is durable.
    func simulate(_ outcome: Outcome, of id: Identifier<ActionAttempt>) async -> Result<ActionAttempt, EngineError> {
        guard lane.isUnresolved(id) else { return .failure(.notPending) }
        guard !isClosed, let resolved = await wait(for: id, after: { feed(.simulatedOutcome(id, outcome)) }) else {
            return .failure(.notYetDurable)
        }
        return .success(resolved)
    }

    /// Stops accepting and sending, and lets go of those who only wait for an outcome.
    func stopSending() {
        feed(.drain)
        for waiter in waiters.values.flatMap(\.values) { waiter.resume(returning: nil) }
        waiters = [:]
    }

    /// Returns when no attempt is in flight and everything is durable.
    func becomeQuiet() async {
        guard !lane.isQuiet, !isClosed else { return }
        await withCheckedContinuation { drainers.append($0) }
    }

    /// Lets go of everybody who waits; nothing happens in the lane after this.
    func close() {
        isClosed = true
        // Their write may be under way, so nobody can say that it did not take effect.
        for caller in callers.values { caller.resume(returning: .failure(.acceptanceUnknown)) }
        for waiter in waiters.values.flatMap(\.values) { waiter.resume(returning: nil) }
        for delivery in deliveries.values { delivery.resume(returning: false) }
        for drainer in drainers { drainer.resume() }
        (callers, waiters, deliveries, drainers) = ([:], [:], [:], [])
    }

    /// Begins the life of a lane that was made from the store's remains.
    func takeUp() {
        feed(.woken)
    }

    // MARK: The lane and its actions

    private func feed(_ input: AttemptLane.Input) {
        guard !isClosed else { return }
        let now = surroundings.time.now()
        for action in lane.handle(input, at: now, ids: surroundings.ids) {
            measure(action, at: now.monotonic)
            perform(action)
        }
        for lap in stages.decided(at: now.monotonic, where: lane.isEnding) { surroundings.instruments.ended(lap) }
        arm()
        if lane.isQuiet {
            for drainer in drainers { drainer.resume() }
            drainers = []
        }
    }

    private func perform(_ action: AttemptLane.Action) {
        switch action {
        case .commit(let commit): surroundings.jobs.add { await self.write(commit) }
        case .send(let command): surroundings.jobs.add { await self.send(command) }
        case .read(let id): surroundings.jobs.add { await self.read(for: id) }
        case .accepted(let attempt): callers.removeValue(forKey: attempt.id)?.resume(returning: .success(attempt))
        case .joined(let requestID, let attempt):
            callers.removeValue(forKey: requestID)?.resume(returning: .success(attempt))
        case .refused(let id, let refusal): callers.removeValue(forKey: id)?.resume(returning: .failure(refusal.error))
        case .resolved(let attempt):
            log(attempt)
            for waiter in (waiters.removeValue(forKey: attempt.id) ?? [:]).values { waiter.resume(returning: attempt) }
        case .recorded(let number): deliveries.removeValue(forKey: number)?.resume(returning: true)
        }
    }

    private func write(_ commit: LaneCommit) async {
        do {
            try await surroundings.store.commit(commit)
            surroundings.outages.succeeded()
            feed(.committed)
        } catch {
            surroundings.outages.failed(error)
            feed(.commitFailed(mayBeDurable: error.mayBeDurable))
        }
    }

    private func send(_ command: Command) async {
        // Nothing may happen in the lane between this look and the driver: no `await` until it has the command.
        feed(.leaving(command.attemptID))
        guard lane.progress(of: command.attemptID) == .sent else { return }
        surroundings.instruments.ended(stages.left(command.attemptID, at: surroundings.time.now().monotonic))
        let answer: CommandAnswer
        if let driver {
            answer = await driver.perform(command, on: lane.device)
        } else {
            answer = .refused(.providerUnavailable, "no driver for this provider")
        }
        feed(.answered(command.attemptID, answer))
    }

    private func read(for id: Identifier<ActionAttempt>) async {
        let bolt = await driver?.readBolt(of: lane.device)
        feed(.read(id, bolt))
    }

    /// Sees to it that the lane is woken in time.
    ///
    /// A wake that turns out to be early does no harm.
    private func arm() {
        guard let wake = lane.nextWake, armedFor.map({ wake < $0 }) ?? true else { return }
        armedFor = wake
        let time = surroundings.time
        surroundings.jobs.add {
            guard (try? await time.sleep(until: wake)) != nil else { return }
            await self.woke(at: wake)
        }
    }

    private func woke(at instant: MonotonicInstant) {
        if armedFor == instant { armedFor = nil }
        feed(.woken)
    }

    // MARK: Measuring

    private func measure(_ action: AttemptLane.Action, at now: MonotonicInstant) {
        let instruments = surroundings.instruments
        switch action {
        case .accepted(let attempt):
            stages.accepted(attempt.id, at: now)
            instruments.accepted(laneDepth: stages.count)
            instruments.changeUnresolved(by: 1)
        case .resolved(let attempt):
            let before = stages.count
            instruments.ended(stages.resolved(attempt.id, at: now))
            // Not one whose caller was told that it is not accepted, and that ends only in case the store has it.
            guard stages.count < before else { return }
            // The number of unresolved ones last: who sees it fall sees the rest.
            instruments.resolved(attempt)
            instruments.changeUnresolved(by: -1)
        case .commit, .send, .read, .joined, .refused, .recorded: break
        }
    }

    // MARK: Small things

    private func wait(for id: Identifier<ActionAttempt>, after begin: () -> Void) async -> ActionAttempt? {
        let number = nextNumber()
        let jobs = surroundings.jobs
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                waiters[id, default: [:]][number] = waiter
                begin()
            }
        } onCancel: {
            jobs.add { await self.stopWaiting(number, for: id) }
        }
    }

    private func stopWaiting(_ number: UInt64, for id: Identifier<ActionAttempt>) {
        waiters[id]?.removeValue(forKey: number)?.resume(returning: nil)
        if waiters[id]?.isEmpty == true { waiters[id] = nil }
    }

    private func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    private func log(_ attempt: ActionAttempt) {
        var metadata: Logger.Metadata = [
            "action_attempt.id": "\(attempt.id)",
            "action_attempt.type": "\(attempt.actionType.rawValue)",
            "action_attempt.status": "\(attempt.status.rawValue)",
            "device.id": "\(lane.device.id)",
        ]
        if case .failure(let failure) = attempt.outcome { metadata["error.type"] = "\(failure.cause.rawValue)" }
        surroundings.logger.info("action attempt resolved", metadata: metadata)
    }
}

extension EngineError {
    /// The error for an attempt that has its outcome.
    static let notPending = EngineError(.notPending, message: "The action attempt is not pending any more.")

    /// The error for an attempt that cannot be taken back.
    static let alreadySent = EngineError(
        .alreadySent,
        message: "The command has been sent, or may have been, so the action attempt cannot be cancelled."
    )

    /// The error for an end that was decided, but could not be written in time.
    static let notYetDurable = EngineError(
        .storeUnavailable,
        message: "The end of the action attempt could not be stored yet. It may still be.",
        retryAfter: .seconds(2)
    )

    /// The error of a server that stops while a request is being written.
    static let acceptanceUnknown = EngineError(
        .shuttingDown,
        message: "The server is shutting down. Whether the action attempt was accepted is not known.",
        retryAfter: .seconds(5)
    )

    /// The error of a server that is stopping.
    static let shuttingDown = EngineError(
        .shuttingDown,
        message: "The server is shutting down.",
        retryAfter: .seconds(5)
    )
}

extension AttemptLane.Refusal {
    /// What to tell the caller.
    fileprivate var error: EngineError {
        switch self {
        case .overlapping(let id):
            EngineError(
                .overlapping,
                message: "The device has an unresolved action attempt already.",
                attemptID: id
            )
        case .laneFull:
            EngineError(
                .laneFull,
                message: "The device has too many unresolved action attempts. Try again when some are resolved.",
                retryAfter: .seconds(2)
            )
        case .storeUnavailable:
            EngineError(
                .storeUnavailable,
                message: "The action attempt could not be stored and was not accepted.",
                retryAfter: .seconds(2)
            )
        case .deviceDeleted: EngineError(.unknownDevice, message: "The device is deleted.")
        case .shuttingDown: .shuttingDown
        }
    }
}
