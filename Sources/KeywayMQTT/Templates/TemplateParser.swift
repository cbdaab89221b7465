/// Reads the expressions of the grammar that is understood (docs/mqtt.md), with Jinja's precedence.
struct TemplateParser {
    /// How deep expressions may be nested.
    private static let maximumDepth = 16
    /// Names that are methods of a Python mapping, which `value_json.items` would mean instead of a member.
    private static let methods: Set<String> = [
        "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
    ]
    private static let keywords: Set<String> = ["and", "or", "not", "if", "else", "elif", "in", "is"]

    private let variables: Set<String>
    private var rest: ArraySlice<TemplateToken>
    private var depth = 0

    private init(_ tokens: [TemplateToken], variables: Set<String>) {
        rest = tokens[...]
        self.variables = variables
    }

    /// Reads one expression and nothing after it.
    ///
    /// - Parameters:
    ///   - text: The expression.
    ///   - variables: The variables that it may name.
    /// - Returns: The expression.
    /// - Throws: ``TemplateFault`` for anything that is not understood.
    static func expression(_ text: Substring, variables: Set<String>) throws(TemplateFault) -> TemplateExpression {
        var parser = TemplateParser(try TemplateLexer.tokens(text), variables: variables)
        let expression = try parser.choice()
        guard parser.rest.isEmpty else { throw parser.surprise() }
        return expression
    }

    // MARK: From the loosest to the tightest

    private mutating func choice() throws(TemplateFault) -> TemplateExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw TemplateFault(reason: "it is nested too deep") }
        let value = try disjunction()
        guard take(name: "if") else { return value }
        let condition = try disjunction()
        let otherwise = take(name: "else") ? try choice() : .literal(.undefined)
        return .choice(condition: condition, then: value, otherwise: otherwise)
    }

    private mutating func disjunction() throws(TemplateFault) -> TemplateExpression {
        var left = try conjunction()
        while take(name: "or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(TemplateFault) -> TemplateExpression {
        var left = try negation()
        while take(name: "and") { left = .and(left, try negation()) }
        return left
    }

    private mutating func negation() throws(TemplateFault) -> TemplateExpression {
        var isNegated = false
        while take(name: "not") { isNegated.toggle() }
        let operand = try comparison()
        return isNegated ? .not(operand) : operand
    }

    private mutating func comparison() throws(TemplateFault) -> TemplateExpression {
        let left = try tested()
        guard let comparison = takeComparison() else { return left }
        let right = try tested()
        guard takeComparison() == nil else { throw TemplateFault(reason: "chains of comparisons are not understood") }
        return .compared(left, comparison, right)
    }

    private mutating func takeComparison() -> TemplateExpression.Comparison? {
        if case .symbol(let symbol) = rest.first, let comparison = TemplateExpression.Comparison(rawValue: symbol) {
            rest.removeFirst()
            return comparison
        }
        if take(name: "in") { return .isIn }
        if rest.first == .name("not"), rest.dropFirst().first == .name("in") {
            rest.removeFirst(2)
            return .isNotIn
        }
        return nil
    }

    private mutating func tested() throws(TemplateFault) -> TemplateExpression {
        let operand = try postfix()
        guard take(name: "is") else { return operand }
        let isNegated = take(name: "not")
        guard case .name(let name) = rest.first, let test = TemplateExpression.Test(rawValue: name) else {
            throw surprise()
        }
        rest.removeFirst()
        return .tested(operand, test, isNegated: isNegated)
    }

    private mutating func postfix() throws(TemplateFault) -> TemplateExpression {
        var value = try primary()
        while true {
            if take(symbol: ".") {
                guard case .name(let name) = rest.first, !Self.methods.contains(name) else { throw surprise() }
                rest.removeFirst()
                value = .member(value, name)
            } else if take(symbol: "[") {
                value = try subscripted(value)
            } else if take(symbol: "|") {
                value = .filtered(value, try filter())
            } else {
                return value
            }
        }
    }

    private mutating func subscripted(_ base: TemplateExpression) throws(TemplateFault) -> TemplateExpression {
        let value: TemplateExpression
        switch rest.popFirst() {
        case .string(let name): value = .member(base, name)
        case .number(.integer(let index)): value = .element(base, index)
        case .symbol("-"):
            guard case .number(.integer(let index)) = rest.popFirst() else { throw surprise() }
            value = .element(base, -index)
        default: throw TemplateFault(reason: "what stands in brackets is not understood")
        }
        guard take(symbol: "]") else { throw surprise() }
        return value
    }

    private mutating func primary() throws(TemplateFault) -> TemplateExpression {
        switch rest.first {
        case .string(let text):
            rest.removeFirst()
            return .literal(.string(text))
        case .number(let number):
            rest.removeFirst()
            return .literal(number)
        case .symbol("-"):
            rest.removeFirst()
            switch rest.popFirst() {
            case .number(.integer(let number)): return .literal(.integer(-number))
            case .number(.float(let number)): return .literal(.float(-number))
            default: throw TemplateFault(reason: "“-” is not understood but before a number")
            }
        case .symbol("("):
            rest.removeFirst()
            return try parenthesised()
        case .symbol("["):
            rest.removeFirst()
            return .list(try elements(until: "]"))
        case .name(let name):
            guard let value = try named(name) else { throw surprise() }
            rest.removeFirst()
            return value
        default: throw surprise()
        }
    }

    /// An expression in parentheses, or a tuple.
    private mutating func parenthesised() throws(TemplateFault) -> TemplateExpression {
        let first = try choice()
        if take(symbol: ")") { return first }
        guard take(symbol: ",") else { throw surprise() }
        return .list([first] + (try elements(until: ")")))
    }

    private mutating func elements(until end: String) throws(TemplateFault) -> [TemplateExpression] {
        var elements: [TemplateExpression] = []
        while !take(symbol: end) {
            elements.append(try choice())
            guard take(symbol: ",") || rest.first == .symbol(end) else { throw surprise() }
        }
        return elements
    }

    private func named(_ name: String) throws(TemplateFault) -> TemplateExpression? {
        switch name {
        case "true", "True": .literal(.bool(true))
        case "false", "False": .literal(.bool(false))
        case "none", "None": .literal(.none)
        default: variables.contains(name) && !Self.keywords.contains(name) ? .variable(name) : nil
        }
    }

    // MARK: Filters

    private mutating func filter() throws(TemplateFault) -> TemplateExpression.Filter {
        guard case .name(let name) = rest.first else { throw surprise() }
        rest.removeFirst()
        let arguments = try self.arguments()
        let plain = arguments.isEmpty
        switch name {
        case "upper" where plain: return .upper
        case "lower" where plain: return .lower
        case "trim" where plain: return .trim
        case "string" where plain: return .string
        case "is_defined" where plain: return .isDefined
        case "int" where arguments.count <= 1: return .integer(default: arguments.first)
        case "float" where arguments.count <= 1: return .float(default: arguments.first)
        case "round" where plain: return .round(digits: 0)
        case "round" where arguments.count == 1:
            guard case .literal(.integer(let digits)) = arguments[0], (0...6).contains(digits) else { break }
            return .round(digits: digits)
        case "default" where arguments.count == 1, "d" where arguments.count == 1:
            return .fallback(arguments[0], alsoForFalse: false)
        case "default" where arguments.count == 2, "d" where arguments.count == 2:
            guard case .literal(.bool(let flag)) = arguments[1] else { break }
            return .fallback(arguments[0], alsoForFalse: flag)
        default: break
        }
        throw TemplateFault(reason: "the filter “\(name)” is not understood as it is used")
    }

    private mutating func arguments() throws(TemplateFault) -> [TemplateExpression] {
        take(symbol: "(") ? try elements(until: ")") : []
    }

    // MARK: Words

    private mutating func take(name: String) -> Bool {
        guard rest.first == .name(name) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func take(symbol: String) -> Bool {
        guard rest.first == .symbol(symbol) else { return false }
        rest.removeFirst()
        return true
    }

    private func surprise() -> TemplateFault {
        switch rest.first {
        case .name(let text), .symbol(let text): TemplateFault(reason: "“\(text)” is not understood here")
        case .string, .number: TemplateFault(reason: "a text or number is not understood here")
        case nil: TemplateFault(reason: "an expression ends too early")
        }
    }
}
