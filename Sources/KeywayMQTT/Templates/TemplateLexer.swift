/// A word of an expression.
enum TemplateToken: Hashable {
    case name(String)
    case string(String)
    case number(TemplateValue)
    case symbol(String)
}

/// Cuts an expression into words.
struct TemplateLexer {
    private static let pairs: Set<String> = ["==", "!=", "<=", ">="]
    private static let singles = Set<Character>("<>.,|()[]-")

    /// The words of an expression.
    ///
    /// - Throws: ``TemplateFault`` for a character that no expression that is understood has.
    static func tokens(_ text: Substring) throws(TemplateFault) -> [TemplateToken] {
        var tokens: [TemplateToken] = []
        var rest = text
        while let character = rest.first {
            if character.isWhitespace {
                rest.removeFirst()
            } else if character == "'" || character == "\"" {
                tokens.append(.string(try string(&rest)))
            } else if isNameStart(character) {
                let name = rest.prefix { isNameStart($0) || isDigit($0) }
                rest = rest.dropFirst(name.count)
                tokens.append(.name(String(name)))
            } else if isDigit(character) {
                tokens.append(.number(try number(&rest)))
            } else if pairs.contains(String(rest.prefix(2))) {
                tokens.append(.symbol(String(rest.prefix(2))))
                rest = rest.dropFirst(2)
            } else if singles.contains(character) {
                tokens.append(.symbol(String(character)))
                rest.removeFirst()
            } else {
                throw TemplateFault(reason: "“\(character)” is not understood")
            }
        }
        return tokens
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func isNameStart(_ character: Character) -> Bool {
        character.isASCII && character.isLetter || character == "_"
    }

    private static func string(_ rest: inout Substring) throws(TemplateFault) -> String {
        let quote = rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote { return text }
            guard character == "\\" else {
                text.append(character)
                continue
            }
            switch rest.popFirst() {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case let escaped? where "\\'\"".contains(escaped): text.append(escaped)
            default: throw TemplateFault(reason: "a text has an escape that is not understood")
            }
        }
        throw TemplateFault(reason: "a text does not end")
    }

    private static func number(_ rest: inout Substring) throws(TemplateFault) -> TemplateValue {
        var text = String(rest.prefix(while: isDigit))
        rest = rest.dropFirst(text.count)
        if rest.first == ".", let next = rest.dropFirst().first, isDigit(next) {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count + 1)
            text += ".\(fraction)"
            if let number = Double(text) { return .float(number) }
        } else if let number = Int(text) {
            return .integer(number)
        }
        throw TemplateFault(reason: "a number is too large")
    }
}
