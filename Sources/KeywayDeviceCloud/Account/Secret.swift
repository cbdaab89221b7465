/// A text that must not be seen: it describes itself as nothing.
struct Secret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The text, for the one place that needs it.
    let text: String

    /// Hides a text.
    init(_ text: String) {
        self.text = text
    }

    var description: String { "(secret)" }

    var customMirror: Mirror { Mirror(self, children: []) }
}
