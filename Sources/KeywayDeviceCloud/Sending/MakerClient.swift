import AsyncHTTPClient
import FoundationEssentials
import KeywayDriver
import KeywayModel
import NIOCore
import NIOHTTP1

/// Speaks HTTP with makers.
///
/// Nothing is tried twice: no redirect is followed, and a connection that cannot be made fails the request at once.
/// (async-http-client 1.37 tries connections again unless told otherwise, but never a request that has begun; for
/// commands ``SendGate`` makes sure of it.)
///
/// Times are limited by the callers, on their ``KeywayModel/TimeSource``, by cancelling.
final class MakerClient: Sendable {
    private let readings: HTTPClient
    private let commands: HTTPClient
    private let maximumAnswerBytes: Int

    /// Makes a client; ``shutDown()`` must be called before it goes.
    init(maximumAnswerBytes: Int) {
        self.maximumAnswerBytes = maximumAnswerBytes
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .nanoseconds(
            DeviceCloudSettings.requestTimeouts.upperBound.wholeMicroseconds * 1000
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        // How many requests there are at one time is limited for each account, see ``Slots``.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        readings = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        // A new connection for each command: one that was kept may be closed by the maker at the moment the command
        // leaves, and then nobody would know whether it arrived.
        configuration.maximumUsesPerConnection = 1
        commands = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends every request and connection.
    func shutDown() async {
        try? await readings.shutdown()
        try? await commands.shutdown()
    }

    /// Reads what is at a path, which begins with a slash and has its parts escaped.
    ///
    /// - Throws: What the HTTP client throws if no answer comes.
    func get(_ path: String, of settings: DeviceCloudSettings) async throws -> MakerAnswer {
        try await answer(to: request(.GET, path, of: settings), from: readings)
    }

    /// Sends a command to a maker, if its gate lets it through.
    ///
    /// - Throws: What the HTTP client throws if no answer comes; the gate knows whether the command left.
    func post(
        _ body: [UInt8],
        to path: String,
        of settings: DeviceCloudSettings,
        through gate: SendGate
    ) async throws -> MakerAnswer {
        var request = request(.POST, path, of: settings)
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "connection", value: "close")
        request.body = .stream(
            GatedBody(bytes: ByteBuffer(bytes: body), gate: gate),
            length: .known(Int64(body.count))
        )
        return try await answer(to: request, from: commands)
    }

    private func request(_ method: HTTPMethod, _ path: String, of settings: DeviceCloudSettings) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: settings.baseURL + path)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer \(settings.token.text)")
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: "keyway")
        return request
    }

    private func answer(to request: HTTPClientRequest, from client: HTTPClient) async throws -> MakerAnswer {
        let response = try await client.execute(request, deadline: .distantFuture)
        var body: [UInt8]?
        do {
            body = Array((try await response.body.collect(upTo: maximumAnswerBytes)).readableBytesView)
        } catch {
            // The status alone says something; what to make of a missing body is for whoever asked.
            try Task.checkCancellation()
        }
        return MakerAnswer(status: Int(response.status.code), body: body)
    }

    /// What went wrong with a request, in words that hold nothing secret.
    static func trouble(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case is TimeLimitPassed, is CancellationError: "no answer in time"
        default: String(describing: type(of: error))
        }
    }

    /// A part of a path with everything escaped that means something in a URL.
    static func escaped(_ part: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF")
        var text = ""
        for byte in part.utf8 {
            if plain.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 0x0F)])"
            }
        }
        return text
    }
}
