import Crypto
import HTTPTypes
import Hummingbird
import KeywayDriver
import KeywayMetrics

/// Where the operator's Prometheus reads what the server measures: `/metrics`.
///
/// It is about the whole server and no tenant, so it has a token of its own, which the operator sets.
struct MetricsRoute: Sendable {
    /// Its exact path.
    static let path = "/metrics"

    private let registry: MetricsRegistry
    private let tokenHash: SHA256Digest

    /// Makes the route.
    ///
    /// - Parameters:
    ///   - registry: What it shows.
    ///   - token: What must be presented as a bearer token.
    init(_ registry: MetricsRegistry, token: Secret) {
        self.registry = registry
        tokenHash = Self.hash(token.text)
    }

    /// Answers a request, whose body is not read.
    ///
    /// - Throws: ``APIError``: 401 unless it presents the token, 405 if it wants anything but reading.
    func reply(to request: Request) throws(APIError) -> PageReply {
        // Hashes are compared, so that how long it takes says nothing about the token.
        guard let presented = PresentedCredential.bearer(in: request.headers), Self.hash(presented) == tokenHash else {
            throw .unauthorized
        }
        guard request.method == .get || request.method == .head else { throw .methodNotAllowed([.get]) }
        return PageReply(
            headers: [.contentType: MetricsRegistry.mediaType, .cacheControl: "no-store"],
            bytes: Array(registry.prometheusText.utf8)
        )
    }

    private static func hash(_ token: String) -> SHA256Digest { SHA256.hash(data: Array(token.utf8)) }
}
