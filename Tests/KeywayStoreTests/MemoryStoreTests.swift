import KeywayStore
import KeywayTestKit
import Testing

@Suite("MemoryStore")
struct MemoryStoreTests {
    @Test("the contract holds", arguments: StoreContract.rules)
    func contract(rule: StoreRule) async throws {
        try await rule.check(MemoryStore())
    }

    @Test("G12 no more deliveries wait for a webhook than may, and what was refused is in the list")
    func pendingBound() async throws {
        try await StoreContract.checkPendingBound(of: MemoryStore(maximumPendingDeliveries: 2))
    }
}
