import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Speaks HTTP with one server.
final class ServerConnection: Sendable {
    let endpoint: Endpoint
    let configuration: KeywayClient.Configuration
    let surroundings: Surroundings
    let logger: Logger
    private let credential: KeywayClient.Credential
    private let http: HTTPClient
    private let ownsHTTP: Bool

    init(
        endpoint: Endpoint,
        credential: KeywayClient.Credential,
        configuration: KeywayClient.Configuration,
        httpClient: HTTPClient?,
        logger: Logger,
        surroundings: Surroundings
    ) {
        self.endpoint = endpoint
        self.credential = credential
        self.configuration = configuration
        self.surroundings = surroundings
        self.logger = logger
        ownsHTTP = httpClient == nil
        http = httpClient ?? Self.makeHTTPClient()
    }

    deinit {
        // Nothing is under way any more: whoever waits for an answer holds this object.
        if ownsHTTP { http.shutdown { _ in } }
    }

    var clock: any ClientClock { surroundings.clock }

    private static func makeHTTPClient() -> HTTPClient {
        // The API never redirects, and a redirect could take the credential elsewhere.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(10)
        // Event streams and held requests keep theirs, and must not make others wait. They are made as they are needed.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        // What is tried again, and when, is decided by ``RetryPlan``.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    // MARK: Requests

    /// How long after the end of the patience an answer is still taken: servers answer right at that end.
    static let lastMoment: Duration = .seconds(2)

    /// Sends a request, more than once if need be, and returns its answer.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - end: No try begins after this reading of the clock.
    ///   - patienceEnd: No try lasts longer than until ``lastMoment`` after this reading of the clock.
    /// - Returns: The answer, which is a success.
    /// - Throws: ``KeywayClient/APIError``, ``KeywayClient/ConnectionError``, ``KeywayClient/UnreadableAnswer``, or
    ///   `CancellationError`.
    func send(
        _ request: APIRequest,
        until end: Duration? = nil,
        patienceUntil patienceEnd: Duration? = nil
    ) async throws -> Answer {
        var plan = RetryPlan(configuration, until: end)
        while true {
            do {
                var limit = configuration.requestTimeout + .seconds(request.hold ?? 0)
                if let patienceEnd { limit = min(limit, patienceEnd - clock.now + Self.lastMoment) }
                return try await sendOnce(request, within: limit)
            } catch {
                guard let pause = plan.pause(after: error, fraction: surroundings.fraction, at: clock.now) else {
                    throw error
                }
                logger.debug(
                    "a request is tried again",
                    metadata: ["path": "\(request.path)", "error": "\(error)", "pause": "\(pause)"]
                )
                try await clock.sleep(for: pause)
            }
        }
    }

    /// Sends a request once.
    ///
    /// - Throws: As ``send(_:until:patienceUntil:)``.
    func sendOnce(_ request: APIRequest, within limit: Duration) async throws -> Answer {
        let httpRequest = try makeHTTPRequest(request)
        let began = clock.now
        let (head, body) = try await translatingErrors {
            try await withTimeLimit(limit, on: self.clock) { [http, configuration] in
                let response = try await http.execute(httpRequest, deadline: .distantFuture)
                let body = try await response.body.collect(upTo: configuration.maximumAnswerBytes)
                return (ResponseHead(response), body)
            }
        }
        let json = try? JSONDecoder().decode(KeywayClient.JSONValue.self, from: Data(body.readableBytesView))
        try head.check(json)
        guard let json, json.objectValue != nil else {
            throw KeywayClient.UnreadableAnswer(
                message: "The answer is no JSON object.",
                status: head.status,
                requestID: head.requestID
            )
        }
        // An answer that came at once was not held, whatever its header says; asking again at once would be a busy loop.
        let wasHeld = head.saysItWasHeld && clock.now - began >= .milliseconds(500)
        return Answer(json: json, requestID: head.requestID, wasHeld: wasHeld)
    }

    /// Opens an event stream and returns its bytes as they come.
    ///
    /// - Throws: As ``send(_:until:patienceUntil:)``.
    func openStream(_ path: String, _ query: Query, lastEventID: String?) async throws -> HTTPClientResponse.Body {
        var httpRequest = try makeHTTPRequest(.read(path, query))
        httpRequest.headers.replaceOrAdd(name: "accept", value: "text/event-stream")
        httpRequest.headers.add(name: "cache-control", value: "no-cache")
        if let lastEventID { httpRequest.headers.add(name: "last-event-id", value: lastEventID) }
        let response = try await translatingErrors { [httpRequest] in
            try await withTimeLimit(self.configuration.requestTimeout, on: self.clock) { [http] in
                try await http.execute(httpRequest, deadline: .distantFuture)
            }
        }
        let head = ResponseHead(response)
        let type = response.headers.first(name: "content-type")?.lowercased() ?? ""
        guard !(head.isSuccess && type.hasPrefix("text/event-stream")) else { return response.body }
        let body = try await translatingErrors {
            try await withTimeLimit(self.configuration.requestTimeout, on: self.clock) {
                // An error is short; a page of another kind of server need not be.
                try await response.body.collect(upTo: 1 << 20)
            }
        }
        try head.check(try? JSONDecoder().decode(KeywayClient.JSONValue.self, from: Data(body.readableBytesView)))
        throw KeywayClient.UnreadableAnswer(
            message: "The answer is no event stream.",
            status: head.status,
            requestID: head.requestID
        )
    }

    // MARK: The parts of it

    private func makeHTTPRequest(_ request: APIRequest) throws -> HTTPClientRequest {
        var result = HTTPClientRequest(url: endpoint.text + request.path + request.query.text)
        result.method = request.method
        for header in credential.headers { result.headers.add(name: header.name, value: header.value) }
        result.headers.add(name: "accept", value: "application/json")
        result.headers.add(name: "user-agent", value: "keyway-client")
        if let key = request.idempotencyKey { result.headers.add(name: "idempotency-key", value: key) }
        if let hold = request.hold { result.headers.add(name: "prefer", value: "wait=\(hold)") }
        if let body = try request.body() {
            result.headers.add(name: "content-type", value: "application/json")
            result.body = .bytes(ByteBuffer(bytes: body))
        }
        return result
    }

    /// Does something with the network, and says in this client's words what went wrong.
    func translatingErrors<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            // What looks like a lost connection may be this task's own end.
            try Task.checkCancellation()
            throw translated(error)
        }
    }

    private func translated(_ error: any Error) -> any Error {
        switch error {
        case let error as any TemporaryTrouble: error
        case is TimeLimitPassed: unreachable("it did not answer in time")
        case is NIOTooManyBytesError:
            KeywayClient.UnreadableAnswer(message: "The answer is larger than the client takes.")
        case let error as HTTPClientError: unreachable(error.shortDescription)
        case let error as IOError: unreachable(String(cString: strerror(error.errnoCode)).lowercased())
        default: unreachable("no connection can be made")
        }
    }

    private func unreachable(_ reason: String) -> KeywayClient.ConnectionError {
        KeywayClient.ConnectionError(endpoint: endpoint.text, reason: reason)
    }
}
