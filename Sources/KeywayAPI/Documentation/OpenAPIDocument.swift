import KeywayModel

/// The description of the API in the words of OpenAPI 3.1, which derives from a table of endpoints and nothing else.
struct OpenAPIDocument {
    let table: EndpointTable
    /// Where clients reach this server, without a slash at the end.
    let baseURL: String

    /// The whole document.
    var json: JSONValue {
        .object([
            "openapi": .string("3.1.0"),
            "info": Self.info,
            "servers": .array([.object(["url": .string(baseURL)])]),
            "externalDocs": .object(["url": .string("\(baseURL)/docs")]),
            "tags": .array(table.nouns.map { .object(["name": .string($0)]) }),
            "paths": .object(paths),
            "components": components,
        ])
    }

    private static let info = JSONValue.object([
        "title": .string("Keyway"),
        "version": .string(Release.version),
        "license": .object(["name": .string("Apache License 2.0"), "identifier": .string("Apache-2.0")]),
        "description": .string(
            ([Overview.introduction]
                + Overview.sections.map { "## \($0.title)\n\n" + $0.paragraphs.joined(separator: "\n\n") })
                .joined(separator: "\n\n")
        ),
    ])

    private var paths: [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for endpoint in table.endpoints {
            var operations: [String: JSONValue] = [:]
            for method in endpoint.kind.methods {
                let operation = OpenAPIOperation(endpoint: endpoint, method: method)
                operations[operation.key] = operation.json
            }
            result[endpoint.path] = .object(operations)
        }
        return result
    }

    // MARK: What is listed once

    private var components: JSONValue {
        .object([
            "schemas": .object(schemas),
            "parameters": .object(
                [
                    Self.strictParameter, Self.idempotencyKeyParameter, Self.preferParameter, Self.lastEventIDParameter,
                ]
                .reduce(into: [:]) { members, parameter in members[parameter.name] = parameter.json }
            ),
            "headers": .object(Self.headers),
            "responses": .object(
                Refusal.allCases.reduce(into: [:]) { members, refusal in members[refusal.name] = refusal.json }
            ),
            "securitySchemes": .object(
                CredentialKind.allCases.flatMap(\.schemes).joined()
                    .reduce(into: [:]) { members, scheme in members[scheme.name] = scheme.json }
            ),
        ])
    }

    private var schemas: [String: JSONValue] {
        let answered = table.endpoints.flatMap(\.answer).flatMap(\.schema.namedSchemas)
        return (answered + [.errorResponse])
            .reduce(into: [:]) { members, named in
                members[named.name] = .object(named.jsonSchema)
            }
    }

    /// A parameter that several endpoints take and none declares, since its place decides what it means.
    struct SharedParameter {
        fileprivate let name: String
        fileprivate let json: JSONValue

        /// What stands for it in an operation.
        var reference: JSONValue { .object(["$ref": .string("#/components/parameters/\(name)")]) }
    }

    static let strictParameter = SharedParameter(
        name: "strict",
        json: .object([
            "name": .string("_strict"),
            "in": .string("query"),
            "description": .string(
                "`true`: every notation in the query means one thing only. Anything else, and nothing: the query may also "
                    + "be written in the notations of people and older clients."
            ),
            "schema": .object(["type": .string("string")]),
        ])
    )

    static let idempotencyKeyParameter = SharedParameter(
        name: "idempotency_key",
        json: .object([
            "name": .string("idempotency-key"),
            "in": .string("header"),
            "description": .string("A text of your choice, by which a repetition of this request is known."),
            "schema": .object([
                "type": .string("string"),
                "minLength": .number(1),
                "maxLength": .number(Double(Call.longestIdempotencyKey)),
                // Printable ASCII characters; spaces at the ends are no part of a header's value (RFC 9110, section 5.5).
                "pattern": .string("^[!-~]([ -~]*[!-~])?$"),
            ]),
        ])
    )

    static let preferParameter = SharedParameter(
        name: "prefer",
        json: .object([
            "name": .string("prefer"),
            "in": .string("header"),
            "description": .string(
                "`wait=N`: hold the answer until the attempt has its outcome, or for N seconds, at most "
                    + "\(PreferHeader.longestWait). Other preferences are ignored (RFC 7240)."
            ),
            "schema": .object(Schema.text.jsonSchema),
        ])
    )

    static let lastEventIDParameter = SharedParameter(
        name: "last_event_id",
        json: .object([
            "name": .string("last-event-id"),
            "in": .string("header"),
            "description": .string(
                "The position of the last event that was seen, which is the latest `id` of the stream before: the stream "
                    + "begins with the event that follows it."
            ),
            "schema": .object(["type": .string("string"), "pattern": .string("^[0-9]+$")]),
        ])
    )

    // MARK: Answers

    private static let preferenceHeader = "preference-applied"
    private static let requestIDHeader = "seam-request-id"
    private static let retryAfterHeader = "retry-after"
    private static let allowHeader = "allow"

    private static let headers: [String: JSONValue] = [
        requestIDHeader: .object([
            "description": .string("The identity of the request, under which the server's log has it."),
            "required": .bool(true),
            "schema": .object(Schema.uuid.jsonSchema),
        ]),
        retryAfterHeader: .object([
            "description": .string("In how many seconds a new try has a fair chance."),
            "required": .bool(true),
            "schema": .object(Schema.integer(1 ... .max).jsonSchema),
        ]),
        preferenceHeader: .object([
            "description": .string("How long the answer could be held, if the request preferred that."),
            "schema": .object(Schema.text.jsonSchema),
        ]),
        allowHeader: .object([
            "description": .string("The methods of the path."),
            "required": .bool(true),
            "schema": .object(Schema.text.jsonSchema),
        ]),
    ]

    /// The headers of an answer.
    static func headers(withRetryAfter: Bool, withAllow: Bool = false, withPreference: Bool = false) -> JSONValue {
        var names = [requestIDHeader]
        if withRetryAfter { names.append(retryAfterHeader) }
        if withAllow { names.append(allowHeader) }
        if withPreference { names.append(preferenceHeader) }
        return .object(
            names.reduce(into: [:]) { members, name in
                members[name] = .object(["$ref": .string("#/components/headers/\(name)")])
            }
        )
    }

    /// A body of this schema.
    static func jsonContent(_ schema: JSONValue) -> JSONValue {
        .object(["application/json": .object(["schema": schema])])
    }
}

extension EndpointTable {
    /// The nouns of its endpoints, in the order in which they come.
    var nouns: [String] {
        endpoints.map(\.noun)
            .reduce(into: []) { nouns, noun in
                if !nouns.contains(noun) { nouns.append(noun) }
            }
    }
}

extension Refusal {
    /// Where the description lists it.
    var reference: String { "#/components/responses/\(name)" }

    /// The answer as the description has it.
    fileprivate var json: JSONValue {
        .object([
            "description": .string(meaning),
            "headers": OpenAPIDocument.headers(
                withRetryAfter: tellsWhenToRetry,
                withAllow: self == .methodNotAllowed
            ),
            "content": OpenAPIDocument.jsonContent(.object(Schema.named(.errorResponse).jsonSchema)),
        ])
    }
}
