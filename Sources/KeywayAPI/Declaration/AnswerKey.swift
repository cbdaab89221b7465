/// One key of an endpoint's answer, and what stands there.
package struct AnswerKey: Hashable, Sendable {
    /// The key.
    package let name: String
    /// What stands there.
    package let schema: Schema

    /// Declares a key.
    init(_ name: String, _ schema: Schema) {
        self.name = name
        self.schema = schema
    }
}
