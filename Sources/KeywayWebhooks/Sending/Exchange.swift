import AsyncHTTPClient
import KeywayModel
import KeywayStore
import NIOCore
import NIOHTTP1

/// Sends one delivery once, and reads what comes back.
struct Exchange: Sendable {
    let clients: EndpointClients
    let addresses: AddressPolicy
    let secrets: SecretBox
    let resolver: HostResolver

    /// Why a delivery has no answer.
    struct Failure: Error {
        let trouble: DeliveryTry.Trouble
    }

    /// Sends a delivery.
    ///
    /// The name of the host is looked up anew, every address of it must be allowed, and the connection goes to one of
    /// those addresses and nowhere else.
    ///
    /// - Parameters:
    ///   - due: The delivery.
    ///   - now: The time it is signed with.
    /// - Returns: The answer, whatever it says.
    /// - Throws: ``Failure``, or what the HTTP client throws if no answer comes.
    func perform(_ due: DueDelivery, at now: Timestamp) async throws -> ReceiverAnswer {
        guard let url = WebhookURL(due.webhook.url) else { throw Failure(trouble: .badURL) }
        let headers = Signer.headers(
            of: due.delivery.id,
            body: due.eventBody,
            at: now,
            keys: try signingKeys(of: due.webhook, at: now)
        )
        let address = try await address(of: url, for: due)
        var request = HTTPClientRequest(url: url.text)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "keyway")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: due.eventBody))
        return try await clients.use(url.host, address) { [request] client in
            try await Self.answer(from: client.execute(request, deadline: .distantFuture))
        }
    }

    /// The keys to sign with, the newest first.
    private func signingKeys(of webhook: Webhook, at now: Timestamp) throws -> [SigningKey] {
        var stored = [webhook.secret]
        if let previous = webhook.previousSecret, now < previous.endsAt { stored.append(previous.secret) }
        return try stored.map { text in
            guard let secret = try? secrets.open(text, of: webhook.id), let key = SigningKey(secret) else {
                throw Failure(trouble: .secretUnusable)
            }
            return key
        }
    }

    /// The address to connect to: each try takes the next one, should the host have several.
    private func address(of url: WebhookURL, for due: DueDelivery) async throws -> IPAddress {
        let asker = LookUpPlan.Asker(
            workspaceID: due.webhook.workspaceID,
            isFailing: due.webhook.health.isFailing
        )
        let found = if let literal = url.literal { [literal] } else { await resolver.addresses(url.host, asker) }
        guard !found.isEmpty else { throw Failure(trouble: .hostNotFound) }
        // One that is not allowed spoils the name: whoever runs it can have another one come up first at any time.
        guard found.allSatisfy(addresses.permits) else { throw Failure(trouble: .addressNotAllowed) }
        return found[due.delivery.tryCount % found.count]
    }

    /// Reads an answer, of its body no more than can be kept.
    private static func answer(from response: HTTPClientResponse) async throws -> ReceiverAnswer {
        var answer = ReceiverAnswer(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "retry-after"),
            wish: response.headers.first(name: "webhook-delivery")
        )
        var bytes: [UInt8] = []
        do {
            for try await chunk in response.body {
                bytes += chunk.readableBytesView.prefix(DeliveryTry.longestAnswer - bytes.count)
                if bytes.count == DeliveryTry.longestAnswer { break }
            }
        } catch {
            // The status says what counts, if the rest of the answer is missing and not only late.
            try Task.checkCancellation()
        }
        answer.text = bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        return answer
    }

    /// What an error means.
    static func trouble(_ error: any Error) -> DeliveryTry.Trouble {
        switch error {
        case let failure as Failure: failure.trouble
        case is TimeLimitPassed, is CancellationError: .timedOut
        case let error as HTTPClientError where error == .connectTimeout: .timedOut
        case let error as HTTPClientError where error == .tlsHandshakeTimeout: .tlsFailed
        case is HTTPClientError, is HTTPParserError: .badAnswer
        // The errors of the TLS library, which is no dependency of its own.
        case _ where String(reflecting: type(of: error)).contains("SSL"): .tlsFailed
        default: .connectionFailed
        }
    }
}
