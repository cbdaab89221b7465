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
    /// connects to; a name in other letters has to be given in its form for the DNS (`xn--`), and an address in its usual
    /// form, not as `127.1` or `0x7f000001`.
    init?(_ text: String) {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()), url.user() == nil,
            url.password() == nil, let host = url.host(percentEncoded: true)
        else { return nil }
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let isName = !bare.isEmpty && bare.utf8.allSatisfy { Self.nameCharacters.contains($0) }
        guard IPAddress(bare) != nil || isName && !Self.endsInNumber(bare) else { return nil }
        self.text = text
        self.host = bare
    }

    private static let nameCharacters = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._".utf8
    )

    /// Whether a host is meant as an address of version 4 by some programs, in whatever form: no name ends in a number
    /// (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    private static func endsInNumber(_ host: String) -> Bool {
        guard let last = host.split(separator: ".").last else { return true }
        let isHexadecimal = last.lowercased().hasPrefix("0x") && last.dropFirst(2).allSatisfy(\.isHexDigit)
        return isHexadecimal || last.allSatisfy(\.isNumber)
    }

    /// The host if it is an address.
    var literal: IPAddress? { IPAddress(host) }

    /// Whether the host is a name of the own machine: https://www.rfc-editor.org/rfc/rfc6761#section-6.3.
    var isLocalName: Bool {
        let name = host.lowercased().hasSuffix(".") ? String(host.lowercased().dropLast()) : host.lowercased()
        return name == "localhost" || name.hasSuffix(".localhost")
    }
}
