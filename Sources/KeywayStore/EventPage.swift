/// Events of a workspace from a position on, and how far the store has looked.
package struct EventPage: Hashable, Sendable {
    /// One event, ready to be sent.
    package struct Line: Hashable, Sendable {
        /// Its sequence number in its workspace.
        package let position: Int64
        /// Its type, such as `lock.unlocked`.
        package let type: String
        /// Its wire form.
        package let body: String

        /// Makes a line.
        package init(position: Int64, type: String, body: String) {
            self.position = position
            self.type = type
            self.body = body
        }
    }

    /// How many positions one page looks at, however few events match, so that no read takes long.
    package static let window: Int64 = 10_000
    /// How many bytes of events a page has at most, but for the last of them.
    package static let maximumBytes = 256 << 10

    /// The events that match, in the order of their positions.
    package let lines: [Line]
    /// The position up to which nothing that matches is missing, from which the next page goes on.
    package let through: Int64
    /// The position of the workspace's latest event when the page was read; 0 if it has none.
    package let latest: Int64

    /// Whether there was nothing more to read.
    package var isLast: Bool { through >= latest }

    /// Makes a page.
    package init(lines: [Line], through: Int64, latest: Int64) {
        self.lines = lines
        self.through = through
        self.latest = latest
    }
}
