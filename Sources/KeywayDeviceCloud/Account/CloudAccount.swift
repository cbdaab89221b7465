import Crypto
import KeywayDriver
import KeywayModel
import Synchronization

/// One connected account while the driver serves it: its settings, and what must be remembered of its locks.
final class CloudAccount: ServedAccount {
    /// The account.
    let account: ConnectedAccount
    /// How to reach its maker.
    let settings: DeviceCloudSettings
    /// Opens when the account is removed.
    let removal = Latch()
    /// Opens when the locks that are stored are known.
    let isReady = Latch()
    /// Places for commands on their way.
    let commandSlots: Slots
    /// Places for readings.
    let readingSlots: Slots

    private let state = Mutex(State())

    private struct State {
        var locks: [String: KnownLock] = [:]
        var callbackCount: [String: Int] = [:]
        var commands: [String: Latch] = [:]
        var attempts = BoundedMemory<String, Identifier<ActionAttempt>>(capacity: 4096)
        var messages = BoundedMemory<Message, Bool>(capacity: 4096)
        var troubles: Set<Trouble> = []
        var summons = Latch()
    }

    /// What the driver must know of a lock to understand its maker.
    struct KnownLock: Hashable, Sendable {
        /// The bridge that it hangs on; nil if it hangs on none.
        var bridgeID: String?
        /// Whether the maker has it no longer.
        var isRemoved = false
    }

    /// What can be wrong with an account, each logged once until it is right again.
    enum Trouble: Hashable, Sendable {
        case unreadable
        case refusedCallback
    }

    /// Begins to serve an account.
    init(_ account: ConnectedAccount, _ settings: DeviceCloudSettings, _ configuration: DeviceCloudConfiguration) {
        self.account = account
        self.settings = settings
        commandSlots = Slots(configuration.maximumConcurrentCommands)
        readingSlots = Slots(configuration.maximumConcurrentReadings)
    }

    // MARK: Locks

    /// The identity of one of the account's locks.
    func deviceID(of lockID: String) -> Identifier<Device> {
        .derived(from: lockID, in: account.id)
    }

    /// The maker's ids can be anything; these would not survive a path.
    static func isUsable(lockID: String) -> Bool {
        (1...256).contains(lockID.utf8.count) && lockID != "." && lockID != ".."
    }

    /// What is known of a lock; nil if the maker has never shown it.
    func lock(_ lockID: String) -> KnownLock? {
        state.withLock { $0.locks[lockID] }
    }

    /// Every known lock by the maker's id.
    var locks: [String: KnownLock] { state.withLock { $0.locks } }

    /// Remembers a lock.
    func remember(_ lockID: String, as lock: KnownLock) {
        state.withLock { $0.locks[lockID] = lock }
    }

    /// Remembers that the maker no longer has a lock.
    func forget(_ lockID: String) {
        state.withLock { $0.locks[lockID]?.isRemoved = true }
    }

    /// Asks for a reading of all locks that begins after this.
    func summon() {
        state.withLock { $0.summons }.open()
    }

    /// Begins to wait for somebody to ask for a reading of all locks.
    ///
    /// - Returns: What opens when somebody does.
    func awaitSummons() -> Latch {
        let summons = Latch()
        state.withLock { $0.summons = summons }
        return summons
    }

    // MARK: Callbacks

    /// How many callbacks about a lock have come; a reading during which one comes may be older than what it says.
    func callbackCount(of lockID: String) -> Int {
        state.withLock { $0.callbackCount[lockID, default: 0] }
    }

    /// Counts a callback about a lock.
    func noteCallback(about lockID: String) {
        state.withLock { state in
            // Anybody with the secret can name any lock.
            guard state.locks[lockID] != nil else { return }
            state.callbackCount[lockID, default: 0] += 1
        }
    }

    /// What makes a callback the same one again.
    ///
    /// Not the id alone: should a maker use one twice, what the second says must not be lost.
    struct Message: Hashable, Sendable {
        private let id: String
        private let digest: SHA256Digest

        init(id: String, body: [UInt8]) {
            self.id = id
            digest = SHA256.hash(data: body)
        }
    }

    /// Whether everything that a message says is durable already.
    func hasTaken(_ message: Message) -> Bool {
        state.withLock { $0.messages[message] ?? false }
    }

    /// Remembers that everything that a message says is durable.
    func noteTaken(_ message: Message) {
        state.withLock { $0.messages[message] = true }
    }

    // MARK: Commands

    /// Notes that a command is on its way to a lock.
    func beginCommand(to lockID: String) -> Latch {
        let latch = Latch()
        state.withLock { $0.commands[lockID] = latch }
        return latch
    }

    /// Notes that a command has its answer, and the maker's id of the action, if there is one.
    func endCommand(_ latch: Latch, to lockID: String, actionID: String?, of attemptID: Identifier<ActionAttempt>) {
        state.withLock { state in
            if let actionID { state.attempts[actionID] = attemptID }
            if state.commands[lockID] === latch { state.commands[lockID] = nil }
        }
        latch.open()
    }

    /// The command that is on its way to a lock; nil if there is none.
    func command(to lockID: String) -> Latch? {
        state.withLock { $0.commands[lockID] }
    }

    /// The attempt that an action of the maker is; nil if it is none of ours, or the server was restarted since.
    func attempt(of actionID: String) -> Identifier<ActionAttempt>? {
        state.withLock { $0.attempts[actionID] }
    }

    // MARK: Troubles

    /// Notes a trouble; true if it is new.
    func note(_ trouble: Trouble) -> Bool {
        state.withLock { $0.troubles.insert(trouble).inserted }
    }

    /// Notes that a trouble is over; true if it was there.
    func end(_ trouble: Trouble) -> Bool {
        state.withLock { $0.troubles.remove(trouble) != nil }
    }
}
