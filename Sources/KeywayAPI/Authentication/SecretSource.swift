import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where new secrets come from.
package final class SecretSource: Sendable {
    /// Random bytes in a webhook's secret: 192 bits, as Standard Webhooks recommends at least.
    private static let webhookSecretLength = 24

    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    /// Makes a source.
    ///
    /// - Parameter generator: Where the randomness comes from; in production a cryptographically secure one.
    package init(_ generator: some RandomNumberGenerator & Sendable) {
        self.generator = Mutex(generator)
    }

    /// Makes a new credential of any kind but an API key.
    package func token(_ kind: BearerToken.Kind) -> BearerToken {
        generator.withLock { BearerToken.generate(kind, using: &$0) }
    }

    /// Makes a secret to sign deliveries with: `whsec_` and the base64 of random bytes (wire contract, section 5).
    package func webhookSecret() -> String {
        let bytes = generator.withLock { generator in
            (0..<Self.webhookSecretLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
        return "whsec_" + Data(bytes).base64EncodedString()
    }
}
