import KeywayModel
import NIOCore
import Synchronization

/// Keeps answers as the bytes that were sent, so that the same question costs neither the store nor the writing of JSON.
///
/// It knows nothing of freshness but what it is told: each answer has a revision and a time until which it holds, and is
/// given again only to who asks at that revision before that time. While somebody works out an answer, others who ask the
/// same at the same revision can wait for it, so that a list that has just changed is not worked out once for each of
/// those who ask.
final class AnswerMemory: Sendable {
    /// A question: everything that the answer depends on but the state of the world.
    struct Question: Hashable, Sendable {
        /// The endpoint's path.
        let path: String
        /// Whether the parameters are in the query, as they are for GET, or may be in the body too.
        let isGet: Bool
        /// The query as it came.
        let query: String?
        /// The body as it came.
        let body: [UInt8]
        let contentType: String?
        /// How the caller reached the server, for links.
        let baseURL: String
        /// Whose answer it is: nobody else gets it (G11).
        let requester: Requester
        let workspaceID: Identifier<Workspace>

        /// The size up to which answers to a question are kept: 4 KiB.
        ///
        /// Questions are hashed while nobody else can ask, so they must be short.
        static let maximumSize = 4 << 10

        /// About how many bytes it takes up.
        var size: Int {
            256 + (contentType?.utf8.count ?? 0) + path.utf8.count + (query?.utf8.count ?? 0) + body.count
                + baseURL.utf8.count
        }
    }

    /// An answer with status 200 and no headers of its own.
    struct Answer: Sendable {
        let body: ByteBuffer
        /// The revision of what it was worked out from.
        let revision: UInt64
        /// When it is worked out anew at the latest; nil: it holds for ever.
        let until: MonotonicInstant?
    }

    /// What to do about a question.
    enum Advice {
        /// Give this answer.
        case give(ByteBuffer)
        /// Work it out, and call ``AnswerMemory/finish(_:at:with:)`` in any case.
        case workOut
    }

    fileprivate struct Generation {
        var answers: [Question: Answer] = [:]
        var size = 0
    }

    /// What somebody is working out.
    ///
    /// What began at an earlier revision may lack a write that was answered before a question came, so each revision is
    /// worked out for itself.
    fileprivate struct Work: Hashable {
        let question: Question
        let revision: UInt64
    }

    fileprivate struct State {
        /// The answers kept or given lately.
        var recent = Generation()
        /// Those before them, which go when the recent ones are too many.
        var older = Generation()
        /// Those who wait for what is being worked out.
        var work: [Work: [CheckedContinuation<ByteBuffer?, Never>]] = [:]
    }

    /// How many bytes of questions and answers are kept by default: 32 MiB.
    static let defaultCapacity = 32 << 20

    private let capacity: Int
    private let state = Mutex(State())

    /// Makes an empty memory.
    ///
    /// - Parameter capacity: How many bytes are kept at most, at least 0.
    init(capacity: Int = defaultCapacity) {
        self.capacity = capacity
    }

    /// The kept answer to a question; nil if there is none that holds.
    func answer(to question: Question, at revision: UInt64, now: MonotonicInstant) -> ByteBuffer? {
        state.withLock { $0.answer(to: question, at: revision, now, capacity) }
    }

    /// The kept answer to a question, or the one that somebody is working out at this revision, or else the order to work
    /// it out.
    func advice(on question: Question, at revision: UInt64, now: MonotonicInstant) async -> Advice {
        let work = Work(question: question, revision: revision)
        let shared: ByteBuffer? = await withCheckedContinuation { continuation in
            let immediate = state.withLock { state -> ByteBuffer?? in
                if let kept = state.answer(to: question, at: revision, now, capacity) { return .some(kept) }
                guard state.work[work]?.append(continuation) == nil else { return nil }
                state.work[work] = []
                return .some(nil)
            }
            if let immediate { continuation.resume(returning: immediate) }
        }
        return shared.map { .give($0) } ?? .workOut
    }

    /// Ends the work on a question: those who wait for it get the answer, or work it out themselves if there is none.
    func finish(_ question: Question, at revision: UInt64, with body: ByteBuffer?) {
        let work = Work(question: question, revision: revision)
        for continuation in state.withLock({ $0.work.removeValue(forKey: work) }) ?? [] {
            continuation.resume(returning: body)
        }
    }

    /// Keeps an answer, unless it alone would take up an eighth of the room.
    func keep(_ answer: Answer, to question: Question) {
        guard question.size + answer.body.readableBytes <= capacity / 8 else { return }
        state.withLock { $0.keep(answer, to: question, capacity) }
    }
}

extension AnswerMemory.State {
    fileprivate mutating func answer(
        to question: AnswerMemory.Question,
        at revision: UInt64,
        _ now: MonotonicInstant,
        _ capacity: Int
    ) -> ByteBuffer? {
        if let answer = recent.answers[question] { return answer.holds(at: revision, now) ? answer.body : nil }
        guard let answer = older.answers[question], answer.holds(at: revision, now) else { return nil }
        older.remove(question)
        keep(answer, to: question, capacity)
        return answer.body
    }

    fileprivate mutating func keep(_ answer: AnswerMemory.Answer, to question: AnswerMemory.Question, _ capacity: Int) {
        recent.insert(answer, question)
        guard recent.size > capacity / 3 else { return }
        older = recent
        recent = AnswerMemory.Generation()
    }
}

extension AnswerMemory.Generation {
    fileprivate mutating func insert(_ answer: AnswerMemory.Answer, _ question: AnswerMemory.Question) {
        remove(question)
        answers[question] = answer
        size += question.size + answer.body.readableBytes
    }

    fileprivate mutating func remove(_ question: AnswerMemory.Question) {
        guard let answer = answers.removeValue(forKey: question) else { return }
        size -= question.size + answer.body.readableBytes
    }
}

extension AnswerMemory.Answer {
    fileprivate func holds(at revision: UInt64, _ now: MonotonicInstant) -> Bool {
        self.revision == revision && (until.map { now < $0 } ?? true)
    }
}
