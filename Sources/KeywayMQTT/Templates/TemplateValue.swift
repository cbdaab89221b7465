import KeywayModel

/// A value inside a template, as Python has it: Home Assistant's templates are written in Jinja.
enum TemplateValue: Hashable, Sendable {
    case undefined
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    case list([TemplateValue])
    case mapping([String: JSONValue])

    /// A value of a JSON document; a number without a fraction is an integer, even if it was written `1.0`.
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .bool(let flag): self = .bool(flag)
        case .number(let number): self = Int(exactly: number).map(Self.integer) ?? .float(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(elements.map(Self.init))
        case .object(let members): self = .mapping(members)
        }
    }

    /// Whether a condition takes it for true.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let flag): flag
        case .integer(let number): number != 0
        case .float(let number): number != 0
        case .string(let text): !text.isEmpty
        case .list(let elements): !elements.isEmpty
        case .mapping(let members): !members.isEmpty
        }
    }

    /// The value as text, as Python writes it.
    ///
    /// - Throws: ``TemplateFailure`` for lists and mappings, whose text no device is compared with.
    func text() throws(TemplateFailure) -> String {
        switch self {
        case .undefined: ""
        case .none: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .integer(let number): String(number)
        case .float(let number): String(describing: number)
        case .string(let text): text
        case .list, .mapping: throw TemplateFailure(reason: "it is a list or an object")
        }
    }

    /// The number, if it is one; Python counts truth values among them.
    var number: Double? {
        switch self {
        case .bool(let flag): flag ? 1 : 0
        case .integer(let number): Double(number)
        case .float(let number): number
        case .undefined, .none, .string, .list, .mapping: nil
        }
    }

    /// Whether Python finds both equal: numbers and truth values by their size, all else only within its kind.
    func equals(_ other: TemplateValue) -> Bool {
        if let left = number, let right = other.number { return left == right }
        switch (self, other) {
        case (.list(let left), .list(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        default: return self == other
        }
    }
}

/// Why a template that is understood says nothing about a message.
struct TemplateFailure: Error, Hashable {
    let reason: String
}

/// Why a template is not understood.
struct TemplateFault: Error, Hashable {
    let reason: String
}
