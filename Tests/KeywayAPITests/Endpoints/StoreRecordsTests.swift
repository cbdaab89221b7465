import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Filtered records")
struct StoreRecordsTests {
    private static let count = 1203

    /// A store with that many webhooks, which bear their number as URL; filled once, as no test changes it.
    private static let store = Task { try await filled() }

    private static func filled() async throws -> MemoryStore {
        let store = MemoryStore()
        let workspace = Samples.workspace()
        try await store.add(workspace, accounts: [], devices: [])
        for number in 0..<count {
            let webhook = Webhook(
                id: Samples.id(UInt64(number)),
                workspaceID: workspace.id,
                url: "\(number)",
                secret: "",
                eventTypes: [],
                createdAt: Samples.start
            )
            try await store.add(webhook, events: [])
        }
        return store
    }

    @Test(
        "Pages put together are all that is wanted, no page but the last is short, and none is empty",
        arguments: [(1, 400), (1, 1000), (2, 100), (5, 100), (5, 70), (100, 5), (600, 1), (499, 1), (500, 2)]
    )
    func pages(step: Int, limit: Int) async throws {
        let store = try await Self.store.value
        let wanted = (0..<Self.count).filter { $0 % step == step - 1 }.map(String.init)
        var (found, position) = ([String](), Int64?.none)
        repeat {
            let page: Page<Webhook> = try await store.page(
                in: Samples.workspace().id,
                limit: limit,
                after: position
            ) { wanted.contains($0.url) }
            #expect(!page.elements.isEmpty)
            #expect(page.elements.count == limit || page.next == nil)
            found += page.elements.map(\.url)
            position = page.next
        } while position != nil
        #expect(found == wanted)
    }

    @Test("Nothing wanted is one empty page, and no first record")
    func nothing() async throws {
        let store = try await Self.store.value
        let page: Page<Webhook> = try await store.page(in: Samples.workspace().id, limit: 5, after: nil) { _ in false }
        #expect(page.elements.isEmpty && page.next == nil)
        #expect(try await store.firstRecord(Webhook.self, in: Samples.workspace().id) { _ in false } == nil)
        let first = try await store.firstRecord(Webhook.self, in: Samples.workspace().id) { $0.url.hasPrefix("90") }
        #expect(first?.url == "90")
    }

    @Test("G12 more than may be returned at once is refused, and as many as may be is not")
    func bound() async throws {
        let store = try await Self.store.value
        let all = try await store.records(Webhook.self, in: Samples.workspace().id, atMost: Self.count) { _ in true }
        #expect(all.count == Self.count)
        let error = await #expect(throws: APIError.self) {
            try await store.records(Webhook.self, in: Samples.workspace().id, atMost: Self.count - 1) { _ in true }
        }
        #expect(error?.type == "too_many_results")
    }
}
