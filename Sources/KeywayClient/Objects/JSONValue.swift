extension KeywayClient {
    /// A JSON document as a value, for what has no fixed shape.
    public enum JSONValue: Hashable, Sendable {
        /// Nothing.
        case null
        /// True or false.
        case bool(Bool)
        /// A number; whole ones are exact up to 2⁵³.
        case number(Double)
        /// A text.
        case string(String)
        /// A list.
        case array([JSONValue])
        /// Members by their names.
        case object([String: JSONValue])

        /// The member of an object; nil for a missing member and for anything that is not an object.
        public subscript(key: String) -> JSONValue? { objectValue?[key] }

        /// The text, if this is a string.
        public var stringValue: String? {
            guard case .string(let text) = self else { return nil }
            return text
        }

        /// The number, if this is one.
        public var numberValue: Double? {
            guard case .number(let number) = self else { return nil }
            return number
        }

        /// The truth value, if this is one.
        public var boolValue: Bool? {
            guard case .bool(let flag) = self else { return nil }
            return flag
        }

        /// The elements, if this is a list.
        public var arrayValue: [JSONValue]? {
            guard case .array(let elements) = self else { return nil }
            return elements
        }

        /// The members, if this is an object.
        public var objectValue: [String: JSONValue]? {
            guard case .object(let members) = self else { return nil }
            return members
        }
    }
}

extension KeywayClient.JSONValue: Codable {
    /// Reads any JSON value.
    ///
    /// - Throws: `DecodingError` for a value that no case fits, such as a number out of the range of a double.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let elements = try? container.decode([Self].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: Self].self))
        }
    }

    /// Writes the value; a whole number is written without a fraction.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .number(let number):
            if let whole = Int64(exactly: number) { try container.encode(whole) } else { try container.encode(number) }
        case .string(let text): try container.encode(text)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}
