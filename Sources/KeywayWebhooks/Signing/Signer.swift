import KeywayModel

/// Signs deliveries as Svix and Standard Webhooks do (wire contract, section 5).
///
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
enum Signer {
    /// The names that verifiers look for; those of Svix win where both are there.
    static let families = ["svix", "webhook"]

    /// The headers of one try.
    ///
    /// - Parameters:
    ///   - id: The delivery, the same on every try.
    ///   - body: The body, exactly as it is sent.
    ///   - time: When this try begins, since receivers refuse a time more than 5 minutes off.
    ///   - keys: What to sign with, the newest first: several while a secret is being replaced.
    /// - Returns: Names and values.
    static func headers(
        of id: Identifier<Delivery>,
        body: String,
        at time: Timestamp,
        keys: [SigningKey]
    ) -> [(name: String, value: String)] {
        // Whole seconds: verifiers that read a fraction cut it off before they check.
        let seconds = time.microseconds / 1_000_000
        let content = "\(id).\(seconds).\(body)"
        let signatures = keys.map { $0.signature(of: content) }.joined(separator: " ")
        return families.flatMap { family in
            [("\(family)-id", "\(id)"), ("\(family)-timestamp", "\(seconds)"), ("\(family)-signature", signatures)]
        }
    }
}
