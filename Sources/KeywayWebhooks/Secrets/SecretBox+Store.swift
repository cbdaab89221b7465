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
            var position: Int64?
            repeat {
                let page = try await store.records(Webhook.self, in: workspace.id, limit: 100, after: position)
                for webhook in page.elements where try resealed(webhook, at: now) != nil {
                    let result = try await store.update(webhook.id, in: workspace.id) { [self] webhook in
                        webhook = try resealed(webhook, at: now) ?? webhook
                        return []
                    }
                    _ = try result?.get()
                    count += 1
                }
                position = page.next
            } while position != nil
        }
        return count
    }
}
