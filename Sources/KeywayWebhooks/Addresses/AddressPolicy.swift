/// Where webhooks may send: to public addresses, and to what else the operator allows.
///
/// A server in a network reaches what its callers do not: its own loopback, the neighbours, the metadata of a cloud.
package struct AddressPolicy: Hashable, Sendable {
    private let allowed: [Network]

    /// Makes a policy.
    ///
    /// - Parameter allowed: Networks that may be sent to although they are not public.
    package init(allowing allowed: [Network] = []) {
        self.allowed = allowed
    }

    /// Whether a webhook may send to an address.
    package func permits(_ address: IPAddress) -> Bool {
        let meant = address.meant
        if allowed.contains(where: { $0.contains(address) || $0.contains(meant) }) { return true }
        let isGlobal = meant.bytes.count == 4 || Network.global.contains(meant)
        return isGlobal && !Network.special.contains { $0.contains(meant) }
    }

    /// Why a URL cannot be that of a webhook, as far as it can be told without looking up its host; nil if it can.
    ///
    /// Names are looked up, and what they stand for is checked, whenever an event is sent.
    package func objection(to url: String) -> String? {
        guard let url = WebhookURL(url) else {
            return "The URL must be an http or https URL with a host, and without a user name or password"
        }
        guard let literal = url.literal else {
            let isPermitted = !url.isLocalName || Self.loopback.contains(where: permits)
            return isPermitted ? nil : refusal
        }
        return permits(literal) ? nil : refusal
    }

    private static let loopback = ["127.0.0.1", "::1"].compactMap { IPAddress($0) }

    private var refusal: String {
        "The URL points to a private, loopback or link-local address, which this server does not allow"
    }
}
