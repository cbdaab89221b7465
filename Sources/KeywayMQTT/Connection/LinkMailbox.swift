import Glibc
import KeywayModel
import Synchronization

/// What others want of the thread that owns a connection, and the bell that wakes it.
final class LinkMailbox: Sendable {
    /// A wish.
    enum Order: Sendable {
        /// Publish a message, once.
        case publish(PublishJob)
        /// Publish a question, if that can be done in time.
        case ask(Question)
        /// Be subscribed to these topic filters, and no others.
        case subscribe(Set<String>)
        /// Look at the clock.
        case look
        /// End the connection for this reason.
        case end(ConnectionTrouble)
    }

    private struct State {
        var orders: [Order] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// What the thread listens to, beside its socket.
    let bell: Int32
    private let rope: Int32

    /// Makes an empty mailbox; nil if the system has no more file descriptors.
    init?() {
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { return nil }
        (bell, rope) = (pair[0], pair[1])
    }

    deinit {
        Glibc.close(bell)
        Glibc.close(rope)
    }

    /// Leaves a wish; false if the connection has ended, and nothing will come of it.
    func post(_ order: Order) -> Bool {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.orders.append(order)
            return true
        }
        if isOpen { ring() }
        return isOpen
    }

    /// Takes out every wish.
    func take() -> [Order] {
        var bytes: [UInt8] = Array(repeating: 0, count: 64)
        while read(bell, &bytes, bytes.count) > 0 {}
        return state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
    }

    /// Takes no more wishes; returns those that were left.
    func close() -> [Order] {
        state.withLock { state in
            state.isClosed = true
            defer { state.orders = [] }
            return state.orders
        }
    }

    private func ring() {
        // A full buffer rings as well.
        var byte: UInt8 = 0
        _ = write(rope, &byte, 1)
    }
}

/// A message that somebody wants to have published, once.
struct PublishJob: Sendable {
    let topic: String
    let payload: [UInt8]
    /// When it must be over and done with.
    let deadline: MonotonicInstant
    /// Told, on the connection's thread, how far the message is.
    let onProgress: @Sendable (PublishProgress) -> Void
    /// Told, on the connection's thread, what became of the message.
    let onEnd: @Sendable (PublishOutcome) -> Void
}

/// A message that somebody would like to have published, and that may get lost.
struct Question: Sendable {
    let topic: String
    let payload: [UInt8]
    /// After when nobody wants to know any more.
    let deadline: MonotonicInstant
    /// Told, on the connection's thread, the place of the message in the traffic, when it has left or may have.
    let onSent: @Sendable (TrafficStamp) -> Void
}
