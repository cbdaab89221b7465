import HTTPTypes
import KeywayDriver
import KeywayMetrics
import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("/metrics", .timeLimit(.minutes(1)))
struct MetricsRouteTests {
    private static let token = "prometheus-reads-this"

    private func run(
        token: String? = token,
        _ body: @escaping @Sendable (APIClient) async throws -> Void
    ) async throws {
        try await APIHarness(configuration: APIConfiguration(port: 0, metricsToken: token.map(Secret.init)))
            .run { try await body($0) }
    }

    @Test("who presents the operator's token gets the metrics of the whole server, to be kept by nobody")
    func shown() async throws {
        try await run { client in
            let answer = try await client.presenting(Self.token).get("/metrics")
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.header("cache-control") == "no-store")
            #expect(answer.header("seam-request-id") != nil)
            #expect(answer.text == MetricsRegistry().prometheusText)
            let head = try await client.presenting(Self.token).send(.head, "/metrics")
            #expect(head.status == 200 && head.text.isEmpty)
        }
    }

    @Test("G11 no other credential opens it, and none is tried before the method is looked at")
    func refused() async throws {
        try await run { client in
            // The key of a tenant, nearly the token, and nothing.
            for token in [client.token, Self.token + "x", "", nil] {
                let answer = try await client.presenting(token).get("/metrics")
                #expect(answer.status == 401 && answer.errorType == "unauthorized")
            }
            #expect(
                try await client.with("authorization", "Basic \(Self.token)").presenting(nil).get("/metrics").status
                    == 401
            )
            #expect(try await client.post("/metrics").status == 401)
            let posted = try await client.presenting(Self.token).post("/metrics")
            #expect(posted.status == 405 && posted.header("allow") == "GET")
            #expect(try await client.presenting(Self.token).get("/locks/list").status == 401)
        }
    }

    @Test("without a token there is no such path")
    func absent() async throws {
        try await run(token: nil) { client in
            for token in [client.token, Self.token, nil] {
                let answer = try await client.presenting(token).get("/metrics")
                #expect(answer.status == 404 && answer.errorType == "not_found")
            }
        }
    }
}
