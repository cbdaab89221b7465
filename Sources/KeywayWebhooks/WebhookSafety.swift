/// What the operator allows webhooks, for those who make and change them.
package struct WebhookSafety: Hashable, Sendable {
    /// Where webhooks may send.
    package let addresses: AddressPolicy
    /// What keeps their secrets.
    package let secrets: SecretBox

    /// Brings both together; by default webhooks send to public addresses only, and secrets are stored as they are.
    package init(addresses: AddressPolicy = AddressPolicy(), secrets: SecretBox = SecretBox()) {
        self.addresses = addresses
        self.secrets = secrets
    }
}
