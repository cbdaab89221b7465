import Foundation
import GRDB
import KeywayStore
import Testing

@testable import KeywayStoreSQLite

@Suite("Checkpointer")
struct CheckpointerTests {
    /// Writes a mebibyte, more than 256 pages, into the log.
    private func write(to store: SQLiteStore) async throws {
        try await store.committer.write { batch in
            try batch.db.execute(sql: "CREATE TABLE IF NOT EXISTS filling (bytes BLOB NOT NULL)")
            try batch.db.execute(sql: "INSERT INTO filling VALUES (zeroblob(1 << 20))")
        }
    }

    private func logSize(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int ?? 0
    }

    @Test("G12 the log stays short, however much is written")
    func bound() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/keyway.sqlite"
            let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
            for _ in 0..<16 {
                try await write(to: store)
                // Waits for the checkpoint under way, if there is one.
                try store.checkpointer.exclusively { _ in }
            }
            // 16 MiB were written; a checkpoint begins at 4 MiB, and leaves the log to be begun anew.
            #expect(logSize(path) < 8 << 20)
            try await store.close()
            #expect(logSize(path) == 0)
        }
    }

    @Test("of many small commits little is moved at a time")
    func smallCommits() async throws {
        try await withStore { store, path in
            for _ in 0..<400 {
                try await store.check()
                try store.checkpointer.exclusively { _ in }
            }
            // 400 pages were written, one by each commit; the log began anew at 250.
            #expect(logSize(path) < 300 * 4200)
        }
    }

    @Test("G12 the log begins anew even if the writer never rests")
    func pressure() async throws {
        try await withStore { store, path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { for _ in 0..<40 { try await write(to: store) } }
                }
                try await group.waitForAll()
            }
            try store.checkpointer.exclusively { _ in }
            // 120 MiB were written; at 64 MiB the writer waits for the rest to be moved.
            #expect(logSize(path) < 80 << 20)
        }
    }

    @Test("A log that a reader holds back is moved when the reader is done")
    func reader() async throws {
        try await withStore { store, path in
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let reader = try DatabaseQueue(path: path, configuration: configuration)
            try await reader.writeWithoutTransaction { db in
                try db.execute(sql: "BEGIN")
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM workspaces")
            }
            for _ in 0..<12 {
                try await write(to: store)
                try store.checkpointer.exclusively { _ in }
            }
            #expect(logSize(path) > 12 << 20, "nothing that the reader may still want to see is overwritten")
            try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            for _ in 0..<12 {
                try await write(to: store)
                try store.checkpointer.exclusively { _ in }
            }
            #expect(logSize(path) < 20 << 20, "the log began anew")
            try reader.close()
        }
    }
}
