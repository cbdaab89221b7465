import Crypto
import FoundationEssentials
package import KeywayModel

/// Keeps the secrets of webhooks in a form in which the database file alone does not reveal them.
///
/// With a key, a secret is stored as `enc:v1:` and the base64 of AES-GCM's nonce, ciphertext and tag. The webhook's id
/// goes into the tag, so that nobody can move a secret from one webhook to another. Without a key, secrets are stored as
/// they are.
///
/// The way from one key to another, or back to none: give the old key as a previous one and the new key, or none, as the
/// key, and start once; ``resealed(_:at:)`` then rewrites every webhook.
package struct SecretBox: Hashable, Sendable {
    private let key: SecretKey?
    private let previousKeys: [SecretKey]

    private static let prefix = "enc:v1:"

    /// Makes a box.
    ///
    /// - Parameters:
    ///   - key: What secrets are sealed with; nil: they are not.
    ///   - previousKeys: What else sealed secrets are opened with.
    package init(key: SecretKey? = nil, previousKeys: [SecretKey] = []) {
        self.key = key
        self.previousKeys = previousKeys
    }

    /// Why a secret cannot be read.
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The secrets are sealed and there is no key.
        case keyMissing
        /// None of the keys opens the secret, or somebody has changed it.
        case keyWrong

        /// What to tell the operator.
        package var description: String {
            switch self {
            case .keyMissing: "Webhook secrets are sealed, and no secret_key is set. Set the key they were sealed with."
            case .keyWrong:
                "A webhook secret cannot be opened: it was sealed with another secret_key, or has been changed by hand. "
                    + "Set the key it was sealed with, as secret_key or as secret_key_previous."
            }
        }
    }

    /// Seals a secret, if there is a key.
    ///
    /// - Throws: What the cryptography throws, which it does not for a key of this length.
    package func seal(_ secret: String, of webhookID: Identifier<Webhook>) throws -> String {
        guard let key else { return secret }
        let sealed = try AES.GCM.seal(
            Array(secret.utf8),
            using: key.key,
            authenticating: Array(webhookID.description.utf8)
        )
        // There is a combined form unless the nonce has an unusual length.
        return Self.prefix + (sealed.combined ?? Data()).base64EncodedString()
    }

    /// Opens a stored secret; one that is not sealed is returned as it is.
    ///
    /// - Throws: ``Failure``.
    package func open(_ stored: String, of webhookID: Identifier<Webhook>) throws(Failure) -> String {
        guard stored.hasPrefix(Self.prefix) else { return stored }
        let keys = (key.map { [$0] } ?? []) + previousKeys
        guard !keys.isEmpty else { throw .keyMissing }
        for key in keys {
            if let secret = Self.open(stored.dropFirst(Self.prefix.count), with: key, of: webhookID) { return secret }
        }
        throw .keyWrong
    }

    private static func open(_ text: Substring, with key: SecretKey, of webhookID: Identifier<Webhook>) -> String? {
        guard let bytes = Data(base64Encoded: String(text)), let sealed = try? AES.GCM.SealedBox(combined: bytes),
            let secret = try? AES.GCM.open(
                sealed,
                using: key.key,
                authenticating: Array(webhookID.description.utf8)
            )
        else { return nil }
        return String(decoding: secret, as: UTF8.self)
    }

    /// A webhook with its secrets in the form that this box gives them, and without one whose time is over; nil if that is
    /// what it is already.
    ///
    /// - Throws: ``Failure`` if one that still signs cannot be read.
    package func resealed(_ webhook: Webhook, at now: Timestamp) throws -> Webhook? {
        var resealed = webhook
        // Not opened: nobody needs it, so nobody needs its key.
        resealed.forgetEndedSecret(at: now)
        if needsSealing(webhook.secret, of: webhook.id) {
            resealed.secret = try seal(open(webhook.secret, of: webhook.id), of: webhook.id)
        }
        if let previous = resealed.previousSecret, needsSealing(previous.secret, of: webhook.id) {
            resealed.previousSecret?.secret = try seal(open(previous.secret, of: webhook.id), of: webhook.id)
        }
        return resealed == webhook ? nil : resealed
    }

    /// Whether a stored secret has another form than this box gives it.
    private func needsSealing(_ stored: String, of webhookID: Identifier<Webhook>) -> Bool {
        guard stored.hasPrefix(Self.prefix) else { return key != nil }
        guard let key else { return true }
        return Self.open(stored.dropFirst(Self.prefix.count), with: key, of: webhookID) == nil
    }
}
