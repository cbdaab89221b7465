package import KeywayDriver
package import KeywayModel
package import KeywayStore
package import Logging
package import Metrics
import ServiceLifecycle
import Synchronization

/// Accepts attempts, drives the devices, takes their reports, and resolves every attempt exactly once.
///
/// The decisions are made by each device's ``AttemptLane``; the engine is the shell around the lanes. What it is asked
/// for before ``run()`` has read the store waits until then.
package final class Engine: Sendable {
    private struct State {
        var runners: [Identifier<Device>: LaneRunner] = [:]
        var isDraining = false
        var limiter = RateLimiter()
    }

    private let drivers: DriverRegistry
    private let configuration: EngineConfiguration
    private let surroundings: LaneRunner.Surroundings
    private let state = Mutex(State())
    /// Lets requests with the same idempotency key in one after the other.
    private let keys = KeyTurnstile<OwnedKey>()
    /// Lets changes of one device's record in one after the other, so that its lane learns them in the order of the
    /// store.
    private let records = KeyTurnstile<Identifier<Device>>()
    /// Lets resets of one workspace in one after the other.
    private let resets = KeyTurnstile<Identifier<Workspace>>()
    /// Opens when the lanes hold what the store held.
    private let recovered = Gate()
    /// Opens when everything that was in flight at the shutdown has ended, or has been given up.
    private let drained = Gate()

    /// Makes an engine, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - store: Where everything durable is.
    ///   - drivers: What speaks to the devices.
    ///   - time: The clocks.
    ///   - ids: Where new identities come from.
    ///   - configuration: The settings.
    ///   - metrics: Who is told what the engine measures; by default nobody.
    ///   - logger: Where it says what it does.
    package init(
        store: any Store,
        drivers: DriverRegistry,
        time: any TimeSource,
        ids: any IdentifierSource,
        configuration: EngineConfiguration = EngineConfiguration(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logger: Logger
    ) {
        self.drivers = drivers
        self.configuration = configuration
        surroundings = LaneRunner.Surroundings(
            store: store,
            time: time,
            ids: ids,
            jobs: JobQueue(),
            outages: OutageLog(logger: logger),
            instruments: EngineInstruments(metrics),
            logger: logger
        )
    }

    /// How long after its deadline an attempt may stay pending (G2).
    package var resolutionGrace: Duration { configuration.lane.resolutionGrace }

    // MARK: Attempts

    /// Accepts an attempt to act on a device.
    ///
    /// - Parameters:
    ///   - actionType: The action.
    ///   - parameters: What the action needs to know besides.
    ///   - device: The device, as ``device(_:in:)`` returned it.
    ///   - requester: Who asks.
    ///   - deadline: How long the attempt may take, within ``EngineConfiguration/deadlines``; nil: the default.
    ///   - overlap: What to do if the device has unresolved attempts.
    ///   - idempotency: The caller's idempotency key; nil if it has none.
    ///   - metadata: What the log says of an attempt that is new, besides.
    /// - Returns: The pending attempt, once it is durable (G1); or the attempt that the request shares with another; or
    ///   for a key used before, the attempt of that time as it is now (G9).
    /// - Throws: ``EngineError`` with code `laneFull`, `rateLimited`, `overlapping`, `keyReused`, `storeUnavailable`,
    ///   `shuttingDown`, `unknownDevice` or `noDriver`. Nothing was sent, and nothing will be; only if the store lost its
    ///   answer and the server then crashed may the next start take up what the store holds.
    package func request(
        _ actionType: ActionType,
        _ parameters: ActionParameters = .none,
        on device: Device,
        by requester: Requester,
        deadlineAfter deadline: Duration? = nil,
        overlap: Overlap = .queue,
        idempotency: IdempotencyClaim? = nil,
        logging metadata: Logger.Metadata = [:]
    ) async throws(EngineError) -> ActionAttempt {
        let deadline = deadline ?? configuration.defaultDeadline
        precondition(EngineConfiguration.deadlines.contains(deadline))
        guard drivers[device.provider] != nil else {
            throw EngineError(.noDriver, message: "This server has no driver for the provider of the device.")
        }
        let requestedAt = surroundings.time.now().monotonic
        await recovered.pass()
        let draft = Draft(
            requestedAt: requestedAt,
            actionType: actionType,
            parameters: parameters,
            device: device,
            requester: requester,
            deadline: deadline,
            overlap: overlap,
            idempotency: idempotency
        )
        guard let idempotency else { return try await accept(draft, metadata) }
        let turn = OwnedKey(requester: requester, key: idempotency.key)
        await keys.enter(turn)
        defer { keys.leave(turn) }
        if let before = try await attempt(of: idempotency, by: requester, in: device.workspaceID) { return before }
        return try await accept(draft, metadata)
    }

    /// What a caller asks for, before it is an attempt.
    private struct Draft {
        let requestedAt: MonotonicInstant
        let actionType: ActionType
        let parameters: ActionParameters
        let device: Device
        let requester: Requester
        let deadline: Duration
        let overlap: Overlap
        let idempotency: IdempotencyClaim?
    }

    private func accept(_ draft: Draft, _ metadata: Logger.Metadata) async throws(EngineError) -> ActionAttempt {
        let device = draft.device
        let runner = try await runner(for: device)
        let moment = surroundings.time.now()
        try admit(draft.actionType, on: device, at: moment.monotonic)
        let attempt = ActionAttempt(
            id: surroundings.ids.next(),
            workspaceID: device.workspaceID,
            deviceID: device.id,
            actionType: draft.actionType,
            parameters: draft.parameters,
            requestedBy: draft.requester,
            createdAt: moment.wall,
            deadlineAt: moment.wall + draft.deadline
        )
        let record = draft.idempotency.map { $0.record(by: draft.requester, attemptID: attempt.id, at: moment.wall) }
        let request = AttemptLane.Request(
            attempt,
            deadline: moment.monotonic + draft.deadline,
            overlap: draft.overlap,
            idempotency: record
        )
        let accepted = try await runner.request(request).get()
        if accepted.id == attempt.id {
            surroundings.instruments.ended((.accept, surroundings.time.now().monotonic - draft.requestedAt))
            surroundings.logger.info(
                "action attempt accepted",
                metadata: metadata.merging([
                    "action_attempt.id": "\(attempt.id)", "action_attempt.type": "\(draft.actionType.rawValue)",
                    "device.id": "\(device.id)", "workspace.id": "\(device.workspaceID)",
                ]) { $1 }
            )
        }
        return accepted
    }

    /// Counts a request against the device's limit.
    ///
    /// - Throws: ``EngineError`` with code `rateLimited` if there were too many.
    private func admit(
        _ actionType: ActionType,
        on device: Device,
        at now: MonotonicInstant
    ) throws(EngineError) {
        let limit = configuration.rateLimit
        guard limit.perMinute > 0, actionType.wantedState != nil,
            limit.includesSandbox || device.provider != .sandbox
        else { return }
        let pause = state.withLock { $0.limiter.admit(actionType, on: device.id, atMost: limit.perMinute, at: now) }
        guard let pause else { return }
        throw EngineError(
            .rateLimited,
            message: "The device was asked for this more than \(limit.perMinute) times in a minute.",
            retryAfter: pause
        )
    }

    /// The attempt that an earlier request with the same key got, as it is now; nil if there was none in the lifetime
    /// of keys.
    private func attempt(
        of claim: IdempotencyClaim,
        by requester: Requester,
        in workspaceID: Identifier<Workspace>
    ) async throws(EngineError) -> ActionAttempt? {
        guard let record = try await record(of: claim, by: requester) else { return nil }
        return try await reading { () throws(StoreError) in
            try await surroundings.store.actionAttempt(record.attemptID, in: workspaceID)
        }
    }

    /// What an earlier request with the same key left; nil if there was none in the lifetime of keys.
    private func record(
        of claim: IdempotencyClaim,
        by requester: Requester
    ) async throws(EngineError) -> IdempotencyRecord? {
        let record = try await reading { () throws(StoreError) in
            try await surroundings.store.idempotencyRecord(of: requester, key: claim.key)
        }
        let now = surroundings.time.now().wall
        guard let record, now - record.createdAt < IdempotencyRecord.lifetime else { return nil }
        guard record.requestHash == claim.requestHash else {
            throw EngineError(.keyReused, message: "The idempotency key was used for a different request.")
        }
        return record
    }

    /// Does something other than accepting an attempt, once for each idempotency key of a requester (G9).
    ///
    /// The key is written after the deed: if the server dies in between, a retry does it again, which for the requests
    /// that come here changes nothing more or is refused.
    ///
    /// - Parameters:
    ///   - claim: The caller's key; nil: the deed is simply done.
    ///   - requester: Who asks.
    ///   - workspaceID: Where the attempt is, if the deed is about one.
    ///   - perform: The deed; returns the attempt it is about, or nil.
    /// - Returns: What `perform` returned; for a key used before, the attempt of that time as it is now.
    /// - Throws: ``EngineError`` with code `keyReused` or `storeUnavailable`; what `perform` throws, which leaves the key
    ///   free.
    package func once(
        _ claim: IdempotencyClaim?,
        by requester: Requester,
        in workspaceID: Identifier<Workspace>,
        _ perform: () async throws -> ActionAttempt?
    ) async throws -> ActionAttempt? {
        guard let claim else { return try await perform() }
        let turn = OwnedKey(requester: requester, key: claim.key)
        await keys.enter(turn)
        defer { keys.leave(turn) }
        if let before = try await record(of: claim, by: requester) {
            return try await surroundings.store.actionAttempt(before.attemptID, in: workspaceID)
        }
        let attempt = try await perform()
        let record = claim.record(
            by: requester,
            attemptID: attempt?.id ?? IdempotencyRecord.noAttempt,
            at: surroundings.time.now().wall
        )
        do {
            try await surroundings.store.remember(record)
        } catch {
            // It is done; to say that it is not would be worse than to forget the key.
            surroundings.outages.failed(error)
        }
        return attempt
    }

    /// Takes back an attempt that has not been sent.
    ///
    /// - Returns: The attempt, ended as `cancelled`, once that is durable.
    /// - Throws: ``EngineError`` with code `alreadySent` if the command has left or may have, `notPending` if the attempt
    ///   has its outcome, or `shuttingDown`.
    package func cancel(_ attempt: ActionAttempt) async throws(EngineError) -> ActionAttempt {
        await recovered.pass()
        guard let runner = runner(of: attempt) else { throw .notPending }
        let result = await within(configuration.longestWriteWait) { await runner.cancel(attempt.id) }
        return try (result ?? .failure(.notYetDurable)).get()
    }

    /// Waits until an attempt has its outcome.
    ///
    /// - Parameters:
    ///   - attempt: The attempt.
    ///   - time: How long to wait at most.
    /// - Returns: The attempt as it is when it is resolved, the time is over or the task is cancelled.
    /// - Throws: ``EngineError`` with code `storeUnavailable` if it cannot be read.
    package func resolution(
        of attempt: ActionAttempt,
        within time: Duration
    ) async throws(EngineError) -> ActionAttempt {
        if attempt.status != .pending { return attempt }
        await recovered.pass()
        if let runner = runner(of: attempt), !state.withLock(\.isDraining) {
            let resolved = await within(time) { await runner.outcome(of: attempt.id) } ?? nil
            if let resolved { return resolved }
        }
        return try await reading { () throws(StoreError) in
            try await surroundings.store.actionAttempt(attempt.id, in: attempt.workspaceID)
        } ?? attempt
    }

    /// Adds to a pending attempt what happened to it since the last write; returns any other as it is.
    package func latest(_ attempt: ActionAttempt) async -> ActionAttempt {
        guard attempt.status == .pending, let runner = runner(of: attempt) else { return attempt }
        return await runner.unresolvedAttempt(attempt.id) ?? attempt
    }

    /// Ends a pending attempt as a tester says, in a sandbox workspace.
    ///
    /// - Returns: The resolved attempt, once that is durable.
    /// - Throws: ``EngineError`` with code `notPending` if it has its outcome already, or `shuttingDown`.
    package func simulateOutcome(
        _ outcome: Outcome,
        of attempt: ActionAttempt
    ) async throws(EngineError) -> ActionAttempt {
        await recovered.pass()
        guard let runner = runner(of: attempt) else { throw .notPending }
        let result = await within(configuration.longestWriteWait) { await runner.simulate(outcome, of: attempt.id) }
        return try (result ?? .failure(.notYetDurable)).get()
    }

    /// Does something, unless the time is over or the task is cancelled first; then nil.
    private func within<Value: Sendable>(
        _ time: Duration,
        _ operation: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let clock = surroundings.time
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { await operation() }
            group.addTask {
                _ = try? await clock.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    // MARK: Devices

    /// Returns a device of a workspace; nil if the workspace has none with this id, or it is deleted.
    ///
    /// - Throws: ``EngineError`` with code `storeUnavailable` if it cannot be read.
    package func device(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>
    ) async throws(EngineError) -> Device? {
        if let runner = state.withLock({ $0.runners[id] }) {
            let device = await runner.device
            return device.workspaceID == workspaceID && device.deletedAt == nil ? device : nil
        }
        return try await reading { () throws(StoreError) in try await surroundings.store.device(id, in: workspaceID) }
    }

    private func reading<Value: Sendable>(
        _ read: () async throws(StoreError) -> Value
    ) async throws(EngineError) -> Value {
        do {
            return try await read()
        } catch {
            surroundings.outages.failed(error)
            throw EngineError(.storeUnavailable, message: "The store cannot be read.", retryAfter: .seconds(2))
        }
    }

    /// Changes a device's record with the events that tell of it; returns once that is durable.
    ///
    /// - Parameters:
    ///   - id: The device.
    ///   - workspaceID: Its workspace.
    ///   - change: As for `Store.updateDevice`, which says what can be changed.
    /// - Returns: The device after the change, or why there was none; nil if the workspace has no such device.
    /// - Throws: ``EngineError`` with code `storeUnavailable` if it could not be made durable.
    package func updateDevice<Refusal: Error>(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Device) throws(Refusal) -> [Event]
    ) async throws(EngineError) -> Result<Device, Refusal>? {
        await recovered.pass()
        await records.enter(id)
        defer { records.leave(id) }
        guard try await device(id, in: workspaceID) != nil else { return nil }
        let result = try await writing { () throws(StoreError) in
            try await surroundings.store.updateDevice(id, in: workspaceID, change)
        }
        if case .success(let device) = result { await state.withLock({ $0.runners[id] })?.relabel(as: device) }
        return result
    }

    /// Deletes a device: what was asked of it and not sent is cancelled, and nobody sees it any more.
    ///
    /// - Returns: Once that is durable.
    /// - Throws: ``EngineError`` with code `storeUnavailable` if it could not be made durable in time; it may still be.
    ///   `shuttingDown` if the server is stopping.
    package func delete(_ device: Device) async throws(EngineError) {
        await recovered.pass()
        try await changeRecord(of: device) { await $0.delete() }
    }

    /// Has a lane change the record of its device, which tells whether that is durable.
    private func changeRecord(
        of device: Device,
        _ change: @escaping @Sendable (LaneRunner) async -> Bool
    ) async throws(EngineError) {
        let runner = try await runner(for: device)
        await records.enter(device.id)
        defer { records.leave(device.id) }
        let isDone = await within(configuration.longestWriteWait) { await change(runner) }
        guard isDone == true else { throw .notYetDurable }
    }

    /// Puts a sandbox workspace back to its beginning, as an attempt that is over when it returns.
    ///
    /// What its devices were asked for and have not done, they will not do; the history of attempts and events stays.
    ///
    /// - Parameters:
    ///   - workspaceID: The workspace.
    ///   - accounts: Its accounts at the beginning.
    ///   - devices: Its devices at the beginning; its others are deleted.
    ///   - requester: Who asks.
    ///   - idempotency: The caller's idempotency key; nil if it has none.
    ///   - forget: Makes the driver forget a device: before it is made anew, so that it says nothing of old, and after
    ///     that, so that it is not as a request that came in between knew it.
    /// - Returns: The attempt, which is a success.
    /// - Throws: ``EngineError`` with code `keyReused`, `storeUnavailable` or `shuttingDown`; the workspace may then be
    ///   between its old and its new state, and a new try goes on.
    package func resetSandbox(
        _ workspaceID: Identifier<Workspace>,
        to accounts: [ConnectedAccount],
        _ devices: [Device],
        by requester: Requester,
        idempotency: IdempotencyClaim?,
        forget: @Sendable (Identifier<Device>) async -> Void
    ) async throws(EngineError) -> ActionAttempt {
        await recovered.pass()
        await resets.enter(workspaceID)
        defer { resets.leave(workspaceID) }
        if let idempotency, let before = try await attempt(of: idempotency, by: requester, in: workspaceID) {
            return before
        }
        let started = surroundings.time.now().wall
        let fresh = Dictionary(uniqueKeysWithValues: devices.map { ($0.id, $0) })
        // Whoever put real locks into a sandbox workspace keeps them.
        for device in try await allDevices(in: workspaceID) where device.provider == .sandbox {
            await forget(device.id)
            if let fresh = fresh[device.id] {
                try await changeRecord(of: device) { await $0.reset(to: fresh) }
            } else if device.deletedAt == nil {
                try await delete(device)
            }
            await forget(device.id)
        }
        let ended = surroundings.time.now().wall
        let attempt = ActionAttempt(
            id: surroundings.ids.next(),
            workspaceID: workspaceID,
            deviceID: nil,
            actionType: .resetSandboxWorkspace,
            requestedBy: requester,
            createdAt: started,
            deadlineAt: started + configuration.defaultDeadline,
            resolvedAt: ended,
            outcome: .success(wasConfirmedByDevice: nil),
            timeline: [TimelineEntry(.accepted, at: started), TimelineEntry(.resolved, at: ended)]
        )
        let record = idempotency.map { $0.record(by: requester, attemptID: attempt.id, at: ended) }
        try await writing { () throws(StoreError) in
            try await surroundings.store.reset(workspaceID, to: accounts, attempt: attempt, idempotency: record)
        }
        surroundings.instruments.resolved(attempt)
        return attempt
    }

    private func allDevices(in workspaceID: Identifier<Workspace>) async throws(EngineError) -> [Device] {
        try await reading { () throws(StoreError) in
            try await surroundings.store.everyDevice(DeviceQuery(workspaceID: workspaceID, includesDeleted: true))
        }
    }

    // MARK: Lanes

    private func runner(of attempt: ActionAttempt) -> LaneRunner? {
        guard let deviceID = attempt.deviceID else { return nil }
        return state.withLock { $0.runners[deviceID] }
    }

    private func runner(for device: Device) async throws(EngineError) -> LaneRunner {
        if let runner = state.withLock({ $0.isDraining ? nil : $0.runners[device.id] }) { return runner }
        await records.enter(device.id)
        defer { records.leave(device.id) }
        let recent = try await reading { () throws(StoreError) in try await recentAttempts(of: device) }
        // As it is now: its record may have changed since the caller read it, and no lane was there to learn it.
        let device = try await storedDevice(device.id) ?? device
        let runner = state.withLock { state -> LaneRunner? in
            if state.isDraining { return nil }
            // Somebody else may have been faster.
            if let runner = state.runners[device.id] { return runner }
            let runner = makeRunner(device, recovering: [], recent: recent)
            state.runners[device.id] = runner
            return runner
        }
        guard let runner else { throw .shuttingDown }
        return runner
    }

    /// The latest attempts of a device in acceptance order, some of which a late report may contradict.
    private func recentAttempts(of device: Device) async throws(StoreError) -> [ActionAttempt] {
        let query = ActionAttemptQuery(
            workspaceID: device.workspaceID,
            deviceID: device.id,
            limit: AttemptLane.maximumRecent
        )
        return try await surroundings.store.actionAttempts(query).elements.reversed()
    }

    private func makeRunner(
        _ device: Device,
        recovering unresolved: [ActionAttempt],
        recent: [ActionAttempt]
    ) -> LaneRunner {
        let lane = AttemptLane(
            device: device,
            recovering: unresolved,
            recent: recent,
            limits: configuration.lane,
            at: surroundings.time.now()
        )
        return LaneRunner(
            lane: lane,
            takingUp: unresolved.map(\.id),
            driver: drivers[lane.device.provider],
            surroundings: surroundings
        )
    }
}

extension Engine: ReportSink {
    /// Takes what a device says; returns once it is durable.
    ///
    /// - Throws: ``EngineError`` with code `unknownDevice` for a device that is not stored, `storeUnavailable` if it
    ///   cannot be looked up, or `shuttingDown`; `CancellationError` if the task is cancelled while it waits, and then
    ///   the report may still become durable.
    package func deliver(_ report: DeviceReport) async throws {
        await recovered.pass()
        guard let runner = state.withLock({ $0.runners[report.deviceID] }) else {
            guard let device = try await storedDevice(report.deviceID) else {
                throw EngineError(.unknownDevice, message: "There is no such device.")
            }
            return try await deliver(report, to: runner(for: device))
        }
        try await deliver(report, to: runner)
    }

    private func deliver(_ report: DeviceReport, to runner: LaneRunner) async throws {
        guard await runner.deliver(report) else {
            try Task.checkCancellation()
            throw EngineError.shuttingDown
        }
    }

    private func storedDevice(_ id: Identifier<Device>) async throws(EngineError) -> Device? {
        try await reading { () throws(StoreError) in try await surroundings.store.device(id, in: nil) }
    }

    /// Takes what a device is; returns once it is durable.
    ///
    /// A new device is managed if its connected account says so. One that its owner deleted stays deleted, and an account
    /// that is removed gets no new ones.
    ///
    /// - Throws: ``EngineError`` with code `storeUnavailable` or `shuttingDown` if it could not be made durable.
    package func discovered(_ device: Device) async throws {
        await recovered.pass()
        let runner = state.withLock { $0.runners[device.id] }
        let known: Device? = if let runner { await runner.device } else { try await storedDevice(device.id) }
        guard let known else {
            let account = try await reading { () throws(StoreError) in
                try await surroundings.store.connectedAccount(device.connectedAccountID)
            }
            // Its driver may not have noticed yet that the owner deleted the account and everything in it.
            guard account?.removedAt == nil else { return }
            var device = device
            device.isManaged = account?.automaticallyManagesNewDevices ?? true
            let event = addition(of: device)
            return try await writing { [device] () throws(StoreError) in
                try await surroundings.store.add(device, event: event)
            }
        }
        guard known.deletedAt == nil else { return }
        if known.description != device.description || known.driverSettings != device.driverSettings {
            await records.enter(known.id)
            defer { records.leave(known.id) }
            let (description, settings) = (device.description, device.driverSettings)
            try await writing { () throws(StoreError) in
                try await surroundings.store.describe(known.id, as: description, driverSettings: settings)
            }
            await state.withLock({ $0.runners[known.id] })?.describe(as: description, driverSettings: settings)
        }
        if known.state.offlineCause == .removed {
            try await deliver(DeviceReport(deviceID: known.id, content: .added))
        }
    }

    private func addition(of device: Device) -> Event {
        let now = surroundings.time.now().wall
        return Event(
            id: surroundings.ids.next(),
            type: .deviceAdded,
            workspaceID: device.workspaceID,
            createdAt: now,
            occurredAt: now,
            connectedAccountID: device.connectedAccountID,
            deviceID: device.id
        )
    }

    private func writing<Value: Sendable>(
        _ write: () async throws(StoreError) -> Value
    ) async throws(EngineError) -> Value {
        do {
            return try await write()
        } catch {
            surroundings.outages.failed(error)
            throw EngineError(.storeUnavailable, message: "The store cannot be written.", retryAfter: .seconds(2))
        }
    }
}

extension Engine: Service {
    /// Takes up what the store holds and works until the server stops.
    ///
    /// On graceful shutdown nothing new is accepted or sent, and attempts in flight have
    /// ``EngineConfiguration/drainTimeout`` to end. On cancellation it returns at once; either way what is not resolved
    /// is taken up again by the next start.
    package func run() async throws {
        let jobs = surroundings.jobs
        jobs.add { await self.recover() }
        jobs.add { await self.forgetOldKeys() }
        await withGracefulShutdownHandler {
            await jobs.run()
        } onGracefulShutdown: {
            self.beginDraining()
            jobs.add {
                await self.drained.pass()
                jobs.finish()
            }
        }
        let runners = closedRunners()
        recovered.open()
        for runner in runners { await runner.close() }
    }

    /// Stops accepting and sending, and gives what is in flight its time to end.
    ///
    /// To be called as soon as the server is told to stop: requests that wait for an outcome hold up the HTTP side, which
    /// stops before the engine.
    package func beginDraining() {
        let isFirst = state.withLock { state in
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if isFirst { surroundings.jobs.add { await self.drain() } }
    }

    private func recover() async {
        var remains: [(lane: UnresolvedLane, recent: [ActionAttempt])] = []
        var delay = configuration.lane.firstWriteRetryDelay
        while true {
            do {
                for lane in try await surroundings.store.unresolvedAttempts() {
                    remains.append((lane, try await recentAttempts(of: lane.device)))
                }
                break
            } catch {
                remains = []
                surroundings.outages.failed(error)
                guard (try? await surroundings.time.sleep(for: delay)) != nil else { return }
                delay = min(delay * 2, configuration.lane.longestWriteRetryDelay)
            }
        }
        var taken: [LaneRunner] = []
        for (lane, recent) in remains {
            let runner = makeRunner(lane.device, recovering: lane.attempts, recent: recent)
            state.withLock { $0.runners[lane.device.id] = runner }
            taken.append(runner)
        }
        recovered.open()
        for runner in taken { await runner.takeUp() }
        surroundings.logger.info(
            "unresolved attempts taken up",
            metadata: [
                "attempts": "\(remains.reduce(0) { $0 + $1.lane.attempts.count })", "devices": "\(remains.count)",
            ]
        )
    }

    /// Forgets idempotency keys whose lifetime is over, now and then; nothing depends on when.
    private func forgetOldKeys() async {
        repeat {
            let end = surroundings.time.now().wall + (.zero - IdempotencyRecord.lifetime)
            do {
                try await surroundings.store.forgetIdempotencyRecords(before: end)
            } catch {
                surroundings.outages.failed(error)
            }
        } while (try? await surroundings.time.sleep(for: Self.keyPruningInterval)) != nil
    }

    /// An hour: a key may live that much longer than it must.
    private static var keyPruningInterval: Duration { .seconds(3600) }

    private func drain() async {
        let runners = closedRunners()
        for runner in runners { await runner.stopSending() }
        let timeout = configuration.drainTimeout
        let time = surroundings.time
        let inTime = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for runner in runners { await runner.becomeQuiet() }
                return true
            }
            group.addTask { (try? await time.sleep(for: timeout)) == nil }
            let inTime = await group.next() ?? true
            group.cancelAll()
            // Lets go of the runner that still waits, so that the group can end.
            for runner in runners { await runner.close() }
            return inTime
        }
        if !inTime {
            surroundings.logger.warning("attempts are still in flight; the next start will settle them")
        }
        drained.open()
    }

    /// The runners there are, after which there will be no new ones.
    private func closedRunners() -> [LaneRunner] {
        state.withLock { state in
            state.isDraining = true
            return Array(state.runners.values)
        }
    }
}
