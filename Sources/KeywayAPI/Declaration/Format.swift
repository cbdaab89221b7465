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

    /// A text of so many characters.
    static func string(_ length: ClosedRange<Int> = 0 ... .max) -> Self where Value == String {
        Format(schema: .string(length: length)) { $0.stringValue }
    }

    /// A text that is not empty.
    static func nonEmptyString() -> Self where Value == String { .string(1 ... .max) }

    /// A text of so many characters that looks like this.
    static func text(_ pattern: TextPattern, _ length: ClosedRange<Int> = 0 ... .max) -> Self where Value == String {
        Format(schema: .pattern(pattern, length: length)) { $0.stringValue }
    }

    /// One of these texts, or another one, which the endpoint refuses in words of its own.
    static func word(of texts: [String]) -> Self where Value == String {
        Format(schema: .word(of: texts)) { $0.stringValue }
    }

    /// An absolute URL of the web, as text.
    static func url() -> Self where Value == String {
        Format(schema: .url) { $0.stringValue }
    }

    /// An address for e-mail.
    static func email() -> Self where Value == String {
        Format(schema: .email) { $0.stringValue }
    }

    /// This truth value and no other.
    static func literal(_ value: Bool) -> Self where Value == Bool {
        Format(schema: .literal(value)) { $0.boolValue }
    }

    /// A value, or null as nil.
    static func nullable<Wrapped>(_ format: Format<Wrapped>) -> Self where Value == Wrapped? {
        Format(schema: .nullable(format.schema)) { value in
            value == .null ? .some(nil) : format.read(value).map { .some($0) }
        }
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
        Format(schema: .oneOf(Value.self)) { $0.stringValue.flatMap { Value(rawValue: $0) } }
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
        let pair = Schema.nullable(.anyOf([.text, .boolean]))
        return Format(schema: .record(of: pair, count: 0...CustomMetadata.maximumPairs)) { value in
            guard case .object(let members) = value else { return nil }
            return members.mapValues { member in member.stringValue ?? member.boolValue.map { $0 ? "true" : "false" } }
        }
    }

    /// Changes to custom metadata: a text or truth value to set, or nil for a key to unset.
    ///
    /// Texts have at most 500 characters (wire contract, section 4.3); an empty one unsets its key as null does.
    static func metadataChanges() -> Self where Value == [String: MetadataValue?] {
        let schema = Schema.record(
            of: .nullable(.anyOf([.string(length: 0...500), .boolean])),
            keys: CustomMetadata.key,
            count: 0...CustomMetadata.maximumPairs
        )
        return Format(schema: schema) { value in
            guard case .object(let members) = value else { return nil }
            return members.mapValues { member in
                member.stringValue.flatMap { $0.isEmpty ? nil : .string($0) } ?? member.boolValue.map { .bool($0) }
            }
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
