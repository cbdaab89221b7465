import KeywayModel
import KeywayStore

/// Knows whether the store can be written to, and asks it once a second at most, however many ask.
actor HealthMonitor {
    /// What the last check found.
    struct Finding: Sendable {
        /// When it was made.
        let at: Timestamp
        /// Why nothing can be written; nil if something can.
        let trouble: StoreError?
    }

    /// How long a finding is good for.
    static let memory: Duration = .seconds(1)

    private let store: any Store
    private let time: any TimeSource
    private var last: (finding: Finding, until: MonotonicInstant)?
    private var running: Task<Finding, Never>?

    init(store: any Store, time: any TimeSource) {
        self.store = store
        self.time = time
    }

    /// What the store's state is, as of a second ago at most.
    func finding() async -> Finding {
        if let last, time.now().monotonic < last.until { return last.finding }
        if let running { return await running.value }
        // Unstructured, because everybody who asks meanwhile waits for the same check, and it must not end with the
        // request that happened to come first.
        let check = Task { await self.check() }
        running = check
        let finding = await check.value
        running = nil
        return finding
    }

    private func check() async -> Finding {
        let started = time.now()
        let finding: Finding
        do {
            try await store.check()
            finding = Finding(at: started.wall, trouble: nil)
        } catch {
            finding = Finding(at: started.wall, trouble: error)
        }
        last = (finding, started.monotonic + Self.memory)
        return finding
    }
}
