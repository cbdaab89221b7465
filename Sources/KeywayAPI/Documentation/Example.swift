import HTTPTypes
import KeywayModel
import NIOCore

/// A request to an endpoint as a person would make it, from its declaration.
struct Example {
    let endpoint: Endpoint
    let baseURL: String

    /// The request as a command for curl, with credentials in variables of the shell.
    var command: String {
        let method = endpoint.kind.methods[0]
        var parts: [String] = []
        var url = baseURL + endpoint.path
        if endpoint.isStream { parts.append("--no-buffer") }
        parts += headers.map { name, value in "-H \"\(name): \(value)\"" }
        if method == .get || method == .delete {
            let query = QueryWriter.query(values)
            if !query.isEmpty { url += "?\(query)" }
            if method == .delete { parts.append("-X DELETE") }
        } else {
            if method != .post { parts.append("-X \(method.rawValue)") }
            parts.append("-H \"Content-Type: application/json\"")
            parts.append("-d \(Self.quoted(body))")
        }
        return "curl " + (parts + [Self.quoted(url)]).joined(separator: " \\\n  ")
    }

    private var headers: [(name: String, value: String)] {
        (endpoint.accepts?.first?.schemes.first ?? [])
            .map { scheme in
                let value = "$\(scheme.name.uppercased())"
                return scheme.isBearer ? ("Authorization", "Bearer \(value)") : (scheme.header, value)
            }
    }

    /// The parameters without which the request would be refused.
    var values: [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for parameter in endpoint.parameters where parameter.isRequired || parameter.name == endpoint.needsOneOf.first {
            values[parameter.name] = parameter.schema.sample
        }
        for rule in endpoint.rules where rule.demand == .neededWith && values[rule.condition] == rule.value {
            values[rule.parameter] = endpoint.parameters.first { $0.name == rule.parameter }?.schema.sample
        }
        return values
    }

    private var body: String {
        // Made of texts, numbers and truth values, which can always be written.
        (try? JSONOutput.bytes(of: JSONValue.object(values))).map { String(buffer: $0) } ?? "{}"
    }

    private static func quoted(_ text: String) -> String {
        "'\(text.replacing("'", with: "'\\''"))'"
    }
}

extension Schema {
    /// A value that fits.
    var sample: JSONValue {
        switch self {
        case .uuid: .string("019c5f3e-7b1a-7c3d-9e4f-5a6b7c8d9e0f")
        case .string(let length): .string(String("example-text".prefix(length.upperBound)))
        case .pattern(let pattern, _): .string(pattern.sample)
        case .url: .string("https://example.com/hook")
        case .email: .string("somebody@example.com")
        case .boolean: .bool(true)
        case .integer(let range): .number(Double(min(max(1, range.lowerBound), range.upperBound)))
        case .number(let range): .number(min(max(1, range.lowerBound), range.upperBound))
        case .dateTime: .string("2026-03-01T09:30:00Z")
        case .enumeration(let texts), .word(let texts): texts.first.map { .string($0) } ?? .null
        case .literal(let flag): .bool(flag)
        case .array(let element, let count): .array(Array(repeating: element.sample, count: max(1, count.lowerBound)))
        case .record(let element, let keys, _): .object([keys?.sample ?? "key": element.sample])
        case .object(let keys):
            .object(
                keys.filter(\.isRequired).reduce(into: [:]) { members, key in members[key.name] = key.schema.sample }
            )
        case .anyOf(let schemas): schemas.first?.sample ?? .null
        case .named(let named): named.schema.sample
        case .anything: .object([:])
        case .nullable(let schema): schema.sample
        }
    }
}
