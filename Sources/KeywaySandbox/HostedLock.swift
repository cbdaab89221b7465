import KeywayDriver
import KeywayModel

/// A virtual lock together with those who wait for it and what it has said and nobody has taken yet.
///
/// A value behind the driver's mutex. What needs a task of its own it leaves in ``takeJobs()``.
struct HostedLock {
    /// What its tasks know it by.
    let identity: Identity
    /// The lock.
    private(set) var lock: VirtualLock

    /// Who waits for the answer to a command.
    private var answers: [Identifier<ActionAttempt>: Reply<CommandAnswer>] = [:]
    /// What the lock said and the sink has not taken, in order.
    private var outbox: [Letter] = []
    /// Whether a task brings the outbox to the sink.
    private var isDelivering = false
    /// When tasks will wake the lock.
    private var wakes: [MonotonicInstant] = []
    /// Work for the driver's tasks.
    private var jobs: [SandboxJob] = []

    /// Which lock of a device it is: one that was forgotten is another than the one made after it.
    struct Identity: Hashable, Sendable {
        /// The device that the lock plays.
        let deviceID: Identifier<Device>
        /// How many locks the driver had made before.
        let number: UInt64
    }

    /// A report on its way to the sink.
    private struct Letter {
        let report: DeviceReport
        /// Who waits until it is durable.
        var receipts: [Reply<Result<Void, any Error>>] = []
    }

    /// The most reports that may wait for the sink when a command or a tester comes; each adds three at most.
    static var maximumOutboxCount: Int { 64 }

    /// Hosts a lock, the only one with this number.
    init(_ lock: VirtualLock, number: UInt64) {
        self.lock = lock
        identity = Identity(deviceID: lock.deviceID, number: number)
    }

    /// Whether so many reports wait for the sink that the lock can take nothing that makes more.
    var isOverloaded: Bool { outbox.count >= Self.maximumOutboxCount }

    // MARK: Inputs

    /// Gives the lock a command; the answer goes to `reply`.
    mutating func perform(
        _ command: Command,
        latency: Duration,
        at now: MonotonicInstant,
        reply: Reply<CommandAnswer>
    ) {
        if isOverloaded {
            reply.give(.refused(.providerUnavailable, "Reports of this lock are waiting to be stored."))
        } else if answers[command.attemptID] != nil {
            // A command is sent once; whoever sends it again learns nothing new.
            reply.give(.unanswered("The command is already under way."))
        } else {
            answers[command.attemptID] = reply
            handle(.command(command, latency: latency), at: now)
        }
    }

    /// Tells the lock something that it reports; `receipt` is given a value when everything that it has said so far is
    /// durable, or could not be made so.
    mutating func report(_ input: VirtualLock.Input, at now: MonotonicInstant, receipt: Reply<Result<Void, any Error>>)
    {
        handle(input, at: now)
        if outbox.isEmpty {
            receipt.give(.success(()))
        } else {
            outbox[outbox.count - 1].receipts.append(receipt)
        }
    }

    /// Asks the lock where its bolt is.
    mutating func read(at now: MonotonicInstant) -> BoltState? {
        handle(.read, at: now)
    }

    /// Tells the lock something that nobody waits for.
    @discardableResult
    mutating func handle(_ input: VirtualLock.Input, at now: MonotonicInstant) -> BoltState? {
        var read: BoltState?
        for action in lock.handle(input, at: now) {
            switch action {
            case .answer(let id, let answer): answers.removeValue(forKey: id)?.give(answer)
            case .report(let report): outbox.append(Letter(report: report))
            case .read(let bolt): read = bolt
            }
        }
        if !outbox.isEmpty, !isDelivering {
            isDelivering = true
            jobs.append(.deliver(identity))
        }
        if let wake = lock.nextWake, !wakes.contains(where: { $0 <= wake }) {
            wakes.append(wake)
            jobs.append(.wake(identity, at: wake))
        }
        return read
    }

    // MARK: What the tasks do

    /// Takes out the work that came up.
    mutating func takeJobs() -> [SandboxJob] {
        defer { jobs = [] }
        return jobs
    }

    /// A task asked for with ``SandboxJob/wake(_:at:)`` wakes the lock.
    mutating func wake(setFor instant: MonotonicInstant, at now: MonotonicInstant) {
        wakes.removeAll { $0 == instant }
        handle(.timePassed, at: now)
    }

    /// The next report for the sink; nil ends the task that delivers.
    mutating func nextReport() -> DeviceReport? {
        isDelivering = !outbox.isEmpty
        return outbox.first?.report
    }

    /// The sink has taken the next report.
    mutating func delivered() {
        for receipt in outbox.removeFirst().receipts { receipt.give(.success(())) }
    }

    /// The sink did not take the next report, which stays the next one: whoever waits for it or a later one is told.
    mutating func deliveryFailed(_ error: any Error) {
        for index in outbox.indices {
            for receipt in outbox[index].receipts { receipt.give(.failure(error)) }
            outbox[index].receipts = []
        }
    }

    /// The lock is no more, for this reason: nobody waits any longer.
    mutating func end(because reason: String) {
        for reply in answers.values { reply.give(.unanswered(reason)) }
        answers = [:]
        deliveryFailed(CancellationError())
    }
}

/// Work for a task of the driver.
enum SandboxJob: Hashable, Sendable {
    /// Bring the lock's reports to the sink until there are none.
    case deliver(HostedLock.Identity)
    /// Wake the lock at an instant.
    case wake(HostedLock.Identity, at: MonotonicInstant)
}
