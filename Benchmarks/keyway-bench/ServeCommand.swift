import ArgumentParser
import FoundationEssentials
import HTTPTypes
import Hummingbird
import KeywayModel
import Logging
import NIOCore

/// A bare Hummingbird server: the same framework, and nothing behind it.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answers every GET with the bytes of a file, and POST /locks/unlock_door with an attempt of its own."
    )

    @Option(help: "The file whose bytes are the answer to GET; read once.")
    var body: String

    @Option(help: "The address and port, which is printed when it listens.")
    var port = 0

    func run() async throws {
        let bytes = ByteBuffer(bytes: try Data(contentsOf: URL(filePath: body)))
        let router = Router()
        // Keyway's own headers, so that what is written to the socket differs in nothing but the request's id.
        let headers: HTTPFields = [
            .contentType: "application/json; charset=utf-8", .accessControlAllowOrigin: "*",
            .accessControlAllowCredentials: "true",
            .accessControlExposeHeaders: "seam-request-id, retry-after, preference-applied", .vary: "origin",
        ]
        router.get("**") { _, _ in
            Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
        }
        router.post("/locks/unlock_door") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let wish = try JSONDecoder().decode(Wish.self, from: Data(body.readableBytesView))
            let answer = try JSONEncoder().encode(Answer(of: wish))
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer)))
        }
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in
                print("listening on \(channel.localAddress?.port ?? 0)")
                flushOutput()
            },
            logger: logger
        )
        try await application.runService()
    }

    /// The body of a request to unlock.
    private struct Wish: Decodable {
        let deviceID: String

        private enum CodingKeys: String, CodingKey {
            case deviceID = "device_id"
        }
    }

    /// A body of the shape of Keyway's answer.
    private struct Answer: Encodable {
        let ok = true
        let attempt: Attempt

        private enum CodingKeys: String, CodingKey {
            case ok
            case attempt = "action_attempt"
        }

        init(of wish: Wish) {
            attempt = Attempt(deviceID: wish.deviceID)
        }
    }

    private struct Attempt: Encodable {
        let id = Clocks.identifiers.next(ActionAttempt.self)
        let actionType = "UNLOCK_DOOR"
        let status = "pending"
        let result: String? = nil
        let error: String? = nil
        let deviceID: String
        let createdAt = Clocks.system.now().wall
        let deadlineAt = Clocks.system.now().wall + .seconds(30)
        let dispatchedAt = Clocks.system.now().wall
        let acknowledgedAt: Timestamp? = nil
        let resolvedAt: Timestamp? = nil
        let requestedBy = "api_key:01a21044-89d3-7001-940e-25f7c812a363"

        private enum CodingKeys: String, CodingKey {
            case id = "action_attempt_id"
            case actionType = "action_type"
            case status, result, error
            case deviceID = "device_id"
            case createdAt = "created_at"
            case deadlineAt = "deadline_at"
            case dispatchedAt = "dispatched_at"
            case acknowledgedAt = "acknowledged_at"
            case resolvedAt = "resolved_at"
            case requestedBy = "requested_by"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(actionType, forKey: .actionType)
            try container.encode(status, forKey: .status)
            try container.encode(result, forKey: .result)
            try container.encode(error, forKey: .error)
            try container.encode(deviceID, forKey: .deviceID)
            try container.encode(createdAt, forKey: .createdAt)
            try container.encode(deadlineAt, forKey: .deadlineAt)
            try container.encode(dispatchedAt, forKey: .dispatchedAt)
            try container.encode(acknowledgedAt, forKey: .acknowledgedAt)
            try container.encode(resolvedAt, forKey: .resolvedAt)
            try container.encode(requestedBy, forKey: .requestedBy)
        }
    }
}
