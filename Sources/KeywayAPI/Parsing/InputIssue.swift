/// One thing wrong with the parameters of a request, in the words of zod 3, which clients of the contract know.
package struct InputIssue: Hashable, Sendable {
    /// Where it is, from the parameter down; empty: the request as a whole.
    package let path: [String]
    /// What is wrong.
    package let message: String
    /// What is wrong with each of the alternatives, where a value fits none; else empty.
    package let alternatives: [InputIssue]

    /// Makes an issue.
    package init(_ path: [String], _ message: String, alternatives: [InputIssue] = []) {
        self.path = path
        self.message = message
        self.alternatives = alternatives
    }

    /// The text of a missing value.
    static let required = "Required"

    /// The sentence about it (wire contract, section 1.5).
    var sentence: String {
        let path = path.joined(separator: ".")
        if path.isEmpty { return message }
        return message == Self.required ? "\(path) is required" : "\(message) for \"\(path)\""
    }

    /// The sentence about all of them.
    static func summary(of issues: [InputIssue]) -> String {
        let sentences = issues.map(\.sentence)
        return sentences.count == 1
            ? sentences[0] : "\(sentences.count) Input Errors: " + sentences.joined(separator: ", ")
    }
}

/// The `validation_errors` of an error: messages at the root, and below each name its own tree.
package struct IssueTree: Hashable, Sendable {
    private var messages: [String] = []
    private var children: [String: IssueTree] = [:]

    /// Grows the tree of these issues; where a value fits no alternative, the alternatives' issues take its place.
    package init(_ issues: [InputIssue]) {
        for issue in issues { add(issue) }
    }

    private mutating func add(_ issue: InputIssue) {
        if issue.alternatives.isEmpty {
            add(issue.message, at: issue.path[...])
        } else {
            for alternative in issue.alternatives { add(alternative) }
        }
    }

    private mutating func add(_ message: String, at path: ArraySlice<String>) {
        if let name = path.first {
            children[name, default: IssueTree([])].add(message, at: path.dropFirst())
        } else {
            messages.append(message)
        }
    }
}

extension IssueTree: Encodable {
    /// Writes `{"_errors": […], "<name>": {…}}`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: JSONKey.self)
        try container.encode(messages, forKey: JSONKey("_errors"))
        for (name, child) in children { try container.encode(child, forKey: JSONKey(name)) }
    }
}
