import FoundationEssentials

/// The URL of a webhook, taken apart as far as sending needs it.
struct WebhookURL: Hashable, Sendable {
    /// The URL as it was given.
    let text: String
    /// Its host: a name, or an address without brackets.
    let host: String

    /// Takes a URL apart; nil unless it is an http or https URL with a host and without a user.
    ///
    /// The host has only characters that nobody reads in two ways, so that what is checked here is what the HTTP client
    /// connects to; a name in other letters has to be given in its form for the DNS (`xn--`).
    init?(_ text: String) {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()), url.user() == nil,
            url.password() == nil, let host = url.host(percentEncoded: true)
        else { return nil }
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let isName = !bare.isEmpty && bare.utf8.allSatisfy { Self.nameCharacters.contains($0) }
        guard isName || bare.contains(":") && IPAddress(bare) != nil else { return nil }
        self.text = text
        self.host = bare
    }

    private static let nameCharacters = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._".utf8
    )

    /// The host if it is an address.
    var literal: IPAddress? { IPAddress(host) }

    /// Whether the host is a name of the own machine: https://www.rfc-editor.org/rfc/rfc6761#section-6.3.
    var isLocalName: Bool {
        let name = host.lowercased().hasSuffix(".") ? String(host.lowercased().dropLast()) : host.lowercased()
        return name == "localhost" || name.hasSuffix(".localhost")
    }
}
