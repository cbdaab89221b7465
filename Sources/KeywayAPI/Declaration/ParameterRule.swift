package import KeywayModel

/// A rule about two parameters of an endpoint: whether one may or must be given depends on the value of another.
package struct ParameterRule: Hashable, Sendable {
    /// The name of the parameter that depends.
    package let parameter: String
    /// What the rule says of it.
    package let demand: Demand
    /// The name of the parameter that it depends on.
    package let condition: String
    /// The value of that one for which the rule holds; null for a rule that holds for any.
    package let value: JSONValue

    /// What a rule says of a parameter.
    package enum Demand: Hashable, Sendable {
        /// It may be given with this value only.
        case onlyWith
        /// It must be given with this value.
        case neededWith
        /// It must not be given together with the other.
        case excludedBy
    }

    /// Two parameters that exclude each other, which is refused as `invalid_options`.
    static func notBoth(_ one: some DeclaredParameter, _ other: some DeclaredParameter) -> Self {
        ParameterRule(
            parameter: one.declaration.name,
            demand: .excludedBy,
            condition: other.declaration.name,
            value: .null
        )
    }

    /// A parameter that may be given only if another has this value.
    static func only<Value: RawRepresentable<String>>(
        _ parameter: some DeclaredParameter,
        with condition: Parameter<Value>,
        _ value: Value
    ) -> Self {
        ParameterRule(
            parameter: parameter.declaration.name,
            demand: .onlyWith,
            condition: condition.declaration.name,
            value: .string(value.rawValue)
        )
    }

    /// A parameter that must be given if another has this value.
    static func needed<Value: RawRepresentable<String>>(
        _ parameter: some DeclaredParameter,
        with condition: Parameter<Value>,
        _ value: Value
    ) -> Self {
        ParameterRule(
            parameter: parameter.declaration.name,
            demand: .neededWith,
            condition: condition.declaration.name,
            value: .string(value.rawValue)
        )
    }

    /// A parameter that must be given if another is true.
    static func needed(_ parameter: some DeclaredParameter, withTrue condition: Parameter<Bool>) -> Self {
        ParameterRule(
            parameter: parameter.declaration.name,
            demand: .neededWith,
            condition: condition.declaration.name,
            value: .bool(true)
        )
    }

    /// How these parameters break the rule; nil if they do not.
    func refusal(of values: [String: JSONValue]) -> APIError? {
        let (isGiven, holds) = (values[parameter] != nil, values[condition] == value)
        switch demand {
        case .onlyWith:
            return isGiven && !holds
                ? .invalidInput([InputIssue([parameter], "Only allowed if \(conditionInWords)")]) : nil
        case .neededWith:
            return holds && !isGiven ? .invalidInput([InputIssue([parameter], InputIssue.required)]) : nil
        case .excludedBy:
            return isGiven && values[condition] != nil
                ? .invalidOptions("Give \(parameter) or \(condition), not both") : nil
        }
    }

    /// The rule as a sentence for the API's readers.
    var sentence: String {
        switch demand {
        case .onlyWith: "`\(parameter)` is allowed only if \(conditionInWords)."
        case .excludedBy: "`\(parameter)` and `\(condition)` exclude each other."
        case .neededWith: "`\(parameter)` is needed if \(conditionInWords)."
        }
    }

    private var conditionInWords: String {
        switch value {
        case .string(let text): "\(condition) is \(text)"
        case .bool(let flag): "\(condition) is \(flag)"
        case .null, .number, .array, .object: "\(condition) has a certain value"
        }
    }
}
