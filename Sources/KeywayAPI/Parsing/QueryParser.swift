package import KeywayModel

/// Reads a query string by the types that an endpoint expects (wire contract, section 1.2).
///
/// The notation has two dialects. In the strict one, which every current SDK asks for with `_strict=true`, a text means
/// one thing only. The generous one, for people and old clients, also takes `k[]=a`, `k=a,b`, `yes` and spaces.
///
/// What does not parse as the type it should have stays a string, so that the validator names the fault.
package struct QueryParser {
    private let isStrict: Bool
    private let valuesByName: [String: [String]]

    /// Splits a query; `_strict` is taken out, and only the literal `true` switches the strict dialect on.
    package init(_ query: String) {
        var valuesByName: [String: [String]] = [:]
        for (name, value) in FormText.pairs(of: query) {
            valuesByName[name, default: []].append(value)
        }
        isStrict = valuesByName.removeValue(forKey: "_strict")?.contains("true") ?? false
        self.valuesByName = valuesByName
    }

    /// Reads the parameters that the query gives; unknown names are ignored.
    ///
    /// - Throws: ``APIError`` of type `invalid_query_params` where the query can be read in more than one way.
    package func parse(_ parameters: [ParameterDeclaration]) throws(APIError) -> [String: JSONValue] {
        try parse(parameters, prefix: "")
    }

    private func parse(
        _ parameters: [ParameterDeclaration],
        prefix: String
    ) throws(APIError) -> [String: JSONValue] {
        guard !valuesByName.isEmpty else { return [:] }
        var result: [String: JSONValue] = [:]
        for parameter in parameters {
            result[parameter.name] = try value(of: prefix + parameter.name, parameter.schema)
        }
        return result
    }

    private func value(of name: String, _ schema: Schema) throws(APIError) -> JSONValue? {
        switch schema.unwrapped {
        case .array(let element, _): return try array(name, of: element, isNullable: schema.isNullable)
        case .record(let element, _, _):
            return try nested(name) { () throws(APIError) in try record(name, of: element) }
        case .object(let keys): return try nested(name) { () throws(APIError) in try object(name, keys) }
        case .uuid, .string, .pattern, .word, .url, .email, .boolean, .integer, .number, .dateTime, .enumeration,
            .literal, .anyOf, .named, .anything, .nullable:
            guard let text = try single(name) else { return nil }
            return scalar(text, schema)
        }
    }

    private func single(_ name: String) throws(APIError) -> String? {
        guard let values = valuesByName[name] else { return nil }
        guard values.count == 1 else { throw .invalidQuery("\"\(name)\" is given more than once") }
        return values[0]
    }

    // MARK: Lists

    private func array(_ name: String, of element: Schema, isNullable: Bool) throws(APIError) -> JSONValue? {
        let bracketed = isStrict ? nil : valuesByName[name + "[]"]
        if bracketed != nil, valuesByName[name] != nil {
            throw .invalidQuery("\"\(name)\" is given both with and without []")
        }
        guard var texts = valuesByName[name] ?? bracketed else { return nil }
        if texts.count == 1, isEmpty(texts[0]) { return isNullable ? .null : .array([]) }
        if !isStrict {
            let haveCommas = texts.contains { $0.contains(",") }
            if haveCommas, texts.count > 1 || bracketed != nil {
                throw .invalidQuery("\"\(name)\" mixes commas with another notation for lists")
            }
            if haveCommas {
                texts = texts[0].split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
            }
        }
        guard !texts.contains(where: isEmpty) else {
            throw .invalidQuery("\"\(name)\" has an empty element")
        }
        return .array(texts.map { scalar($0, element) })
    }

    /// Whether a text stands for nothing: in the generous dialect, spaces alone do.
    private func isEmpty(_ text: String) -> Bool {
        isStrict ? text.isEmpty : trimmed(text).isEmpty
    }

    // MARK: Objects

    private func nested(
        _ name: String,
        _ members: () throws(APIError) -> [String: JSONValue]
    ) throws(APIError) -> JSONValue? {
        let hasMembers = valuesByName.keys.contains { $0.hasPrefix(name + ".") }
        guard let text = try single(name) else { return hasMembers ? .object(try members()) : nil }
        guard !hasMembers else { throw .invalidQuery("\"\(name)\" is given both as a value and as an object") }
        return isEmpty(text) ? .null : .string(text)
    }

    private func object(_ name: String, _ keys: [ParameterDeclaration]) throws(APIError) -> [String: JSONValue] {
        try parse(keys, prefix: name + ".")
    }

    private func record(_ name: String, of element: Schema) throws(APIError) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for fullName in valuesByName.keys where fullName.hasPrefix(name + ".") {
            let key = String(fullName.dropFirst(name.count + 1))
            guard !key.isEmpty, !key.contains(".") else {
                throw .invalidQuery("\"\(fullName)\" is nested too deep")
            }
            if let text = try single(fullName) { members[key] = scalar(text, element) }
        }
        return members
    }

    // MARK: Single values

    private func scalar(_ text: String, _ schema: Schema) -> JSONValue {
        let fallback = JSONValue.string(text)
        switch schema.unwrapped {
        case .boolean, .literal:
            if isEmpty(text) { return .null }
            return truthValue(text).map { .bool($0) } ?? fallback
        case .integer, .number:
            if isEmpty(text) { return .null }
            return number(isStrict ? text : trimmed(text)).map { .number($0) } ?? fallback
        case .dateTime:
            if isEmpty(text) { return .null }
            return .string(isStrict ? text : trimmed(text))
        case .uuid, .string, .pattern, .word, .url, .email, .enumeration, .anyOf, .anything:
            return text.isEmpty && (isStrict || schema.isNullable) ? .null : fallback
        case .array, .record, .object, .named, .nullable:
            return fallback
        }
    }

    private func truthValue(_ text: String) -> Bool? {
        if isStrict { return text == "true" ? true : text == "false" ? false : nil }
        return switch trimmed(text) {
        case "true", "True", "TRUE", "yes", "Yes", "YES", "1": true
        case "false", "False", "FALSE", "no", "No", "NO", "0": false
        default: nil
        }
    }

    /// Reads decimal notation only: `Double` alone would take `0x1p3`, `nan` and `infinity` too.
    private func number(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isDecimal, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private func trimmed(_ text: String) -> String {
        let rest = text.drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(rest[...last])
    }
}
