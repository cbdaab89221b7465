import FoundationEssentials

/// Reads the members of an object that a server sent.
///
/// A member that may be missing is nil as well if it is null or of a type that this client does not expect.
struct ObjectReader {
    private let members: [String: KeywayClient.JSONValue]
    private let kind: String

    /// Takes an object apart.
    ///
    /// - Throws: ``KeywayClient/UnreadableAnswer`` for anything that is not an object.
    init(_ json: KeywayClient.JSONValue, kind: String) throws(KeywayClient.UnreadableAnswer) {
        guard let members = json.objectValue else {
            throw KeywayClient.UnreadableAnswer(message: "The server sent something as a \(kind) that is no object.")
        }
        self.members = members
        self.kind = kind
    }

    /// A text that every such object has.
    func text(_ name: String) throws(KeywayClient.UnreadableAnswer) -> String {
        guard let text = members[name]?.stringValue else { throw missing(name) }
        return text
    }

    /// A time that every such object has.
    func date(_ name: String) throws(KeywayClient.UnreadableAnswer) -> Date {
        guard let date = dateIfAny(name) else { throw missing(name) }
        return date
    }

    func textIfAny(_ name: String) -> String? { members[name]?.stringValue }

    func numberIfAny(_ name: String) -> Double? { members[name]?.numberValue }

    func flagIfAny(_ name: String) -> Bool? { members[name]?.boolValue }

    func dateIfAny(_ name: String) -> Date? { members[name]?.stringValue.flatMap(Date.init(wireText:)) }

    func wordIfAny<Word: KeywayClient.OpenWord>(_ name: String) -> Word? {
        members[name]?.stringValue.map(Word.init(rawValue:))
    }

    func valueIfAny(_ name: String) -> KeywayClient.JSONValue? {
        members[name].flatMap { $0 == .null ? nil : $0 }
    }

    func list(_ name: String) -> [KeywayClient.JSONValue] { members[name]?.arrayValue ?? [] }

    private func missing(_ name: String) -> KeywayClient.UnreadableAnswer {
        KeywayClient.UnreadableAnswer(message: "The server sent a \(kind) without a readable \(name).")
    }
}

extension Date {
    /// Reads a time as it is on the wire: ISO 8601, with or without a fraction.
    init?(wireText: String) {
        let styles = [Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle()]
        for style in styles {
            if let date = try? Date(wireText, strategy: style) {
                self = date
                return
            }
        }
        return nil
    }

    /// The time as it is on the wire: UTC, to the millisecond.
    var wireText: String { formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
}
