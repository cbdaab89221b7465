#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What counts as an address in a parameter.
enum WebAddress {
    /// Whether a text is an absolute URL with the scheme `http` or `https` and a host.
    static func isURL(_ text: String) -> Bool {
        guard let components = URLComponents(string: text), let host = components.host, !host.isEmpty else {
            return false
        }
        return ["http", "https"].contains(components.scheme?.lowercased())
    }

    /// Whether a text has the form of an e-mail address: one `@` with something before it, and a dotted name after it.
    ///
    /// Whether it exists is for others to find out, so nothing finer is asked.
    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !text.contains(where: \.isWhitespace) else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
    }
}
