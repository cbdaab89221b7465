/// A Home Assistant template of the small grammar that Keyway understands (docs/mqtt.md), read once.
///
/// Whatever else Jinja can do is refused when the template is read, so that no message is guessed at.
package struct ValueTemplate: Hashable, Sendable {
    /// The longest template that is read, in characters.
    static let maximumLength = 2_000

    private let parts: [Part]

    /// A piece of a template.
    indirect enum Part: Hashable, Sendable {
        case text(String)
        case output(TemplateExpression)
        case choice([Branch], otherwise: [Part])

        struct Branch: Hashable, Sendable {
            let condition: TemplateExpression
            let parts: [Part]
        }
    }

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - source: The template.
    ///   - variables: The variables that it may name.
    /// - Throws: ``TemplateFault`` if it is not understood.
    init(_ source: String, variables: Set<String>) throws(TemplateFault) {
        guard source.count <= Self.maximumLength else {
            throw TemplateFault(reason: "it is longer than \(Self.maximumLength) characters")
        }
        parts = try TemplateBlocks.parts(of: source.trimmingSpace(), variables: variables)
    }

    private init(parts: [Part]) {
        self.parts = parts
    }

    /// The template that says a member of the message, or the whole message if that is not JSON.
    static func memberOrWhole(_ name: String) -> ValueTemplate {
        let json = TemplateExpression.variable("value_json")
        let branch = Part.Branch(
            condition: .tested(json, .defined, isNegated: false),
            parts: [.output(.member(json, name))]
        )
        return ValueTemplate(parts: [.choice([branch], otherwise: [.output(.variable("value"))])])
    }

    /// What the template says, without space at both ends.
    ///
    /// - Throws: ``TemplateFailure`` if it says nothing with these values.
    func render(_ variables: [String: TemplateValue]) throws(TemplateFailure) -> String {
        try Self.render(parts, variables).trimmingSpace()
    }

    private static func render(
        _ parts: [Part],
        _ variables: [String: TemplateValue]
    ) throws(TemplateFailure) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .output(let expression): text += try expression.value(variables).text()
            case .choice(let branches, let otherwise):
                var chosen = otherwise
                for branch in branches where try branch.condition.value(variables).isTrue {
                    chosen = branch.parts
                    break
                }
                text += try render(chosen, variables)
            }
        }
        return text
    }

    /// The one member of the message that the whole template is, as `{{ value_json.state }}` is `state`; nil if it is
    /// anything else.
    var memberName: String? {
        guard parts.count == 1, case .output(.member(.variable("value_json"), let name)) = parts[0] else { return nil }
        return name
    }
}
