import Foundation
import KeywayModel
import KeywayStore

/// JSON in a text column.
enum JSONText {
    /// Writes a value, with its keys in order, so that equal values give equal texts.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `unavailable` for what JSON cannot hold, such as an infinite number.
    static func encode(_ value: some Encodable) throws(StoreError) -> String {
        do {
            return try JSONWriter.text(of: value)
        } catch {
            throw StoreError(
                .unavailable,
                message: "A value cannot be stored, as JSON has no form for it.",
                cause: error
            )
        }
    }

    /// Reads a value.
    ///
    /// - Throws: `DecodingError` for a text that is not what ``encode(_:)`` writes.
    static func decode<Value: Decodable>(_: Value.Type = Value.self, from text: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }
}
