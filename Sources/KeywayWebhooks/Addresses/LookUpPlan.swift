import KeywayModel

/// Which hosts may be looked up now: the rules by which names that nobody answers for harm no others (G12).
///
/// A look-up cannot be stopped, so one that nobody waits for any more still has its thread until the network lets go.
///
/// - A host is looked up once at a time, for everybody who asks.
/// - One workspace has three quarters of the threads at most.
/// - Endpoints whose latest try failed, and which may have failed for this reason, have half of the threads at most.
struct LookUpPlan: Sendable {
    /// For whom a host is looked up.
    struct Asker: Hashable, Sendable {
        /// The tenant.
        let workspaceID: Identifier<Workspace>
        /// Whether the latest try at the endpoint failed.
        let isFailing: Bool
    }

    private struct Question {
        let number: Int
        let host: String
        let asker: Asker
    }

    private let maximum: Int
    /// The oldest first.
    private var questions: [Question] = []
    /// For whom the thread of each host was taken.
    private var running: [String: Asker] = [:]
    private var counts: [Identifier<Workspace>: Int] = [:]
    private var failingCount = 0

    /// Begins with nothing asked.
    ///
    /// - Parameter maximum: How many threads there are at most, at least one.
    init(maximum: Int) {
        precondition(maximum > 0)
        self.maximum = maximum
    }

    /// Takes in a question, under a number that no other one has.
    mutating func ask(_ host: String, for asker: Asker, number: Int) {
        questions.append(Question(number: number, host: host, asker: asker))
    }

    /// Takes a question back; a look-up under way goes on.
    mutating func withdraw(_ number: Int) {
        questions.removeAll { $0.number == number }
    }

    /// Starts as many look-ups as the rules allow.
    ///
    /// - Returns: The hosts, each of which has a thread from now on, until ``end(_:)``.
    mutating func start() -> [String] {
        var started: [String] = []
        for question in questions where running[question.host] == nil {
            guard running.count < maximum else { break }
            guard mayStart(for: question.asker) else { continue }
            running[question.host] = question.asker
            counts[question.asker.workspaceID, default: 0] += 1
            if question.asker.isFailing { failingCount += 1 }
            started.append(question.host)
        }
        return started
    }

    private func mayStart(for asker: Asker) -> Bool {
        guard counts[asker.workspaceID] ?? 0 < max(1, maximum * 3 / 4) else { return false }
        return !asker.isFailing || failingCount < max(1, maximum / 2)
    }

    /// Takes note that a look-up has ended, and its thread is free.
    ///
    /// - Returns: The numbers of the questions that it answers.
    mutating func end(_ host: String) -> [Int] {
        if let asker = running.removeValue(forKey: host) {
            let count = (counts[asker.workspaceID] ?? 1) - 1
            counts[asker.workspaceID] = count == 0 ? nil : count
            if asker.isFailing { failingCount -= 1 }
        }
        let answered = questions.filter { $0.host == host }.map(\.number)
        questions.removeAll { $0.host == host }
        return answered
    }
}
