import KeywayModel

/// The validated parameters of one request.
package struct Arguments: Sendable {
    /// The values by name, defaults filled in, unknown names dropped.
    let values: [String: JSONValue]

    /// Takes validated values.
    init(_ values: [String: JSONValue]) {
        self.values = values
    }

    /// The value of a parameter.
    ///
    /// - Throws: ``UndeclaredParameter`` if the endpoint does not declare the parameter, so that nothing was validated:
    ///   a mistake in this program, never in a request.
    subscript<Value>(_ parameter: Parameter<Value>) -> Value {
        get throws(UndeclaredParameter) {
            guard let value = parameter.read(values[parameter.declaration.name]) else {
                throw UndeclaredParameter(name: parameter.declaration.name)
            }
            return value
        }
    }

    /// Whether a request gives a parameter at all, be it null.
    func gives(_ parameter: some DeclaredParameter) -> Bool {
        values[parameter.declaration.name] != nil
    }
}

/// A handler asked for a parameter that its endpoint does not declare.
struct UndeclaredParameter: Error {
    let name: String
}
