import FoundationEssentials
import KeywayModel

/// What a maker's API answered.
struct MakerAnswer: Hashable, Sendable {
    /// The HTTP status.
    let status: Int
    /// The body; nil if it was too long or broke off.
    let body: [UInt8]?

    /// Whether the maker says that it did what it was asked for.
    var isSuccess: Bool { (200...299).contains(status) }

    /// Reads the body as JSON; nil if it is something else.
    func decoded<Value: Decodable>(as _: Value.Type = Value.self) -> Value? {
        body.flatMap { try? JSONDecoder().decode(Value.self, from: Data($0)) }
    }
}

extension MakerAnswer {
    /// The parts of an answer to `POST /locks/{lock_id}/actions` that Keyway uses.
    private struct ActionBody: Decodable {
        let actionID: String?
        let customID: String?
        let errorCode: String?
        let message: String?

        private enum CodingKeys: String, CodingKey {
            case actionID = "action_id"
            case customID = "custom_id"
            case errorCode = "error_code"
            case message
        }
    }

    /// What the answer to an action says about the command, and the maker's id of the action if it was accepted.
    ///
    /// An answer that says neither yes nor no leaves open what became of the command: it was sent.
    func commandAnswer(to attemptID: Identifier<ActionAttempt>) -> (answer: CommandAnswer, actionID: String?) {
        let content: ActionBody? = decoded()
        let detail = ErrorCode.detail(code: content?.errorCode, message: content?.message) ?? "HTTP \(status)"
        switch status {
        case 429: return (.refused(.rateLimitedByProvider, detail), nil)
        case 400...499: return (.refused(ErrorCode.cause(of: content?.errorCode), detail), nil)
        // Makers answer so only if they will not carry the command out (docs/device-cloud.md).
        case 500...599: return (.refused(.providerUnavailable, detail), nil)
        case 200...299:
            guard let content else {
                return (.unanswered("The answer (HTTP \(status)) is too long or not as agreed."), nil)
            }
            if let code = content.errorCode { return (.refused(ErrorCode.cause(of: code), detail), nil) }
            guard let actionID = content.actionID, !actionID.isEmpty else {
                return (.unanswered("The answer (HTTP \(status)) has no action_id."), nil)
            }
            guard content.customID.map({ $0.lowercased() == attemptID.description }) ?? true else {
                return (.unanswered("The answer is to another command: its custom_id is different."), nil)
            }
            return (.acknowledged, actionID)
        default: return (.unanswered("The maker answered with HTTP \(status), which says neither yes nor no."), nil)
        }
    }
}
