import HTTPTypes
import KeywayModel

/// One method of an endpoint in the words of OpenAPI.
struct OpenAPIOperation {
    let endpoint: Endpoint
    let method: HTTPRequest.Method

    /// The operation as the description has it.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(identity),
            "summary": .string(endpoint.headline),
            "description": .string(description),
            "tags": .array([.string(endpoint.noun)]),
            "security": .array(security),
            "responses": .object(responses),
        ]
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if !takesQuery, !endpoint.parameters.isEmpty { members["requestBody"] = body }
        // OpenAPI has no words for a rule about several parameters of a query.
        if takesQuery, !endpoint.needsOneOf.isEmpty {
            members["x-needs-one-of"] = .array(endpoint.needsOneOf.map { .string($0) })
        }
        return .object(members)
    }

    /// Its key in the description's path item.
    var key: String { method.rawValue.lowercased() }

    /// The method that SDKs use has the endpoint's name for itself.
    private var identity: String {
        let name = String(endpoint.path.dropFirst().replacing("/", with: "_"))
        return method == endpoint.kind.methods.first ? name : "\(name)_by_\(key)"
    }

    /// Whether it is described with its parameters in the query; POST, PATCH and PUT take them there too, but nobody
    /// sends them so.
    private var takesQuery: Bool { method == .get || method == .delete }

    private var description: String {
        var sentences = [endpoint.summary]
        if !endpoint.needsOneOf.isEmpty {
            let names = endpoint.needsOneOf.map { "`\($0)`" }.joined(separator: ", ")
            sentences.append("At least one of \(names) is needed.")
        }
        sentences += endpoint.rules.map(\.sentence)
        let nested = takesQuery ? endpoint.parameters.filter { !$0.schema.fitsQueryParameter } : []
        if !nested.isEmpty {
            let names = nested.map { "`\($0.name)`" }.joined(separator: ", ")
            sentences.append(
                "In the query \(names) has dotted names, such as `\(nested[0].name).key=value`, for which this "
                    + "description has no words; see POST."
            )
        }
        return sentences.joined(separator: " ")
    }

    private var security: [JSONValue] {
        (endpoint.accepts ?? []).flatMap(\.schemes)
            .map { schemes in
                .object(Dictionary(uniqueKeysWithValues: schemes.map { ($0.name, .array([])) }))
            }
    }

    // MARK: Parameters

    private var parameters: [JSONValue] {
        var result: [JSONValue] = []
        if takesQuery {
            result = endpoint.parameters.filter(\.schema.fitsQueryParameter).map { .object(queryParameter($0)) }
            if !endpoint.parameters.isEmpty { result.append(OpenAPIDocument.strictParameter.reference) }
        }
        if endpoint.kind == .action { result.append(OpenAPIDocument.idempotencyKeyParameter.reference) }
        if endpoint.isHeld { result.append(OpenAPIDocument.preferParameter.reference) }
        if endpoint.isStream { result.append(OpenAPIDocument.lastEventIDParameter.reference) }
        return result
    }

    private func queryParameter(_ parameter: ParameterDeclaration) -> [String: JSONValue] {
        var schema = parameter.schema.unwrapped.jsonSchema
        schema["default"] = parameter.defaultValue
        var result: [String: JSONValue] = [
            "name": .string(parameter.name),
            "in": .string("query"),
            "description": .string(parameter.documentation),
            "schema": .object(schema),
        ]
        if parameter.isRequired { result["required"] = .bool(true) }
        if parameter.schema.isNullable { result["allowEmptyValue"] = .bool(true) }
        if case .array = parameter.schema.unwrapped {
            result["style"] = .string("form")
            result["explode"] = .bool(true)
        }
        return result
    }

    private var body: JSONValue {
        var schema = Schema.jsonSchema(withKeys: endpoint.parameters)
        if !endpoint.needsOneOf.isEmpty {
            schema["anyOf"] = .array(
                endpoint.needsOneOf.map { .object(["required": .array([.string($0)])]) }
            )
        }
        let rules = endpoint.rules.map { JSONValue.object($0.jsonSchema(among: endpoint.parameters)) }
        if !rules.isEmpty { schema["allOf"] = .array(rules) }
        let isRequired = !endpoint.needsOneOf.isEmpty || endpoint.parameters.contains(where: \.isRequired)
        return .object([
            "required": .bool(isRequired), "content": OpenAPIDocument.jsonContent(.object(schema)),
        ])
    }

    // MARK: Answers

    private var responses: [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for refusal in Refusal.allCases where refusal.isAnswered(by: endpoint, with: method) {
            result["\(refusal.status.code)"] = .object(["$ref": .string(refusal.reference)])
        }
        result["200"] = endpoint.isStream ? stream : answer(isOK: true, "It worked.")
        for status in endpoint.otherStatuses { result["\(status.code)"] = answer(isOK: false, "It did not work.") }
        return result
    }

    private var stream: JSONValue {
        .object([
            "description": .string("The stream has begun."),
            "headers": OpenAPIDocument.headers(withRetryAfter: false),
            "content": .object([
                ServerSentEvents.mediaType: .object(["schema": .object(Schema.text.jsonSchema)])
            ]),
        ])
    }

    private func answer(isOK: Bool, _ description: String) -> JSONValue {
        let ok = ParameterDeclaration.always("ok", .literal(isOK), "Whether the status is 200.")
        var schema = Schema.jsonSchema(withKeys: [ok])
        let keys = endpoint.answer.map { ($0.name, JSONValue.object($0.schema.jsonSchema)) }
        if case .object(let properties)? = schema["properties"] {
            schema["properties"] = .object(properties.merging(keys) { _, key in key })
        }
        schema["required"] = .array((["ok"] + endpoint.answer.map(\.name)).map { .string($0) })
        return .object([
            "description": .string(description),
            "headers": OpenAPIDocument.headers(withRetryAfter: !isOK, withPreference: endpoint.isHeld),
            "content": OpenAPIDocument.jsonContent(.object(schema)),
        ])
    }
}

extension Endpoint {
    /// The first word of its path, by which endpoints are grouped.
    var noun: String { path.split(separator: "/").first.map { String($0) } ?? "" }

    /// The first sentence of its summary, without the full stop.
    var headline: String {
        let end = summary.firstRange(of: ". ")?.lowerBound ?? summary.endIndex
        let sentence = summary[..<end]
        return String(sentence.hasSuffix(".") ? sentence.dropLast() : sentence)
    }
}

extension Schema {
    /// Whether OpenAPI has words for its notation in a query: not for objects, whose keys have dotted names.
    var fitsQueryParameter: Bool {
        switch unwrapped {
        case .record, .object: false
        case .uuid, .string, .pattern, .word, .url, .email, .boolean, .integer, .number, .dateTime, .enumeration,
            .literal, .array, .anyOf, .named, .anything, .nullable:
            true
        }
    }
}
