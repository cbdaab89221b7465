/// Decides whether a connection that says nothing is dead.
struct Liveness: Hashable {
    private let silence: Duration
    private var heardAt: Duration
    private var isBusy = false

    init(silence: Duration, at now: Duration) {
        self.silence = silence
        heardAt = now
    }

    /// Something came, or what came has been dealt with and listening goes on.
    mutating func hear(at now: Duration) {
        heardAt = now
        isBusy = false
    }

    /// Nobody listens, as whoever takes the events is busy: silence means nothing now.
    mutating func lookAway() {
        isBusy = true
    }

    /// How long until the connection counts as dead if nothing comes; nil: it does now.
    func rest(at now: Duration) -> Duration? {
        if isBusy { return silence }
        let rest = heardAt + silence - now
        return rest > .zero ? rest : nil
    }
}
