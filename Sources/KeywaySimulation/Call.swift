import KeywayModel

/// One request of a caller, made once; a retry is another call with the same key.
struct Call: Sendable {
    let device: Int
    let actionType: ActionType
    let deadline: Duration
    let overlap: Overlap
    let requester: Requester
    /// The idempotency key; nil if it has none.
    let key: String?
    /// What stands for the hash of the request's body.
    let body: UInt8

    /// The identity of the attempt it would make, once the server has chosen one.
    var attemptID: Identifier<ActionAttempt>?
    /// What the wall clock showed when the store was asked about the key.
    var lookupWall: Timestamp?
    /// Whether it has its answer, or will never get one.
    var isOver = false
    /// Whether the server works on it.
    var isInside = false

    /// What its action needs to know besides.
    var parameters: ActionParameters {
        guard actionType != .configureAutoLock else {
            return .autoLock(AutoLock(isEnabled: true, delaySeconds: Double(1 + body % 2)))
        }
        return body % 4 == 3 ? .waitWhileOffline : .none
    }

    /// The same request once more.
    var again: Call {
        var call = self
        call.attemptID = nil
        call.lookupWall = nil
        call.isOver = false
        call.isInside = false
        return call
    }

    /// Whose turn it is, for requests with the same key.
    var turn: KeyTurn? { key.map { KeyTurn(requester: requester, key: $0) } }
}

/// A requester's idempotency key.
struct KeyTurn: Hashable, Sendable {
    let requester: Requester
    let key: String
}

/// What a caller is told.
enum CallAnswer: Sendable {
    case accepted(ActionAttempt)
    case joined(ActionAttempt)
    /// The attempt that an earlier request with the same key got.
    case repeated(ActionAttempt)
    case refused(AttemptLane.Refusal)
    case keyReused
    case storeUnreadable
}
