import FoundationEssentials

/// Where a server is.
struct Endpoint: Hashable, Sendable {
    /// Its address without a slash at the end.
    let text: String

    /// Reads an address.
    ///
    /// - Throws: ``KeywayClient/InvalidConfiguration`` unless it is an HTTP URL with a host and without a query.
    init(_ text: String) throws(KeywayClient.InvalidConfiguration) {
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil, parts.user == nil
        else {
            throw KeywayClient.InvalidConfiguration(
                message: "The endpoint must be an http or https URL without a query, such as http://127.0.0.1:8080."
            )
        }
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        self.text = text
    }
}
