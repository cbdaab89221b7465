/// What a value may be, in words for people.
struct TypeInWords: Hashable {
    /// The words, the last of which is the name of a schema if there is one.
    var text = ""
    /// The name of the schema that the words end with; nil: none.
    var schema: String?
    /// The values that the words introduce; empty: none.
    var values: [String] = []
    /// What else it may be; empty: nothing.
    var rest = ""

    /// Whether there are so many values that a reader wants to see them on demand only.
    var hasManyValues: Bool { values.count > 8 }

    /// Tells what fits a schema; the keys of an object are told elsewhere.
    init(_ schema: Schema) {
        switch schema {
        case .uuid: text = "UUID"
        case .string(let length): text = "text" + Self.bounds(length, of: "character")
        case .pattern(let pattern, let length):
            text = "text" + Self.bounds(length, of: "character") + ", like"
            values = [pattern.expression]
        case .url: text = "URL"
        case .email: text = "e-mail address"
        case .boolean: text = "truth value"
        case .integer(let range):
            text = "whole number" + Self.bounds(Double(range.lowerBound), Double(range.upperBound))
        case .number(let range): text = "number" + Self.bounds(range.lowerBound, range.upperBound)
        case .dateTime: text = "time"
        case .enumeration(let texts), .word(let texts):
            text = texts.count == 1 ? "" : "one of"
            values = texts
        case .literal(let flag): values = [flag ? "true" : "false"]
        case .array(let element, let count): self = Self.prefixed("list of", element, Self.bounds(count, of: "element"))
        case .record(let element, _, let count):
            self = Self.prefixed("object of", element, Self.bounds(count, of: "key"))
        case .object: text = "object"
        case .anyOf(let schemas): text = schemas.map { Self($0).text }.joined(separator: " or ")
        case .named(let named): self.schema = named.name
        case .anything: text = "anything"
        case .nullable(let schema):
            self = Self(schema)
            rest += " or null"
        }
    }

    private static func prefixed(_ prefix: String, _ schema: Schema, _ suffix: String) -> Self {
        var words = Self(schema)
        words.text = words.text.isEmpty ? prefix : "\(prefix) \(words.text)"
        words.rest += suffix
        return words
    }

    private static func bounds(_ range: ClosedRange<Int>, of unit: String) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (0, .max): ""
        case (1, .max): ", not empty"
        case (let minimum, .max): ", at least \(minimum) \(unit)s"
        case (0, let maximum): ", at most \(maximum) \(unit)s"
        case (let minimum, let maximum) where minimum == maximum: ", \(minimum) \(unit)s"
        case (let minimum, let maximum): ", \(minimum) to \(maximum) \(unit)s"
        }
    }

    private static func bounds(_ minimum: Double, _ maximum: Double) -> String {
        let (lower, upper) = (Int64(exactly: minimum), Int64(exactly: maximum))
        let (first, last) = (lower.map { "\($0)" } ?? "\(minimum)", upper.map { "\($0)" } ?? "\(maximum)")
        // What a double cannot tell from its neighbours is no bound that anybody means.
        switch (minimum > -0x1p53, maximum < 0x1p53) {
        case (true, true): return ", \(first) to \(last)"
        case (true, false): return ", from \(first)"
        case (false, true): return ", up to \(last)"
        case (false, false): return ""
        }
    }
}
