package import KeywayModel

/// What values a parameter takes, as data.
///
/// The query parser, the validator and the OpenAPI document all read it, so a type is written down once. The words are
/// those of the wire contract's type codes.
package indirect enum Schema: Hashable, Sendable {
    /// A UUID in its text form.
    case uuid
    /// A text of so many characters.
    case string(length: ClosedRange<Int>)
    /// A text of so many characters that looks like this.
    case pattern(TextPattern, length: ClosedRange<Int>)
    /// One of these texts; others are left to the endpoint, which refuses them in words of its own.
    case word(of: [String])
    /// An absolute URL of the web.
    case url
    /// An address for e-mail.
    case email
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
    /// This truth value and no other.
    case literal(Bool)
    /// A list of so many values.
    case array(of: Schema, count: ClosedRange<Int>)
    /// An object with so many keys, any that look like this.
    case record(of: Schema, keys: TextPattern? = nil, count: ClosedRange<Int> = 0 ... .max)
    /// An object with these keys; others are dropped.
    case object([ParameterDeclaration])
    /// A value that fits one of these.
    case anyOf([Schema])
    /// An object that has a name of its own, since several endpoints answer with it.
    case named(NamedSchema)
    /// Anything that JSON can say.
    case anything
    /// The same or null.
    case nullable(Schema)

    /// A text of any length.
    static let text = Schema.string(length: 0 ... .max)

    /// The schema without the permission to be null.
    var unwrapped: Schema {
        if case .nullable(let schema) = self { schema } else { self }
    }

    /// Whether null is a value.
    var isNullable: Bool {
        if case .nullable = self { true } else { false }
    }
}

/// A schema with a name, under which the API's description lists it once.
package struct NamedSchema: Hashable, Sendable {
    /// Its name, such as `device`.
    package let name: String
    /// What it is.
    package let schema: Schema
    /// One or two sentences for the API's readers.
    package let documentation: String

    /// Names a schema.
    init(_ name: String, _ schema: Schema, _ documentation: String) {
        self.name = name
        self.schema = schema
        self.documentation = documentation
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
