import KeywayModel

/// A ``Schema`` together with the Swift value that it is read as, so that handlers never see JSON.
package struct Format<Value: Sendable>: Sendable {
    /// What values fit.
    let schema: Schema
    /// Reads a value that fits; nil for one that does not, which a validated request never holds.
    let read: @Sendable (JSONValue) -> Value?
}

extension Format {
    /// The identity of a subject.
    static func uuid<Subject>(_: Subject.Type) -> Self where Value == Identifier<Subject> {
        Format(schema: .uuid) { $0.stringValue.flatMap { Identifier<Subject>($0) } }
    }

    /// A text of at least so many characters.
    static func string(minimumLength: Int = 0) -> Self where Value == String {
        Format(schema: .string(minimumLength: minimumLength)) { $0.stringValue }
    }

    /// A truth value.
    static func boolean() -> Self where Value == Bool {
        Format(schema: .boolean) { $0.boolValue }
    }

    /// A whole number in a range; a number too large for `Int` is taken as the largest.
    static func integer(_ range: ClosedRange<Int>) -> Self where Value == Int {
        Format(schema: .integer(range)) { value in
            value.numberValue.map { number in Int(exactly: number) ?? (number < 0 ? .min : .max) }
        }
    }

    /// A number in a range.
    static func number(_ range: ClosedRange<Double>) -> Self where Value == Double {
        Format(schema: .number(range)) { $0.numberValue }
    }

    /// An ISO 8601 time.
    static func dateTime() -> Self where Value == Timestamp {
        Format(schema: .dateTime) { $0.stringValue.flatMap { Timestamp($0) } }
    }

    /// One of these texts.
    static func oneOf(_ texts: [String]) -> Self where Value == String {
        Format(schema: .enumeration(texts)) { $0.stringValue }
    }

    /// One of the cases of an enumeration, by its raw value.
    static func oneOf(_: Value.Type) -> Self where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        Format(schema: .enumeration(Value.allCases.map(\.rawValue))) { $0.stringValue.flatMap { Value(rawValue: $0) } }
    }

    /// A list of so many elements.
    static func array<Element>(_ element: Format<Element>, count: ClosedRange<Int> = 0 ... .max) -> Self
    where Value == [Element] {
        Format(schema: .array(of: element.schema, count: count)) { value in
            guard case .array(let elements) = value else { return nil }
            var result: [Element] = []
            for element in elements.map(element.read) {
                guard let element else { return nil }
                result.append(element)
            }
            return result
        }
    }

    /// The pairs that custom metadata must have: a text or truth value, as text, or nil for a key that must be unset.
    static func metadataFilter() -> Self where Value == [String: String?] {
        Format(schema: .record(of: .nullable(.anyOf([.string(minimumLength: 0), .boolean])))) { value in
            guard case .object(let members) = value else { return nil }
            return members.mapValues { member in member.stringValue ?? member.boolValue.map { $0 ? "true" : "false" } }
        }
    }

    /// An object with these keys.
    static func object(_ keys: [any DeclaredParameter]) -> Self where Value == Arguments {
        Format(schema: .object(keys.map(\.declaration))) { value in
            guard case .object(let members) = value else { return nil }
            return Arguments(members)
        }
    }
}
