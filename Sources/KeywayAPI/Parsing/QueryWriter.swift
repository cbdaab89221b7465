import KeywayModel

/// Writes parameters as a strict query, in the one form that every SDK writes too (wire contract, section 1.2).
enum QueryWriter {
    /// The query of these values: names sorted, `_strict=true` last; empty for no values.
    static func query(_ values: [String: JSONValue]) -> String {
        var parts: [String] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            append(value, named: FormText.encode(name), to: &parts)
        }
        return parts.isEmpty ? "" : (parts + ["_strict=true"]).joined(separator: "&")
    }

    private static func append(_ value: JSONValue, named name: String, to parts: inout [String]) {
        switch value {
        case .null: parts.append(name + "=")
        case .string(let text): if !text.isEmpty { parts.append(name + "=" + FormText.encode(text)) }
        case .bool(let flag): parts.append(name + (flag ? "=true" : "=false"))
        case .number(let number): parts.append(name + "=" + FormText.encode(self.text(of: number)))
        case .array(let elements):
            if elements.isEmpty { parts.append(name + "=") }
            for element in elements { append(element, named: name, to: &parts) }
        case .object(let members):
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                append(member, named: name + "." + FormText.encode(key), to: &parts)
            }
        }
    }

    private static func text(of number: Double) -> String {
        Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
