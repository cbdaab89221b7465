/// How a command that speaks with a server ends: its exit status.
enum CommandEnd: Int32, CaseIterable {
    case success = 0
    case actionFailed = 1
    case usage = 2
    case unreachable = 3
    case refused = 4
    case unresolved = 5

    private var meaning: String {
        switch self {
        case .success: "It is done."
        case .actionFailed: "The action failed; the cause is printed."
        case .usage: "The command line is wrong, or names no device or several."
        case .unreachable: "The server cannot be reached, or what answers is no Keyway server."
        case .refused: "The server refused the request."
        case .unresolved: "The action was still pending when the time-out was over."
        }
    }

    /// The part of the help about exit statuses.
    static var help: String {
        "Exit statuses:\n" + allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }
}
