/// The parameters of a GET, in the notation of the API: sorted by name, lists as repetitions, no commas.
struct Query: Hashable, Sendable {
    /// The value of a parameter.
    enum Value: Hashable, Sendable {
        case text(String)
        /// An empty list is sent as such: it matches nothing.
        case list([String])
    }

    private var values: [String: Value] = [:]

    /// A parameter; nil: it is not sent.
    subscript(name: String) -> Value? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The query as it is sent, with its question mark; empty if there are no parameters.
    var text: String {
        let pairs = values.sorted { $0.key < $1.key }
            .flatMap { name, value in
                switch value {
                case .text(let text): [(name, text)]
                case .list(let elements): elements.isEmpty ? [(name, "")] : elements.map { (name, $0) }
                }
            }
        // The mark makes the server read values as they are: commas and spaces mean nothing.
        return pairs.isEmpty
            ? ""
            : "?" + (pairs + [("_strict", "true")]).map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
    }

    private func escaped(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._".utf8)
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var result = String.UnicodeScalarView()
        for byte in text.utf8 {
            if byte == 0x20 {
                result.append("+")
            } else if plain.contains(byte) {
                result.append(Unicode.Scalar(byte))
            } else {
                result.append(contentsOf: ["%", digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]])
            }
        }
        return String(result)
    }
}
