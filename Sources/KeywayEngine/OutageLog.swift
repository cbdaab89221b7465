import KeywayStore
import Logging
import Synchronization

/// Says once that the store is failing and once that it works again, however many lanes notice.
final class OutageLog: Sendable {
    private let isFailing = Mutex(false)
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func failed(_ error: StoreError) {
        guard !(isFailing.withLock { isFailing in swap(&isFailing, with: true) }) else { return }
        logger.error(
            "nothing can be stored; requests are answered with 503 until it works again",
            metadata: [
                "store.error": "\(error.code)", "store.advice": "\(error.message)",
                "store.cause": "\(error.cause.map { "\($0)" } ?? "none")",
            ]
        )
    }

    func succeeded() {
        guard isFailing.withLock({ isFailing in swap(&isFailing, with: false) }) else { return }
        logger.notice("the store works again")
    }
}

/// Puts a new value in the place of the old one and returns the old one.
private func swap(_ place: inout Bool, with value: Bool) -> Bool {
    defer { place = value }
    return place
}
