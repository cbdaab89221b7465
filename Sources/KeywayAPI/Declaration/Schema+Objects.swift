// Words with which the shapes of answers are declared, beside the bodies that have them.

extension Schema {
    /// A list of any length.
    static func list(of element: Schema) -> Schema { .array(of: element, count: 0 ... .max) }

    /// One of the cases of an enumeration, by its raw value.
    static func oneOf<Value>(_: Value.Type) -> Schema
    where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        .enumeration(Value.allCases.map(\.rawValue))
    }

    /// Custom metadata: texts and truth values by the owner's own keys.
    static let metadata = Schema.record(of: .anyOf([.text, .boolean]))
}

extension ParameterDeclaration {
    /// A key that an object of an answer always has.
    static func always(_ name: String, _ schema: Schema, _ documentation: String) -> Self {
        key(name, schema, isRequired: true, documentation)
    }

    /// A key that an object of an answer has only where there is something to say.
    static func sometimes(_ name: String, _ schema: Schema, _ documentation: String) -> Self {
        key(name, schema, isRequired: false, documentation)
    }

    private static func key(_ name: String, _ schema: Schema, isRequired: Bool, _ documentation: String) -> Self {
        ParameterDeclaration(
            name: name,
            schema: schema,
            isRequired: isRequired,
            defaultValue: nil,
            documentation: documentation
        )
    }
}
