/// What texts look like, where their length does not say enough.
package struct TextPattern: Hashable, Sendable {
    /// A regular expression that the whole text fits, in the words that Swift and JSON Schema have in common.
    package let expression: String
    /// What is wrong with a text that does not.
    package let fault: String
    /// A text that fits, for examples.
    package let sample: String

    /// Names a pattern.
    init(_ expression: String, fault: String, sample: String) {
        self.expression = expression
        self.fault = fault
        self.sample = sample
    }

    /// Whether a text fits; compared by Unicode scalars, as JSON Schema does.
    func fits(_ text: String) -> Bool {
        do {
            return try Regex(expression).matchingSemantics(.unicodeScalar).wholeMatch(in: text) != nil
        } catch {
            preconditionFailure("\(expression) is no regular expression: \(error)")
        }
    }

    /// The same for JSON Schema, which looks for it anywhere in a text.
    var anchored: String { "^(\(expression))$" }
}
