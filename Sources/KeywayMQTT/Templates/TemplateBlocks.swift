/// Cuts a template into text, `{{ … }}`, `{% if … %}` and comments.
struct TemplateBlocks {
    /// How deep conditions may be nested.
    private static let maximumDepth = 8

    private enum Piece {
        case text(String)
        case output(Substring)
        case statement(Substring)
    }

    private var rest: ArraySlice<Piece>
    private let variables: Set<String>

    /// The parts of a template.
    ///
    /// - Throws: ``TemplateFault`` if it is not understood.
    static func parts(of source: String, variables: Set<String>) throws(TemplateFault) -> [ValueTemplate.Part] {
        var blocks = TemplateBlocks(rest: try pieces(of: source)[...], variables: variables)
        let parts = try blocks.parts(depth: 0)
        guard blocks.rest.isEmpty else { throw TemplateFault(reason: "a statement has no “if” before it") }
        return parts
    }

    // MARK: Blocks

    /// The parts up to the end, or up to a statement that belongs to a surrounding `if`.
    private mutating func parts(depth: Int) throws(TemplateFault) -> [ValueTemplate.Part] {
        guard depth <= Self.maximumDepth else { throw TemplateFault(reason: "its conditions are nested too deep") }
        var parts: [ValueTemplate.Part] = []
        while let piece = rest.first {
            switch piece {
            case .text(let text):
                rest.removeFirst()
                if !text.isEmpty { parts.append(.text(text)) }
            case .output(let expression):
                rest.removeFirst()
                parts.append(.output(try TemplateParser.expression(expression, variables: variables)))
            case .statement(let statement):
                guard let condition = Self.condition(of: statement, "if") else { return parts }
                rest.removeFirst()
                parts.append(try choice(condition, depth: depth))
            }
        }
        return parts
    }

    private mutating func choice(_ first: Substring, depth: Int) throws(TemplateFault) -> ValueTemplate.Part {
        var branches: [ValueTemplate.Part.Branch] = []
        var condition = first
        while true {
            branches.append(
                ValueTemplate.Part.Branch(
                    condition: try TemplateParser.expression(condition, variables: variables),
                    parts: try parts(depth: depth + 1)
                )
            )
            guard case .statement(let statement) = rest.popFirst() else {
                throw TemplateFault(reason: "an “if” has no “endif”")
            }
            if let next = Self.condition(of: statement, "elif") {
                condition = next
                continue
            }
            var otherwise: [ValueTemplate.Part] = []
            var end = statement
            if Self.isWord(statement, "else") {
                otherwise = try parts(depth: depth + 1)
                guard case .statement(let statement) = rest.popFirst() else {
                    throw TemplateFault(reason: "an “if” has no “endif”")
                }
                end = statement
            }
            guard Self.isWord(end, "endif") else { throw TemplateFault(reason: "a statement is not understood") }
            return .choice(branches, otherwise: otherwise)
        }
    }

    private static func isWord(_ statement: Substring, _ word: String) -> Bool {
        String(statement).trimmingSpace() == word
    }

    /// What stands behind the word that a statement begins with; nil if it begins with another.
    private static func condition(of statement: Substring, _ word: String) -> Substring? {
        let text = statement.drop { $0.isWhitespace }
        guard text.hasPrefix(word), let next = text.dropFirst(word.count).first, next.isWhitespace || next == "("
        else { return nil }
        return text.dropFirst(word.count)
    }

    // MARK: Pieces

    private static func pieces(of source: String) throws(TemplateFault) -> [Piece] {
        var pieces: [Piece] = []
        var rest = source[...]
        var stripsNext = false
        while !rest.isEmpty {
            let (text, opening) = textBefore(rest)
            rest = rest.dropFirst(text.count)
            var kept = stripsNext ? text.drop { $0.isWhitespace } : text
            stripsNext = false
            guard let opening else {
                pieces.append(.text(String(kept)))
                break
            }
            rest = rest.dropFirst(2)
            if rest.first == "-" {
                rest.removeFirst()
                while kept.last?.isWhitespace == true { kept.removeLast() }
            }
            pieces.append(.text(String(kept)))
            var inside = try content(of: &rest, opening: opening)
            if inside.last == "-" {
                inside.removeLast()
                stripsNext = true
            }
            switch opening {
            case "{": pieces.append(.output(inside))
            case "%": pieces.append(.statement(inside))
            default: break
            }
        }
        return pieces
    }

    /// The text up to the next opening braces, and the second character of those; nil if there are none.
    private static func textBefore(_ rest: Substring) -> (Substring, Character?) {
        var index = rest.startIndex
        while let brace = rest[index...].firstIndex(of: "{") {
            let next = rest.index(after: brace)
            if next < rest.endIndex, "{%#".contains(rest[next]) { return (rest[..<brace], rest[next]) }
            index = next
        }
        return (rest, nil)
    }

    /// What stands before the closing braces; braces inside a quoted text do not close.
    private static func content(of rest: inout Substring, opening: Character) throws(TemplateFault) -> Substring {
        let closing: Character = opening == "{" ? "}" : opening
        var quote: Character?
        var index = rest.startIndex
        while index < rest.endIndex {
            let character = rest[index]
            let next = rest.index(after: index)
            if let open = quote {
                if character == "\\", next < rest.endIndex {
                    index = rest.index(after: next)
                    continue
                }
                if character == open { quote = nil }
            } else if opening != "#", character == "'" || character == "\"" {
                quote = character
            } else if character == closing, next < rest.endIndex, rest[next] == "}" {
                let inside = rest[..<index]
                rest = rest[rest.index(after: next)...]
                return inside
            }
            index = next
        }
        throw TemplateFault(reason: "braces are not closed")
    }
}
