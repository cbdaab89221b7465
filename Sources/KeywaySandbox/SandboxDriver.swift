package import KeywayDriver
package import KeywayModel
import Synchronization

/// The driver of virtual locks: the shell around ``VirtualLock``.
///
/// A lock comes into being the first time its device is spoken of, as the store last knew it, and lives until it is
/// forgotten or the driver ends. What a lock decides is decided at once, under one mutex; only its reports and its
/// timers need tasks, and those are children of ``run(reportingTo:)``. So whatever is asked before that is called is
/// done and answered as usual, and its reports and timers start with it.
package final class SandboxDriver: DeviceDriver, DeviceSimulator {
    /// Always ``Provider/sandbox``.
    package let provider = Provider.sandbox

    private let time: any TimeSource
    private let fastLocks: Int
    private let saveSettings: @Sendable (JSONValue, Identifier<Device>) async throws -> Void
    private let noteBadSettings: @Sendable (SandboxError, Identifier<Device>) -> Void
    private let state: Mutex<State>
    /// One change of a lasting behaviour at a time, so that what is stored last is also what holds.
    private let behaviorChanges = Turnstile()
    /// At most one delivery and a few timers for each lock, so it needs no bound of its own.
    ///
    /// The timers of a forgotten lock end at their time, and nothing comes of them.
    private let jobs: AsyncStream<SandboxJob>
    private let newJobs: AsyncStream<SandboxJob>.Continuation

    private struct State: Sendable {
        var random: any RandomNumberGenerator & Sendable
        var locks: [Identifier<Device>: HostedLock] = [:]
        var madeLocks: UInt64 = 0
        var phase = Phase.new

        mutating func draw(from range: ClosedRange<Int>) -> Duration {
            .milliseconds(range.lowerBound + Int(random.next(upperBound: UInt64(range.count))))
        }

        mutating func host(_ lock: VirtualLock) {
            locks[lock.deviceID] = HostedLock(lock, number: madeLocks)
            madeLocks += 1
        }

        /// The lock that a task works for; nil once it is forgotten, whatever has been made in its place.
        subscript(identity: HostedLock.Identity) -> HostedLock? {
            get {
                guard let lock = locks[identity.deviceID], lock.identity == identity else { return nil }
                return lock
            }
            set {
                guard locks[identity.deviceID]?.identity == identity else { return }
                locks[identity.deviceID] = newValue
            }
        }
    }

    private enum Phase {
        case new
        case running
        case stopped
    }

    /// The pauses after a report that the sink did not take: the first, and the longest that doubling leads to.
    private static var deliveryRetryDelays: ClosedRange<Duration> { .milliseconds(100)...(.seconds(5)) }

    /// The most commands that a temporary behaviour can be for.
    package static var maximumTimes: Int { 1000 }

    /// Makes a driver without locks.
    ///
    /// - Parameters:
    ///   - time: What latencies and deadlines are counted on.
    ///   - random: What latencies are drawn from; seed it to have the same ones again.
    ///   - fastLocks: How many locks without latency a workspace has at its beginning beside the standard ones. Range:
    ///     0 to ``SandboxSeed/maximumFastLocks``.
    ///   - saveSettings: Makes a device's driver settings durable, or throws.
    ///   - noteBadSettings: Told once for each lock whose stored settings make no sense, and which therefore behaves as
    ///     ``LockBehavior/usual``.
    package init(
        time: any TimeSource,
        random: any RandomNumberGenerator & Sendable,
        fastLocks: Int = 0,
        saveSettings: @escaping @Sendable (JSONValue, Identifier<Device>) async throws -> Void,
        noteBadSettings: @escaping @Sendable (SandboxError, Identifier<Device>) -> Void = { _, _ in }
    ) {
        self.time = time
        self.fastLocks = fastLocks
        self.saveSettings = saveSettings
        self.noteBadSettings = noteBadSettings
        state = Mutex(State(random: random))
        (jobs, newJobs) = AsyncStream.makeStream()
    }

    // MARK: The device driver

    /// Passes on what the locks say and runs their timers, until the task is cancelled; once in a driver's life.
    ///
    /// When it returns, every timer has ended, and whoever waited for a command has been told `.unanswered`.
    package func run(reportingTo sink: any ReportSink) async {
        state.withLock { state in
            precondition(state.phase == .new, "a sandbox driver runs once")
            state.phase = .running
        }
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask { await self.perform(job, reportingTo: sink) }
            }
            // Before the children have ended, so that nobody waits for a sink that takes its time.
            stop()
        }
    }

    /// Gives the lock the command, as soon as it is called.
    ///
    /// - Returns: What the lock answers; `.unanswered` too if the task is cancelled or the driver stops meanwhile, and
    ///   `.refused` with `provider_unavailable` if the driver has stopped or the lock's reports are not taken.
    package func perform(_ command: Command, on device: Device) async -> CommandAnswer {
        let reply = Reply<CommandAnswer>()
        let isDone = withLock(of: device) { state, now in
            let latency = state.draw(from: state.locks[device.id]?.lock.nextBehavior.latencyMilliseconds ?? 0...0)
            state.locks[device.id]?.perform(command, latency: latency, at: now, reply: reply)
        }
        guard isDone else { return .refused(.providerUnavailable, "The sandbox has stopped.") }
        return await reply.value(ifCancelled: .unanswered("Keyway stopped waiting."))
    }

    /// Asks the lock where its bolt is; it answers at once or not at all.
    package func readBolt(of device: Device) async -> BoltState? {
        var bolt: BoltState?
        _ = withLock(of: device) { state, now in bolt = state.locks[device.id]?.read(at: now) }
        return bolt
    }

    // MARK: The device simulator

    /// Lets something happen to a lock and waits until its reports of that, and of what it could not say before, are
    /// durable.
    ///
    /// - Throws: What the sink throws; it has happened all the same, and the reports are brought again.
    ///   ``SandboxError`` with code `overloaded` or `stopped` if nothing has happened. `CancellationError` if the lock
    ///   is forgotten meanwhile.
    package func simulate(_ happening: SimulatedHappening, to device: Device) async throws {
        let receipt = Reply<Result<Void, any Error>>()
        var isOverloaded = false
        let isDone = withLock(of: device) { state, now in
            isOverloaded = state.locks[device.id]?.isOverloaded ?? false
            if !isOverloaded { state.locks[device.id]?.report(.happened(happening), at: now, receipt: receipt) }
        }
        guard isDone else { throw SandboxError.stopped }
        guard !isOverloaded else {
            throw SandboxError(.overloaded, message: "Reports of this lock are waiting to be stored.")
        }
        try await receipt.value(ifCancelled: .failure(CancellationError())).get()
    }

    /// Changes how a lock answers commands, for good or for `times` commands.
    ///
    /// A change for good also ends a temporary one. A temporary one takes the place of another, and the lasting
    /// behaviour follows it. A command under way keeps the behaviour it was taken with.
    ///
    /// - Throws: ``SandboxError`` with code `badBehavior` for a duration out of its range, or `times` that is not
    ///   between 1 and ``maximumTimes``; with code `stopped` for a temporary behaviour once the driver has stopped;
    ///   what `saveSettings` throws.
    package func setBehavior(_ behavior: LockBehavior, times: Int?, of device: Device) async throws {
        try behavior.validate()
        if let times {
            guard (1...Self.maximumTimes).contains(times) else {
                throw SandboxError(
                    .badBehavior,
                    message: "A behaviour can be for 1 to \(Self.maximumTimes) commands, or until it is changed."
                )
            }
            guard apply(behavior, times: times, to: device) else { throw SandboxError.stopped }
        } else {
            try await behaviorChanges.pass {
                try await saveSettings(behavior.driverSettings, device.id)
                // If the driver has stopped meanwhile, the next one reads what was just stored.
                _ = apply(behavior, times: nil, to: device)
            }
        }
    }

    /// Puts the bolt somewhere without a report; what the lock was doing, auto-relock included, has no effect any more.
    package func settle(_ device: Device, at bolt: BoltState) async {
        _ = withLock(of: device) { state, now in state.locks[device.id]?.handle(.settled(bolt), at: now) }
    }

    /// Forgets a lock: whoever waits for its answer is told that it was reset, and whoever waits for its reports is
    /// cancelled.
    ///
    /// A report that the sink is just taking cannot be called back; no other comes after this.
    package func forget(_ id: Identifier<Device>) async {
        state.withLock { state in
            var lock = state.locks.removeValue(forKey: id)
            lock?.end(because: "The lock was reset.")
        }
    }

    /// What a sandbox workspace has at the beginning: ``SandboxSeed``.
    package func beginning(of workspace: Workspace) -> (accounts: [ConnectedAccount], devices: [Device]) {
        let account = SandboxSeed.account(of: workspace)
        return ([account], SandboxSeed.devices(of: workspace, account: account, fastLocks: fastLocks))
    }

    /// An account such as a user connects: ``SandboxSeed/connectedAccount(_:in:at:)``.
    package func newAccount(
        _ id: Identifier<ConnectedAccount>,
        in workspace: Workspace,
        at time: Timestamp
    ) -> (account: ConnectedAccount, devices: [Device]) {
        SandboxSeed.connectedAccount(id, in: workspace, at: time)
    }

    // MARK: Locks

    private func apply(_ behavior: LockBehavior, times: Int?, to device: Device) -> Bool {
        withLock(of: device) { state, now in
            state.locks[device.id]?.handle(.behaviorSet(behavior, times: times), at: now)
        }
    }

    /// Does something with a device's lock, which is made if there is none yet, and starts the work that comes of it.
    ///
    /// - Returns: False, and nothing is done, if the driver has stopped.
    private func withLock(of device: Device, _ body: (inout State, MonotonicInstant) -> Void) -> Bool {
        var badSettings: SandboxError?
        let isDone = state.withLock { state in
            guard state.phase != .stopped else { return false }
            if state.locks[device.id] == nil {
                let lock: VirtualLock
                (lock, badSettings) = VirtualLock.restored(of: device)
                state.host(lock)
            }
            body(&state, time.now().monotonic)
            start(state.locks[device.id]?.takeJobs() ?? [])
            return true
        }
        if let badSettings { noteBadSettings(badSettings, device.id) }
        return isDone
    }

    private func start(_ jobs: [SandboxJob]) {
        for job in jobs { newJobs.yield(job) }
    }

    private func stop() {
        state.withLock { state in
            state.phase = .stopped
            for id in Array(state.locks.keys) { state.locks[id]?.end(because: "Keyway stopped.") }
        }
        newJobs.finish()
    }

    // MARK: Tasks

    private func perform(_ job: SandboxJob, reportingTo sink: any ReportSink) async {
        switch job {
        case .deliver(let lock): await deliverReports(of: lock, to: sink)
        case .wake(let lock, let instant):
            guard (try? await time.sleep(until: instant)) != nil else { return }
            state.withLock { state in
                guard state.phase == .running else { return }
                state[lock]?.wake(setFor: instant, at: time.now().monotonic)
                start(state[lock]?.takeJobs() ?? [])
            }
        }
    }

    /// Brings one lock's reports to the sink, one after the other; a report that is not taken is brought again.
    private func deliverReports(of lock: HostedLock.Identity, to sink: any ReportSink) async {
        var delay = Self.deliveryRetryDelays.lowerBound
        while let report = state.withLock({ $0[lock]?.nextReport() }) {
            do {
                try await sink.deliver(report)
                state.withLock { $0[lock]?.delivered() }
                delay = Self.deliveryRetryDelays.lowerBound
            } catch {
                state.withLock { $0[lock]?.deliveryFailed(error) }
                guard (try? await time.sleep(for: delay)) != nil else { return }
                delay = min(delay * 2, Self.deliveryRetryDelays.upperBound)
            }
        }
    }
}

extension VirtualLock {
    /// The lock of a device as the store has it, and what is wrong with its settings, if anything.
    fileprivate static func restored(of device: Device) -> (VirtualLock, SandboxError?) {
        var behavior = LockBehavior.usual
        var badSettings: SandboxError?
        do throws(SandboxError) {
            behavior = try LockBehavior(driverSettings: device.driverSettings)
        } catch {
            badSettings = error
        }
        return (VirtualLock(deviceID: device.id, state: device.state, behavior: behavior), badSettings)
    }
}

extension SandboxError {
    fileprivate static var stopped: SandboxError {
        SandboxError(.stopped, message: "The sandbox has stopped.")
    }
}
