import KeywayModel

/// One thing that is going to happen in the simulated world, and with it one step of the simulation.
enum Happening: Sendable {
    // MARK: In the server's process; these are void when it has died

    /// The store makes the commit under way of a device's lane durable, or not.
    case commitTakesEffect(device: Int)
    /// The store says how that went.
    case commitAnswered(device: Int, StoreAnswer)
    /// A timer of a lane's shell.
    case timer(device: Int, MonotonicInstant)
    /// The shell gives a command to the driver.
    case handOver(device: Int, Command)
    /// The driver's connection is ready for the command.
    case leaves(device: Int, Command)
    /// The driver says what became of a command.
    case answered(device: Int, Identifier<ActionAttempt>, CommandAnswer)
    /// The device looks where its bolt is.
    case readingMade(device: Int, Identifier<ActionAttempt>)
    /// The driver passes that on.
    case readingAnswered(device: Int, Identifier<ActionAttempt>, BoltState?, madeAt: WorldTime)
    /// A request with an idempotency key has its turn, and the store is asked about the key.
    case keyLookup(call: Int)
    /// Old idempotency keys are forgotten.
    case keysPruned
    /// The server is asked to stop.
    case stopBegins
    /// A stopping server waits no longer.
    case stopIsOver

    // MARK: Outside, whatever happens to the server

    /// The server's process begins.
    case start
    /// Some caller wants something new.
    case newCall
    /// A request arrives at the server.
    case asks(call: Int)
    /// A caller takes its attempt back.
    case takesBack(device: Int, Identifier<ActionAttempt>)
    /// A tester decides how an attempt ends.
    case testerDecides(device: Int, Identifier<ActionAttempt>)
    /// A command reaches its device.
    case commandArrives(device: Int, Command)
    /// A device says again that its bolt moves, if it still does.
    case chatters(device: Int, movement: Int)
    /// A bolt ends a movement, if it is still the same one.
    case boltRests(device: Int, movement: Int)
    /// A door locks itself, if its bolt has not moved since.
    case relocks(device: Int, movement: Int)
    /// Somebody turns the knob.
    case handMoves(device: Int)
    /// The device loses its connection.
    case goesOffline(device: Int)
    /// The device has its connection again.
    case comesOnline(device: Int)
    /// The last message of a device is sent once more.
    case replays(device: Int)
    /// What a device said arrives at the driver.
    case reportArrives(device: Int, Utterance)
    /// Somebody sets the wall clock.
    case clockStep
    /// The store stops working.
    case outageBegins
    /// The store works again.
    case outageEnds
}

/// What the store says about a commit.
enum StoreAnswer: Hashable, Sendable {
    case committed
    case failed(mayBeDurable: Bool)
}

/// Something that a device said, and when it did.
struct Utterance: Hashable, Sendable {
    let content: DeviceReport.Content
    var method: LockMethod?
    var attemptID: Identifier<ActionAttempt>?
    let madeAt: WorldTime
    /// Whether it comes marked as old, like a retained message.
    var isRetained = false
}
