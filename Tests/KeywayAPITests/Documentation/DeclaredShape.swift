import KeywayModel
import NIOCore
import Testing

@testable import KeywayAPI

/// Compares what bodies really are with what is declared of them.
enum DeclaredShape {
    /// Records an issue unless a value has every key that is declared as always there, and none that is not declared.
    ///
    /// The validator drops what nobody declared, so a value that it leaves as it is has nothing else.
    static func check(_ value: JSONValue, is schema: Schema, _ name: String) {
        do {
            let kept = try Validator.validate(.object([name: value]), [.always(name, schema, "")])[name]
            let undeclared = difference(value, kept ?? .null, at: name)
            #expect(undeclared.isEmpty, "not declared: \(undeclared)")
        } catch {
            Issue.record("\(name) is not as declared: \(error.message)")
        }
    }

    /// Records an issue unless a body is as its schema says.
    static func check(_ body: some Encodable, is named: NamedSchema) throws -> JSONValue {
        let value = try JSONParser.parse(Array(try JSONOutput.bytes(of: body).readableBytesView))
        check(value, is: .named(named), named.name)
        return value
    }

    /// Records an issue unless the answer of an endpoint is as it declares.
    static func check(_ answer: Answer, of endpoint: Endpoint) {
        guard answer.status == 200 else { return }
        let keys = endpoint.answer.map { ParameterDeclaration.always($0.name, $0.schema, "") }
        check(answer.body, is: .object([.always("ok", .literal(true), "")] + keys), endpoint.path)
    }

    /// The paths at which one value has something that another has not.
    private static func difference(_ value: JSONValue, _ other: JSONValue, at path: String) -> [String] {
        switch (value, other) {
        case (.object(let members), .object(let others)):
            members.sorted { $0.key < $1.key }
                .flatMap { key, member -> [String] in
                    let name = "\(path).\(key)"
                    return others[key].map { difference(member, $0, at: name) } ?? [name]
                }
        case (.array(let elements), .array(let others)):
            zip(elements, others).flatMap { difference($0, $1, at: "\(path)[]") }
        default: value == other ? [] : [path]
        }
    }
}
