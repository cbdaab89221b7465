package import KeywayModel

/// Compares the parameters of a request with their declarations.
package struct Validator {
    private var issues: [InputIssue] = []

    /// Checks everything, so that the caller hears of all faults at once.
    ///
    /// - Returns: The declared parameters with defaults filled in; unknown names are dropped.
    /// - Throws: ``APIError`` of type `invalid_input` that names every fault of a single parameter, or else the
    ///   first rule among several that is broken; `invalid_options` for parameters that exclude each other.
    package static func validate(
        _ input: JSONValue,
        _ parameters: [ParameterDeclaration],
        needsOneOf names: [String] = [],
        rules: [ParameterRule] = []
    ) throws(APIError) -> [String: JSONValue] {
        var validator = Validator()
        let result = validator.object(input, parameters, at: [])
        if validator.issues.isEmpty, !names.isEmpty, !names.contains(where: { result[$0] != nil }) {
            validator.report([], "At least one of \(names.joined(separator: ", ")) is required")
        }
        guard validator.issues.isEmpty else { throw .invalidInput(validator.issues) }
        if let refusal = rules.lazy.compactMap({ $0.refusal(of: result) }).first { throw refusal }
        return result
    }

    private mutating func object(
        _ value: JSONValue,
        _ parameters: [ParameterDeclaration],
        at path: [String]
    ) -> [String: JSONValue] {
        guard case .object(let members) = value else {
            reportKind("object", value, at: path)
            return [:]
        }
        var result: [String: JSONValue] = [:]
        for parameter in parameters {
            if let member = members[parameter.name] {
                result[parameter.name] = check(member, parameter.schema, at: path + [parameter.name])
            } else if parameter.isRequired {
                report(path + [parameter.name], InputIssue.required)
            } else {
                result[parameter.name] = parameter.defaultValue
            }
        }
        return result
    }

    /// Checks one value; returns it without the keys of objects that nobody declared.
    private mutating func check(_ value: JSONValue, _ schema: Schema, at path: [String]) -> JSONValue {
        switch schema {
        case .uuid: checkText(value, at: path, "Invalid uuid") { Identifier<Self>($0) != nil }
        case .dateTime: checkText(value, at: path, "Invalid datetime") { Timestamp($0) != nil }
        case .string(let length): checkLength(value, length, at: path)
        case .pattern(let pattern, let length):
            checkLength(value, length, at: path)
            if let text = value.stringValue, !pattern.fits(text) { report(path, pattern.fault) }
        case .word: checkLength(value, 0 ... .max, at: path)
        case .url: checkText(value, at: path, "Invalid url", WebAddress.isURL)
        case .email: checkText(value, at: path, "Invalid email", WebAddress.isEmail)
        case .boolean: if value.boolValue == nil { reportKind("boolean", value, at: path) }
        case .integer(let range): checkInteger(value, range, at: path)
        case .number(let range): checkNumber(value, range, at: path)
        case .enumeration(let texts): checkEnumeration(value, texts, at: path)
        case .literal(let flag):
            if value.boolValue != flag { report(path, "Invalid literal value, expected \(flag)") }
        case .array(let element, let count): return array(value, of: element, count, at: path)
        case .record(let element, let keys, let count): return record(value, of: element, keys, count, at: path)
        case .object(let keys): return .object(object(value, keys, at: path))
        case .anyOf(let schemas): checkAlternatives(value, schemas, at: path)
        case .named(let named): return check(value, named.schema, at: path)
        case .anything: break
        case .nullable(let schema): if value != .null { return check(value, schema, at: path) }
        }
        return value
    }

    // MARK: Single values

    private mutating func checkText(
        _ value: JSONValue,
        at path: [String],
        _ message: String,
        _ isValid: (String) -> Bool
    ) {
        guard let text = value.stringValue else { return reportKind("string", value, at: path) }
        if !isValid(text) { report(path, message) }
    }

    private mutating func checkLength(_ value: JSONValue, _ length: ClosedRange<Int>, at path: [String]) {
        guard let text = value.stringValue else { return reportKind("string", value, at: path) }
        let count = text.unicodeScalars.count
        if count < length.lowerBound {
            report(path, "String must contain at least \(length.lowerBound) character(s)")
        }
        if count > length.upperBound { report(path, "String must contain at most \(length.upperBound) character(s)") }
    }

    private mutating func checkInteger(_ value: JSONValue, _ range: ClosedRange<Int>, at path: [String]) {
        guard let number = value.numberValue else { return reportKind("number", value, at: path) }
        guard number == number.rounded() else { return report(path, "Expected integer, received float") }
        if range.lowerBound == 1, number < 1 { return report(path, "Number must be greater than 0") }
        checkBounds(number, range.lowerBound, range.upperBound, at: path)
    }

    private mutating func checkNumber(_ value: JSONValue, _ range: ClosedRange<Double>, at path: [String]) {
        guard let number = value.numberValue else { return reportKind("number", value, at: path) }
        let minimum = Int(exactly: range.lowerBound).map { "\($0)" } ?? "\(range.lowerBound)"
        let maximum = Int(exactly: range.upperBound).map { "\($0)" } ?? "\(range.upperBound)"
        if number < range.lowerBound { report(path, "Number must be greater than or equal to \(minimum)") }
        if number > range.upperBound { report(path, "Number must be less than or equal to \(maximum)") }
    }

    private mutating func checkBounds(_ number: Double, _ minimum: Int, _ maximum: Int, at path: [String]) {
        if number < Double(minimum) { report(path, "Number must be greater than or equal to \(minimum)") }
        // What is larger than any `Int` is taken as the largest (``Format/integer(_:)``).
        if maximum < .max, number > Double(maximum) {
            report(path, "Number must be less than or equal to \(maximum)")
        }
    }

    private mutating func checkEnumeration(_ value: JSONValue, _ texts: [String], at path: [String]) {
        let expected = texts.map { "'\($0)'" }.joined(separator: " | ")
        guard let text = value.stringValue else {
            return report(path, "Expected \(expected), received \(value.kindName)")
        }
        if !texts.contains(text) {
            report(path, "Invalid enum value. Expected \(expected), received '\(text)'")
        }
    }

    // MARK: Composed values

    private mutating func array(
        _ value: JSONValue,
        of element: Schema,
        _ count: ClosedRange<Int>,
        at path: [String]
    ) -> JSONValue {
        guard case .array(let elements) = value else {
            reportKind("array", value, at: path)
            return value
        }
        if !count.contains(elements.count) {
            let isExact = count.lowerBound == count.upperBound
            let isShort = elements.count < count.lowerBound
            let bound = isExact ? "exactly" : isShort ? "at least" : "at most"
            let number = isShort ? count.lowerBound : count.upperBound
            report(path, "Array must contain \(bound) \(number) element(s)")
        }
        var result: [JSONValue] = []
        for (index, value) in elements.enumerated() {
            result.append(check(value, element, at: path + ["\(index)"]))
        }
        return .array(result)
    }

    private mutating func record(
        _ value: JSONValue,
        of element: Schema,
        _ keys: TextPattern?,
        _ count: ClosedRange<Int>,
        at path: [String]
    ) -> JSONValue {
        guard case .object(let members) = value else {
            reportKind("object", value, at: path)
            return value
        }
        if members.count > count.upperBound {
            report(path, "Record must contain at most \(count.upperBound) pair(s)")
        }
        if members.count < count.lowerBound {
            report(path, "Record must contain at least \(count.lowerBound) pair(s)")
        }
        if let keys, !members.keys.allSatisfy(keys.fits) { report(path, keys.fault) }
        var result: [String: JSONValue] = [:]
        // Sorted, so that one request always gets one answer.
        for (key, member) in members.sorted(by: { $0.key < $1.key }) {
            result[key] = check(member, element, at: path + [key])
        }
        return .object(result)
    }

    private mutating func checkAlternatives(_ value: JSONValue, _ schemas: [Schema], at path: [String]) {
        var faults: [InputIssue] = []
        for schema in schemas {
            var trial = Validator()
            _ = trial.check(value, schema, at: path)
            if trial.issues.isEmpty { return }
            faults += trial.issues
        }
        issues.append(InputIssue(path, "Invalid input", alternatives: faults))
    }

    // MARK: Faults

    private mutating func reportKind(_ expected: String, _ value: JSONValue, at path: [String]) {
        report(path, "Expected \(expected), received \(value.kindName)")
    }

    private mutating func report(_ path: [String], _ message: String) {
        issues.append(InputIssue(path, message))
    }
}
