import Foundation
import KeywayModel
import KeywayStore
import KeywayStoreSQLite
import KeywayTestKit

/// Runs a body with the path of a fresh directory, and removes the directory afterwards.
func withTemporaryDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("keyway-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url.path)
}

/// Runs a body with an empty store and the path of its file.
func withStore<Value>(
    busyTimeout: Duration = .seconds(2),
    maximumPageCount: Int? = nil,
    _ body: (SQLiteStore, String) async throws -> Value
) async throws -> Value {
    try await withTemporaryDirectory { directory in
        let path = directory + "/keyway.sqlite"
        let store = try SQLiteStore(
            SQLiteStoreConfiguration(path: path, busyTimeout: busyTimeout, maximumPageCount: maximumPageCount)
        )
        let value = try await body(store, path)
        try await store.close()
        return value
    }
}

/// What most tests write.
enum Home {
    static let workspace = Samples.workspace(1)
    static let door = Samples.lock(1, in: workspace)

    static func add(to store: SQLiteStore) async throws {
        try await store.add(workspace, accounts: [Samples.account(1, in: workspace)], devices: [door])
    }

    static func accept(_ number: UInt64) -> LaneCommit {
        commit([.accept(Samples.attempt(number, on: door))])
    }

    static func resolve(_ number: UInt64) -> LaneCommit {
        var attempt = Samples.attempt(number, on: door)
        attempt.outcome = .success(wasConfirmedByDevice: true)
        attempt.resolvedAt = Samples.start + .seconds(1)
        return commit([.resolve(attempt, events: [event(number, attempt: attempt.id)])])
    }

    static func report(_ number: UInt64) -> LaneCommit {
        commit([.report(events: [event(number)])])
    }

    static func commit(_ changes: [LaneCommit.Change]) -> LaneCommit {
        LaneCommit(deviceID: door.id, workspaceID: workspace.id, changes: changes)
    }

    static func event(_ number: UInt64, attempt: Identifier<ActionAttempt>? = nil) -> Event {
        Event(
            id: Samples.id(number),
            type: attempt == nil ? .lockUnlocked : .unlockDoorSucceeded,
            workspaceID: workspace.id,
            createdAt: Samples.start,
            occurredAt: Samples.start,
            deviceID: door.id,
            actionAttemptID: attempt,
            details: attempt == nil
                ? .bolt(BoltMovement(method: .manual)) : .resolution(actionType: .unlockDoor, status: .success)
        )
    }

    static func attempts(in store: SQLiteStore) async throws -> [Identifier<ActionAttempt>] {
        let query = ActionAttemptQuery(workspaceID: workspace.id, limit: 100_000)
        return try await store.actionAttempts(query).elements.map(\.id)
    }
}
