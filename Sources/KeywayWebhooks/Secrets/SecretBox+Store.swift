package import KeywayModel
package import KeywayStore

extension SecretBox {
    /// Rewrites the secrets of all webhooks that do not have the form that this box gives them, and forgets those whose
    /// time is over.
    ///
    /// To be called when the server starts: so a key that is missing or wrong is found before anything is sent.
    ///
    /// - Returns: How many webhooks were rewritten.
    /// - Throws: ``Failure`` if a secret that still signs cannot be read; ``KeywayStore/StoreError``.
    package func resealAll(in store: any Store, at now: Timestamp) async throws -> Int {
        var count = 0
        for workspace in try await store.workspaces() {
            count += try await store.updateEach(Webhook.self, in: workspace.id) { webhook in
                try resealed(webhook, at: now) != nil
            } change: { webhook in
                webhook = try resealed(webhook, at: now) ?? webhook
            }
        }
        return count
    }
}
