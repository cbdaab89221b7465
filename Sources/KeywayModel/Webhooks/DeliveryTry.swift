/// One try to deliver: what was sent when, and what came back.
package struct DeliveryTry: Hashable, Codable, Sendable {
    /// When it began.
    package let startedAt: Timestamp
    /// How long it took, in milliseconds.
    package let latencyMilliseconds: Int64
    /// The HTTP status of the answer; nil if there was none.
    package let status: Int?
    /// Why there was no answer, or none that counts; nil if the status says it all.
    package let trouble: Trouble?
    /// The beginning of the answer's body, at most ``longestAnswer`` bytes as it is stored; nil if there was none.
    package let answer: String?

    /// How many bytes of an answer are kept, in the form that JSON gives them.
    package static let longestAnswer = 1024

    /// Makes a try; of the answer it keeps what it may.
    package init(
        startedAt: Timestamp,
        latencyMilliseconds: Int64,
        status: Int? = nil,
        trouble: Trouble? = nil,
        answer: String? = nil
    ) {
        self.startedAt = startedAt
        self.latencyMilliseconds = latencyMilliseconds
        self.status = status
        self.trouble = trouble
        self.answer = answer.map(Self.beginning)
    }

    /// As many characters of a text as ``longestAnswer`` allows.
    private static func beginning(of text: String) -> String {
        var (kept, size) = (String.UnicodeScalarView(), 0)
        for scalar in text.unicodeScalars {
            size += storedSize(of: scalar)
            guard size <= longestAnswer else { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    /// How many bytes a character takes in JSON at most (RFC 8259, section 7).
    private static func storedSize(of scalar: Unicode.Scalar) -> Int {
        switch scalar {
        case "\"", "\\", "\n", "\r", "\t": 2
        case "\0"..."\u{1F}", "\u{7F}": 6
        default: UTF8.width(scalar)
        }
    }

    /// Whether the receiver has taken the event: any 2xx in time.
    package var isSuccess: Bool { trouble == nil && status.map((200..<300).contains) ?? false }

    /// Why a try failed without a whole answer.
    package enum Trouble: String, Codable, CaseIterable, Sendable {
        /// The whole exchange took too long.
        case timedOut = "timed_out"
        /// The host has no address, or its name cannot be looked up.
        case hostNotFound = "host_not_found"
        /// An address of the host is one that the operator does not allow.
        case addressNotAllowed = "address_not_allowed"
        /// Nobody takes connections there.
        case connectionFailed = "connection_failed"
        /// The server cannot prove who it is, or does not speak TLS.
        case tlsFailed = "tls_failed"
        /// The connection ended before there was an answer, or the answer is no HTTP.
        case badAnswer = "bad_answer"
        /// The webhook's URL cannot be used.
        case badURL = "bad_url"
        /// The webhook's secret cannot be read with the operator's key, or is none.
        case secretUnusable = "secret_unusable"
    }
}
