import Foundation
import Testing

@Suite("A broker of the tests", .timeLimit(.minutes(1)))
struct KeeperTests {
    @Test("ends, and leaves no folder, when the process of the tests is killed")
    func abandoned() async throws {
        try await Broker.run { broker in
            await broker.abandon()
            await #expect(throws: (any Error).self) {
                try await PlainClient.run(on: broker.port) { _ in }
            }
            #expect(!FileManager.default.fileExists(atPath: broker.folder.path))
        }
    }

    @Test("can be killed and started again")
    func killed() async throws {
        try await Broker.run { broker in
            await broker.kill()
            #expect(FileManager.default.fileExists(atPath: broker.folder.path))
            try await broker.start()
            try await PlainClient.run(on: broker.port) { try await $0.publish("a", "b") }
        }
    }

    @Test("what is waited for is given up with the test, not with the process")
    func cancelled() async throws {
        try await FaultyWire.run(to: 1) { wire in
            wire.set(.swallows)
            let waiting = Task { try await PlainClient.run(on: wire.port) { _ in } }
            await wire.connections.wait { $0 == 1 }
            waiting.cancel()
            await #expect(throws: PlainClient.Closed.self) { try await waiting.value }
        }
    }
}
