import KeywayModel

extension Schema {
    /// The same in the words of JSON Schema 2020-12, as OpenAPI 3.1 uses them.
    var jsonSchema: [String: JSONValue] {
        switch self {
        case .uuid: Self.text(format: "uuid")
        case .string(let length): Self.bounds("Length", length, of: Self.text())
        case .pattern(let pattern, let length):
            Self.bounds("Length", length, of: Self.text())
                .merging(["pattern": .string(pattern.anchored)]) { old, _ in old }
        case .url: Self.text(format: "uri").merging(["pattern": .string(Self.urlPattern)]) { old, _ in old }
        case .email: Self.text(format: "email")
        case .boolean: ["type": .string("boolean")]
        case .integer(let range): Self.range(Double(range.lowerBound), Double(range.upperBound), of: "integer")
        case .number(let range): Self.range(range.lowerBound, range.upperBound, of: "number")
        case .dateTime: Self.text(format: "date-time")
        case .enumeration(let texts), .word(let texts):
            Self.text().merging(["enum": .array(texts.map { .string($0) })]) { old, _ in old }
        case .literal(let flag): ["type": .string("boolean"), "const": .bool(flag)]
        case .array(let element, let count):
            Self.bounds("Items", count, of: ["type": .string("array"), "items": .object(element.jsonSchema)])
        case .record(let element, let keys, let count): Self.record(of: element, keys, count)
        case .object(let keys): Self.jsonSchema(withKeys: keys)
        case .anyOf(let schemas): ["anyOf": .array(schemas.map { .object($0.jsonSchema) })]
        case .named(let named): ["$ref": .string(named.reference)]
        case .anything: [:]
        case .nullable(let schema): Self.orNull(schema.jsonSchema)
        }
    }

    /// An object with these keys, and perhaps others.
    static func jsonSchema(withKeys keys: [ParameterDeclaration]) -> [String: JSONValue] {
        var result: [String: JSONValue] = ["type": .string("object")]
        let properties = keys.map { key in (key.name, JSONValue.object(key.jsonSchema)) }
        let required = keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !properties.isEmpty { result["properties"] = .object(Dictionary(uniqueKeysWithValues: properties)) }
        if !required.isEmpty { result["required"] = .array(required) }
        return result
    }

    /// The schemas with names that occur in it, each with those that occur in it in turn.
    var namedSchemas: [NamedSchema] {
        switch self {
        case .named(let named): [named] + named.schema.namedSchemas
        case .array(let schema, _), .record(let schema, _, _), .nullable(let schema): schema.namedSchemas
        case .object(let keys): keys.flatMap(\.schema.namedSchemas)
        case .anyOf(let schemas): schemas.flatMap(\.namedSchemas)
        case .uuid, .string, .pattern, .word, .url, .email, .boolean, .integer, .number, .dateTime, .enumeration,
            .literal, .anything:
            []
        }
    }

    private static func record(
        of element: Schema,
        _ keys: TextPattern?,
        _ count: ClosedRange<Int>
    ) -> [String: JSONValue] {
        var result = bounds(
            "Properties",
            count,
            of: ["type": .string("object"), "additionalProperties": .object(element.jsonSchema)]
        )
        if let keys { result["propertyNames"] = .object(["pattern": .string(keys.anchored)]) }
        return result
    }

    // The scheme of a URL may be written in any case (RFC 3986, section 3.1).
    private static let urlPattern = "^[Hh][Tt][Tt][Pp][Ss]?://"

    private static func text(format: String? = nil) -> [String: JSONValue] {
        var result: [String: JSONValue] = ["type": .string("string")]
        if let format { result["format"] = .string(format) }
        return result
    }

    private static func bounds(
        _ what: String,
        _ range: ClosedRange<Int>,
        of schema: [String: JSONValue]
    ) -> [String: JSONValue] {
        var result = schema
        if range.lowerBound > 0 { result["min\(what)"] = .number(Double(range.lowerBound)) }
        if range.upperBound < .max { result["max\(what)"] = .number(Double(range.upperBound)) }
        return result
    }

    /// Numbers between two bounds; one that a double cannot tell from its neighbours is none.
    private static func range(_ minimum: Double, _ maximum: Double, of type: String) -> [String: JSONValue] {
        let largest = 0x1p53
        var result: [String: JSONValue] = ["type": .string(type)]
        if minimum > -largest { result["minimum"] = .number(minimum) }
        if maximum < largest { result["maximum"] = .number(maximum) }
        return result
    }

    private static func orNull(_ schema: [String: JSONValue]) -> [String: JSONValue] {
        let null = JSONValue.object(["type": .string("null")])
        if case .array(let alternatives)? = schema["anyOf"] { return ["anyOf": .array(alternatives + [null])] }
        // Some readers let a format stand for the whole value, so null is an alternative to the text that has it.
        guard let type = schema["type"], schema["const"] == nil, schema["format"] == nil else {
            return schema.isEmpty ? [:] : ["anyOf": .array([.object(schema), null])]
        }
        var result = schema
        result["type"] = .array([type, .string("null")])
        if case .array(let values)? = schema["enum"] { result["enum"] = .array(values + [.null]) }
        return result
    }
}

extension ParameterDeclaration {
    /// Its schema with what it means, and what it is taken to be when it is left out.
    var jsonSchema: [String: JSONValue] {
        var result = schema.jsonSchema
        result["description"] = .string(documentation)
        result["default"] = defaultValue
        return result
    }
}

extension ParameterRule {
    /// The rule in the words of JSON Schema, for an object with these parameters.
    func jsonSchema(among parameters: [ParameterDeclaration]) -> [String: JSONValue] {
        var holds: [String: JSONValue] = ["properties": .object([condition: .object(["const": value])])]
        // A schema takes a default for a remark only, so what is left out does not have the value unless it says so.
        let isDefault = parameters.contains { $0.name == condition && $0.defaultValue == value }
        if !isDefault { holds["required"] = .array([.string(condition)]) }
        return switch demand {
        case .excludedBy: ["not": .object(["required": .array([.string(parameter), .string(condition)])])]
        case .onlyWith: ["dependentSchemas": .object([parameter: .object(holds)])]
        case .neededWith: ["if": .object(holds), "then": .object(["required": .array([.string(parameter)])])]
        }
    }
}

extension NamedSchema {
    /// Where the description lists it.
    var reference: String { "#/components/schemas/\(name)" }

    /// Its schema with what it is.
    var jsonSchema: [String: JSONValue] {
        var result = schema.jsonSchema
        result["description"] = .string(documentation)
        return result
    }
}
