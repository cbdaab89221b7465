import Foundation
import GRDB

@testable import KeywayStoreSQLite

/// Opens a database as another process would, and closes it again.
func shell<Value>(_ path: String, _ body: (Database) throws -> Value) throws -> Value {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction(body)
}

/// Reads a setting of the store's writing connection.
func pragma(_ name: String, of store: SQLiteStore) async throws -> String? {
    try await store.committer.write { batch in try String.fetchOne(batch.db, sql: "PRAGMA \(name)") }
}

/// Copies a file.
func copyFile(_ source: String, to target: String) throws {
    try FileManager.default.copyItem(atPath: source, toPath: target)
}

/// The length of a file; nil if there is none.
func fileSize(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue
}
