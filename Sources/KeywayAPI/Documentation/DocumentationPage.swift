import Crypto
import HTTPTypes
import KeywayModel
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The description of the API for people: one page of HTML without scripts, from a table of endpoints and nothing else.
///
/// Its properties are what the template asks for.
struct DocumentationPage {
    private let version = Release.version
    private let style = DocumentationTemplate.style
    private let baseURL: String
    private let introduction = Prose(Overview.introduction)
    private let sections = Overview.sections.map { Section($0) }
    private let credentials = CredentialKind.allCases.map { Credential($0) }
    private let refusals = Refusal.allCases.map { RefusalRow($0) }
    private let nouns: [Noun]
    private let objects: [Object]

    /// Describes the endpoints of a table.
    ///
    /// - Parameters:
    ///   - table: The endpoints.
    ///   - baseURL: Where the reader reaches this server, without a slash at the end.
    init(table: EndpointTable, baseURL: String) {
        self.baseURL = baseURL
        nouns = table.nouns.map { noun in
            Noun(
                name: noun,
                endpoints: table.endpoints.filter { $0.noun == noun }.map { EndpointEntry($0, baseURL: baseURL) }
            )
        }
        let named = table.endpoints.flatMap(\.answer).flatMap(\.schema.namedSchemas) + [.errorResponse]
        objects = Set(named).sorted { $0.name < $1.name }.map { Object($0) }
    }

    /// The page.
    var html: String { DocumentationTemplate.render(self) }

    /// The header that lets a browser load nothing for the page but its own style.
    static let contentSecurityPolicy: String = {
        let hash = Data(SHA256.hash(data: Array(DocumentationTemplate.style.utf8))).base64EncodedString()
        return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'"
    }()

    // MARK: What the template asks for

    private struct Section {
        let anchor: String
        let title: String
        let paragraphs: [Prose]
        let listsCredentials: Bool
        let listsRefusals: Bool

        init(_ section: Overview.Section) {
            anchor = "about-" + section.title.lowercased().replacing(" ", with: "-")
            title = section.title
            paragraphs = section.paragraphs.map { Prose($0) }
            listsCredentials = section == Overview.authentication
            listsRefusals = section == Overview.errors
        }
    }

    private struct Credential {
        let title: String
        let ways: [[Scheme]]

        init(_ kind: CredentialKind) {
            title = kind.title
            ways = kind.schemes.map { way in way.map { Scheme($0) } }
        }
    }

    private struct Scheme {
        let header: String
        let meaning: Prose

        init(_ scheme: SecurityScheme) {
            header = scheme.isBearer ? "\(scheme.header): Bearer …" : "\(scheme.header): …"
            meaning = Prose(scheme.documentation)
        }
    }

    private struct RefusalRow {
        let status: Int
        let meaning: Prose

        init(_ refusal: Refusal) {
            status = refusal.status.code
            meaning = Prose(refusal.meaning)
        }
    }

    private struct Noun {
        let name: String
        let endpoints: [EndpointEntry]
    }

    private struct EndpointEntry {
        let path: String
        let rest: String
        let anchor: String
        let methods: [String]
        let summary: Prose
        let credentials: String
        let headers: [String]
        let need: String?
        let rules: [Prose]
        let hasParameters: Bool
        let parameters: [Row]
        let isStream: Bool
        let answer: [Row]
        let example: String

        init(_ endpoint: Endpoint, baseURL: String) {
            path = endpoint.path
            rest = endpoint.path.split(separator: "/").dropFirst().joined(separator: "/")
            anchor = String(endpoint.path.dropFirst().replacing("/", with: "-"))
            methods = endpoint.kind.methods.map(\.rawValue)
            summary = Prose(endpoint.summary)
            credentials = endpoint.accepts.map { $0.map(\.title).joined(separator: " · ") } ?? "none needed"
            headers =
                (endpoint.kind == .action ? ["idempotency-key"] : []) + (endpoint.isHeld ? ["prefer"] : [])
                + (endpoint.isStream ? ["last-event-id"] : [])
            let names = endpoint.needsOneOf.joined(separator: ", ")
            need = names.isEmpty ? nil : names
            rules = endpoint.rules.map { Prose($0.sentence) }
            parameters = endpoint.parameters.flatMap { Row.rows(of: $0) }
            hasParameters = !parameters.isEmpty
            isStream = endpoint.isStream
            let keys = endpoint.answer.map { ParameterDeclaration.always($0.name, $0.schema, "") }
            answer = ([.always("ok", .literal(true), "")] + keys).flatMap { Row.rows(of: $0) }
            example = Example(endpoint: endpoint, baseURL: baseURL).command
        }
    }

    private struct Object {
        let name: String
        let meaning: Prose
        let keys: [Row]

        init(_ named: NamedSchema) {
            name = named.name
            meaning = Prose(named.documentation)
            keys = Row.rows(below: "", of: named.schema)
        }
    }

    /// One line of a table: a parameter or a key, or a key inside of one.
    private struct Row {
        let name: String
        let type: TypeInWords
        let isRequired: Bool
        let defaultValue: String?
        let meaning: Prose

        static func rows(of declaration: ParameterDeclaration, in prefix: String = "") -> [Row] {
            let name = prefix + declaration.name
            let row = Row(
                name: name,
                type: TypeInWords(declaration.schema),
                isRequired: declaration.isRequired,
                defaultValue: declaration.defaultValue.flatMap { text(of: $0) },
                meaning: Prose(declaration.documentation)
            )
            return [row] + rows(below: name, of: declaration.schema)
        }

        static func rows(below name: String, of schema: Schema) -> [Row] {
            switch schema.unwrapped {
            case .object(let keys): keys.flatMap { rows(of: $0, in: name.isEmpty ? "" : name + ".") }
            case .array(let element, _): rows(below: name + "[]", of: element)
            default: []
            }
        }

        private static func text(of value: JSONValue) -> String? {
            (try? JSONOutput.bytes(of: value)).map { String(buffer: $0) }
        }
    }
}

/// A text in which backticks stand around what is meant literally.
struct Prose {
    let parts: [Part]

    struct Part {
        let text: String
        let isCode: Bool
    }

    /// Takes a text apart.
    init(_ text: String) {
        parts = text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { index, part in Part(text: String(part), isCode: !index.isMultiple(of: 2)) }
    }
}
