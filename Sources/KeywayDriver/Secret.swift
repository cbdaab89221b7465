/// A text that must not be seen: it describes itself as nothing.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The text, for the one place that needs it.
    package let text: String

    /// Hides a text.
    package init(_ text: String) {
        self.text = text
    }

    /// Nothing of the text.
    package var description: String { "(secret)" }

    /// What debuggers and `dump` show: nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
