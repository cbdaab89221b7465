import FoundationEssentials
import Glibc

/// What can be done with the place where a stream ends.
struct Terminal: Hashable {
    static let output = Terminal(STDOUT_FILENO)
    static let error = Terminal(STDERR_FILENO)

    /// Whether a person looks at it, and lines can be written over.
    let isInteractive: Bool
    /// Whether colours are shown.
    let isColoured: Bool

    private init(_ descriptor: Int32) {
        self.init(isTerminal: isatty(descriptor) == 1, environment: ProcessInfo.processInfo.environment)
    }

    /// Decides for a stream in an environment; see [no-color.org](https://no-color.org) for `NO_COLOR`.
    init(isTerminal: Bool, environment: [String: String]) {
        isInteractive = isTerminal && environment["TERM"] != "dumb"
        isColoured = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    }
}

extension FileOutput {
    /// Whether what is written can still arrive; false once the other end of a pipe is closed.
    var hasReader: Bool {
        var question = pollfd(fd: descriptor, events: 0, revents: 0)
        guard poll(&question, 1, 0) >= 0 else { return true }
        return question.revents & Int16(POLLERR | POLLNVAL) == 0
    }
}
