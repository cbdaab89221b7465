import AsyncHTTPClient
import KeywayModel
import KeywayTestKit
import NIOCore
import Testing

@testable import KeywayWebhooks

@Suite("The clients of endpoints", .timeLimit(.minutes(1)))
struct EndpointClientsTests {
    private static func call(_ port: Int, with clients: EndpointClients) async throws {
        let loopback = try #require(IPAddress("127.0.0.1"))
        try await clients.use("host-\(port).test", loopback) { client in
            let request = HTTPClientRequest(url: "http://host-\(port).test:\(port)/")
            _ = try await client.execute(request, deadline: .distantFuture)
        }
    }

    @Test("the end does not wait where nothing is being made")
    func nothing() async throws {
        let clock = ManualTimeSource()
        await EndpointClients(connectTimeout: .seconds(1)).shutDown(on: clock)
        try await Receiver.run { receiver, port in
            let clients = EndpointClients(connectTimeout: .seconds(10))
            try await Self.call(port, with: clients)
            #expect(receiver.requests.count == 1)
            await clients.shutDown(on: clock)
        }
    }

    @Test("a receiver at which connecting never ends is given up after the connect timeout")
    func connectTimeout() async throws {
        try await DeafPort.run { port in
            let clients = EndpointClients(connectTimeout: .milliseconds(10))
            await #expect(throws: HTTPClientError.connectTimeout) { try await Self.call(port, with: clients) }
            await clients.shutDown(on: ManualTimeSource())
        }
    }
}
