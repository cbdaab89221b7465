import KeywayStore
import KeywayTestKit
import Testing

@Suite("MemoryStore")
struct MemoryStoreTests {
    @Test("the contract holds", arguments: StoreContract.rules)
    func contract(rule: StoreRule) async throws {
        try await rule.check(MemoryStore())
    }
}
