package import KeywayModel

/// What values a parameter takes, as data.
///
/// The query parser, the validator and the OpenAPI document all read it, so a type is written down once. The words are
/// those of the wire contract's type codes.
package indirect enum Schema: Hashable, Sendable {
    /// A UUID in its text form.
    case uuid
    /// A text of at least so many characters.
    case string(minimumLength: Int)
    /// `true` or `false`.
    case boolean
    /// A whole number between two bounds, both included.
    case integer(ClosedRange<Int>)
    /// A number between two bounds, both included.
    case number(ClosedRange<Double>)
    /// An ISO 8601 date, or date and time.
    case dateTime
    /// One of these texts.
    case enumeration([String])
    /// A list of so many values.
    case array(of: Schema, count: ClosedRange<Int>)
    /// An object with any keys.
    case record(of: Schema)
    /// An object with these keys; others are dropped.
    case object([ParameterDeclaration])
    /// A value that fits one of these.
    case anyOf([Schema])
    /// The same or null.
    case nullable(Schema)

    /// The schema without the permission to be null.
    var unwrapped: Schema {
        if case .nullable(let schema) = self { schema } else { self }
    }

    /// Whether null is a value.
    var isNullable: Bool {
        if case .nullable = self { true } else { false }
    }
}

/// One parameter of an endpoint, or one key of an object, as data.
package struct ParameterDeclaration: Hashable, Sendable {
    /// Its name on the wire.
    package let name: String
    /// What it may be.
    package let schema: Schema
    /// Whether a request without it is refused.
    package let isRequired: Bool
    /// What it is taken to be when it is left out; nil: nothing.
    package let defaultValue: JSONValue?
    /// One or two sentences for the API's readers.
    package let documentation: String
}
