#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a page sends its reader on to, as the owner of the workspace wishes: a page of the web, or an app that has a
/// scheme of its own.
struct RedirectTarget {
    /// The longest URL in characters.
    static let maximumLength = 2048

    /// Schemes whose URLs are not places but programs or documents.
    private static let refusedSchemes: Set<String> = ["javascript", "vbscript", "data", "blob", "file", "about"]

    private let components: URLComponents
    private let scheme: String

    /// Reads a URL; nil for one that is not absolute, is too long, or is no place to go to.
    init?(_ text: String) {
        guard text.unicodeScalars.count <= Self.maximumLength, let components = URLComponents(string: text),
            let scheme = components.scheme?.lowercased(), !Self.refusedSchemes.contains(scheme)
        else { return nil }
        if ["http", "https"].contains(scheme), components.host?.isEmpty ?? true { return nil }
        self.components = components
        self.scheme = scheme
    }

    /// The URL with pairs added to its query, whose names and values need no escapes; nil if it cannot be written.
    func url(adding pairs: [(name: String, value: String)]) -> String? {
        var components = components
        let added = pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let query = components.percentEncodedQuery.flatMap { $0.isEmpty ? nil : $0 + "&" } ?? ""
        components.percentEncodedQuery = query + added
        return components.string
    }

    /// What a content security policy calls the place, as far as it can be said without ambiguity.
    var policySource: String {
        guard let host = components.percentEncodedHost, !host.isEmpty,
            host.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }), ["http", "https"].contains(scheme)
        else { return "\(scheme):" }
        return "\(scheme)://\(host)" + (components.port.map { ":\($0)" } ?? "")
    }
}
