package import KeywayStore
import Testing

/// The rules that every ``KeywayStore/Store`` keeps, written once.
///
/// An implementation's tests run them all, each on an empty store of its own:
///
/// ```swift
/// @Test("MemoryStore keeps the contract", arguments: StoreContract.rules)
/// func contract(rule: StoreRule) async throws {
///     try await rule.check(MemoryStore())
/// }
/// ```
package enum StoreContract {
    /// Every rule.
    package static var rules: [StoreRule] {
        laneRules + lateReportRules + recoveryRules + attemptRules + eventRules + deviceRules + deviceSearchRules
            + tenantRules + idempotencyRules + accountRules + deviceChangeRules + deletionRules + accountListRules
            + accountChangeRules + workspaceRules + resetRules + ownedRecordRules + tokenRules
            + deliveryRules + deliveryListRules + eventFeedRules + deviceRevisionRules
    }
}

/// One rule of a store's contract.
package struct StoreRule: Sendable, CustomTestStringConvertible {
    /// What it says, in a sentence, with the number of the guarantee it stands for.
    package let name: String
    /// Records an issue for every way in which a store, empty at the beginning, breaks the rule.
    package let check: @Sendable (any Store) async throws -> Void

    /// Makes a rule.
    package init(_ name: String, check: @escaping @Sendable (any Store) async throws -> Void) {
        self.name = name
        self.check = check
    }

    /// The name.
    package var testDescription: String { name }
}
