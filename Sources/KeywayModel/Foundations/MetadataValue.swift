/// A value of custom metadata: a string or a truth value (wire contract, `meta`).
package enum MetadataValue: Hashable, Sendable {
    case string(String)
    case bool(Bool)
}

extension MetadataValue: Codable {
    /// Reads a string or a truth value.
    ///
    /// - Throws: `DecodingError.typeMismatch` for anything else.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else {
            self = .bool(try container.decode(Bool.self))
        }
    }

    /// Writes the bare value.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let text): try container.encode(text)
        case .bool(let flag): try container.encode(flag)
        }
    }
}
