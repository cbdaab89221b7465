import KeywayModel

/// A parameter of any type.
package protocol DeclaredParameter: Sendable {
    /// Its declaration as data.
    var declaration: ParameterDeclaration { get }
}

/// One parameter of an endpoint: its declaration, and the typed way to its value.
///
/// Declared once, named in an ``Endpoint``, and read with ``Arguments``.
package struct Parameter<Value: Sendable>: DeclaredParameter {
    /// Its declaration as data.
    package let declaration: ParameterDeclaration
    /// Reads its value, or its absence; nil for what a validated request never holds.
    let read: @Sendable (JSONValue?) -> Value?
}

extension Parameter {
    /// A parameter without which a request is refused.
    static func required(_ name: String, _ format: Format<Value>, _ documentation: String) -> Self {
        let declaration = ParameterDeclaration(
            name: name,
            schema: format.schema,
            isRequired: true,
            defaultValue: nil,
            documentation: documentation
        )
        return Parameter(declaration: declaration) { $0.flatMap(format.read) }
    }

    /// A parameter that may be left out, but is never null.
    static func optional<Wrapped>(_ name: String, _ format: Format<Wrapped>, _ documentation: String) -> Self
    where Value == Wrapped? {
        absentable(name, format, schema: format.schema, documentation)
    }

    /// A parameter that may be left out or null, which is the same.
    static func nullable<Wrapped>(_ name: String, _ format: Format<Wrapped>, _ documentation: String) -> Self
    where Value == Wrapped? {
        absentable(name, format, schema: .nullable(format.schema), documentation)
    }

    /// A parameter that is taken to be `value` when it is left out.
    static func defaulted(
        _ name: String,
        _ format: Format<Value>,
        _ value: JSONValue,
        _ documentation: String
    ) -> Self {
        let declaration = ParameterDeclaration(
            name: name,
            schema: format.schema,
            isRequired: false,
            defaultValue: value,
            documentation: documentation
        )
        return Parameter(declaration: declaration) { format.read($0 ?? value) }
    }

    private static func absentable<Wrapped>(
        _ name: String,
        _ format: Format<Wrapped>,
        schema: Schema,
        _ documentation: String
    ) -> Self where Value == Wrapped? {
        let declaration = ParameterDeclaration(
            name: name,
            schema: schema,
            isRequired: false,
            defaultValue: nil,
            documentation: documentation
        )
        return Parameter(declaration: declaration) { value in
            guard let value, value != .null else { return .some(nil) }
            return format.read(value).map { .some($0) }
        }
    }
}
