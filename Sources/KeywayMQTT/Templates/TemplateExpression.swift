import FoundationEssentials
import KeywayModel

/// What stands between the braces of a template.
indirect enum TemplateExpression: Hashable, Sendable {
    case literal(TemplateValue)
    case list([TemplateExpression])
    case variable(String)
    case member(TemplateExpression, String)
    case element(TemplateExpression, Int)
    case filtered(TemplateExpression, Filter)
    case not(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case compared(TemplateExpression, Comparison, TemplateExpression)
    case tested(TemplateExpression, Test, isNegated: Bool)
    case choice(condition: TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression)

    enum Comparison: String, Hashable, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case isNotIn = "not in"
    }

    enum Test: String, Hashable, Sendable {
        case defined, undefined, none, string, number, boolean
    }

    enum Filter: Hashable, Sendable {
        case upper, lower, trim, string, isDefined
        case integer(default: TemplateExpression?)
        case float(default: TemplateExpression?)
        case round(digits: Int)
        case fallback(TemplateExpression, alsoForFalse: Bool)
    }

    /// Works the expression out.
    ///
    /// - Parameter variables: The values of the variables; one that is missing is undefined.
    /// - Returns: What the expression comes to.
    /// - Throws: ``TemplateFailure`` where Jinja raises an error.
    func value(_ variables: [String: TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        switch self {
        case .literal(let value): return value
        case .list(let expressions):
            var values: [TemplateValue] = []
            for expression in expressions { values.append(try expression.value(variables)) }
            return .list(values)
        case .variable(let name): return variables[name] ?? .undefined
        case .member(let base, let name):
            switch try base.value(variables) {
            case .undefined: throw TemplateFailure(reason: "there is nothing to take “\(name)” from")
            case .mapping(let members): return members[name].map(TemplateValue.init) ?? .undefined
            default: return .undefined
            }
        case .element(let base, let index):
            switch try base.value(variables) {
            case .undefined: throw TemplateFailure(reason: "there is nothing to take element \(index) from")
            case .list(let elements):
                let position = index < 0 ? elements.count + index : index
                return elements.indices.contains(position) ? elements[position] : .undefined
            default: return .undefined
            }
        case .filtered(let input, let filter): return try filter.apply(to: try input.value(variables), variables)
        case .not(let operand): return .bool(!(try operand.value(variables).isTrue))
        case .and(let left, let right):
            let value = try left.value(variables)
            return value.isTrue ? try right.value(variables) : value
        case .or(let left, let right):
            let value = try left.value(variables)
            return value.isTrue ? value : try right.value(variables)
        case .compared(let left, let comparison, let right):
            return .bool(try comparison.holds(try left.value(variables), try right.value(variables)))
        case .tested(let operand, let test, let isNegated):
            return .bool(test.holds(try operand.value(variables)) != isNegated)
        case .choice(let condition, let then, let otherwise):
            return try (try condition.value(variables).isTrue ? then : otherwise).value(variables)
        }
    }
}

extension TemplateExpression.Comparison {
    fileprivate func holds(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFailure) -> Bool {
        switch self {
        case .equal: left.equals(right)
        case .notEqual: !left.equals(right)
        case .less: try Self.ordered(left, right, { $0 < $1 }, { $0 < $1 })
        case .lessOrEqual: try Self.ordered(left, right, { $0 <= $1 }, { $0 <= $1 })
        case .greater: try Self.ordered(left, right, { $0 > $1 }, { $0 > $1 })
        case .greaterOrEqual: try Self.ordered(left, right, { $0 >= $1 }, { $0 >= $1 })
        case .isIn: try Self.contains(right, left)
        case .isNotIn: !(try Self.contains(right, left))
        }
    }

    private static func ordered(
        _ left: TemplateValue,
        _ right: TemplateValue,
        _ numbers: (Double, Double) -> Bool,
        _ texts: (String, String) -> Bool
    ) throws(TemplateFailure) -> Bool {
        if let left = left.number, let right = right.number { return numbers(left, right) }
        if case .string(let left) = left, case .string(let right) = right { return texts(left, right) }
        throw TemplateFailure(reason: "values of different kinds have no order")
    }

    private static func contains(_ whole: TemplateValue, _ part: TemplateValue) throws(TemplateFailure) -> Bool {
        switch (whole, part) {
        case (.undefined, _): return false
        case (.list(let elements), _): return elements.contains { $0.equals(part) }
        case (.string(let text), .string(let part)): return part.isEmpty || text.contains(part)
        case (.mapping(let members), .string(let name)): return members[name] != nil
        default: throw TemplateFailure(reason: "there is nothing that “in” could look into")
        }
    }
}

extension TemplateExpression.Test {
    fileprivate func holds(_ value: TemplateValue) -> Bool {
        switch (self, value) {
        case (.defined, _): value != .undefined
        case (.undefined, _): value == .undefined
        case (.none, .none), (.boolean, .bool), (.string, .string): true
        case (.number, _): value.number != nil
        default: false
        }
    }
}

extension TemplateExpression.Filter {
    fileprivate func apply(
        to value: TemplateValue,
        _ variables: [String: TemplateValue]
    ) throws(TemplateFailure) -> TemplateValue {
        switch self {
        case .upper: return .string(try value.text().uppercased())
        case .lower: return .string(try value.text().lowercased())
        case .trim: return .string(try value.text().trimmingSpace())
        case .string: return .string(try value.text())
        case .isDefined:
            guard value != .undefined else { throw TemplateFailure(reason: "a value is not defined") }
            return value
        case .integer(let fallback):
            if let number = Self.number(value), let whole = Int(exactly: number.rounded(.towardZero)) {
                return .integer(whole)
            }
            return try Self.fallback(fallback, variables)
        case .float(let fallback):
            if let number = Self.number(value) { return .float(number) }
            return try Self.fallback(fallback, variables)
        case .round(let digits):
            guard let number = Self.number(value) else { throw TemplateFailure(reason: "a value is no number") }
            let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
            // Python rounds a half to the even neighbour.
            let rounded = (number * scale).rounded(.toNearestOrEven) / scale
            return digits == 0 ? Int(exactly: rounded).map(TemplateValue.integer) ?? .float(rounded) : .float(rounded)
        case .fallback(let fallback, let alsoForFalse):
            let isMissing = value == .undefined || (alsoForFalse && !value.isTrue)
            return isMissing ? try fallback.value(variables) : value
        }
    }

    /// The number that a value is, or that its text says; nil also for what is not finite.
    private static func number(_ value: TemplateValue) -> Double? {
        if case .string(let text) = value { return Double(text.trimmingSpace()).flatMap { $0.isFinite ? $0 : nil } }
        return value.number
    }

    private static func fallback(
        _ expression: TemplateExpression?,
        _ variables: [String: TemplateValue]
    ) throws(TemplateFailure) -> TemplateValue {
        guard let expression else { throw TemplateFailure(reason: "a value is no number") }
        return try expression.value(variables)
    }
}

extension String {
    /// The text without space at both ends.
    func trimmingSpace() -> String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
