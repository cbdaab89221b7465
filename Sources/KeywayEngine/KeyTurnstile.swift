import KeywayModel
import Synchronization

/// Lets those who come with the same key in one after the other, so that the second finds what the first left in the
/// store.
final class KeyTurnstile<Key: Hashable & Sendable>: Sendable {
    /// Who waits behind the one inside; no entry means that nobody is inside.
    private let waiting = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    func enter(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting[key] != nil else {
                    waiting[key] = []
                    return true
                }
                waiting[key]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave(_ key: Key) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard let first = waiting[key]?.first else {
                waiting[key] = nil
                return nil
            }
            waiting[key]?.removeFirst()
            return first
        }
        next?.resume()
    }
}

/// An idempotency key together with whose it is.
struct OwnedKey: Hashable, Sendable {
    let requester: Requester
    let key: String
}
