import HTTPTypes
import Hummingbird
import KeywayDriver
import KeywayModel

/// Where a provider calls back: `/providers/{provider}/{connected_account_id}/events`.
///
/// Authenticated by the provider's signature instead of an API key, so the driver decides whom to believe.
struct CallbackRoute {
    /// The path with names in place of values, for the log.
    static let pattern = "/providers/{provider}/{connected_account_id}/events"
    /// The largest callback in bytes; a larger one is answered with 413.
    static let maximumBodyBytes = 1 << 20

    private let provider: Provider
    private let accountID: String

    /// The route of a path; nil if it is another one.
    init?(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "providers", parts[4] == "events" else { return nil }
        provider = Provider(rawValue: String(parts[2]))
        accountID = String(parts[3])
    }

    /// Gives a callback to its driver; returns once everything it says is durable.
    ///
    /// - Throws: ``APIError`` for a callback that was not taken.
    func reply(to request: Request, _ services: APIServices) async throws(APIError) -> Reply {
        guard let receiver = services.receivers[provider] else { throw .unknownRoute }
        guard request.method == .post else { throw .methodNotAllowed([.post]) }
        let body = try await RequestBodyReader.read(request, limit: Self.maximumBodyBytes)
        guard let accountID = Identifier<ConnectedAccount>(accountID) else { throw .badSignature }
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        switch await receiver.receive(Callback(headers: headers, body: body), for: accountID) {
        case .accepted: return .done
        case .unauthorized: throw .badSignature
        case .malformed(let reason): throw .malformedBody(reason)
        case .unavailable:
            throw .serviceUnavailable("The callback cannot be stored at the moment", retryAfter: .seconds(5))
        }
    }
}

extension APIError {
    /// 401: the callback is not signed by the provider of the account in its path, or there is no such account.
    fileprivate static let badSignature = APIError(
        .unauthorized,
        "invalid_signature",
        "The callback is not signed with the secret of a connected account, or its timestamp is too far from now"
    )
}
