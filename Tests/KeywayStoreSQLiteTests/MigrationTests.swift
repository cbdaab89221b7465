import GRDB
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayStoreSQLite

@Suite("Migrations")
struct MigrationTests {
    /// How many steps an old database has taken: none, one …, all.
    static let versions = Array(0...Migrations.migrator.migrations.count)

    @Test("a database of any older version is brought up to date and works", arguments: versions)
    func upgrade(from version: Int) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/keyway.sqlite"
            let migrator = Migrations.migrator
            let pool = try DatabasePool(path: path)
            if version > 0 { try migrator.migrate(pool, upTo: migrator.migrations[version - 1]) }
            try pool.close()

            let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
            try await Home.add(to: store)
            try await store.commit(Home.accept(1))
            try await store.commit(Home.resolve(1))
            #expect(try await Home.attempts(in: store) == [Samples.id(1)])
            try await store.close()
            let applied = try shell(path) { try migrator.appliedMigrations($0) }
            #expect(applied == migrator.migrations)
            let problems = try shell(path) { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check") }
            #expect(problems.isEmpty)
        }
    }

    @Test("the steps are numbered in the order in which they are taken")
    func numbering() {
        for (index, identifier) in Migrations.migrator.migrations.enumerated() {
            let number = String(index + 1)
            let padded = String(repeating: "0", count: max(0, 3 - number.count)) + number
            #expect(identifier.hasPrefix(padded + "-"))
        }
    }

    @Test("a database of a newer Keyway is refused and left as it is")
    func newer() async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            try await store.close()
            try shell(path) { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999-from-the-future')") }
            let error = #expect(throws: StoreError.self) { try SQLiteStore(SQLiteStoreConfiguration(path: path)) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("newer Keyway") == true)
            #expect(error?.message.contains("999-from-the-future") == true)
            try shell(path) { try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '999%'") }
            let again = try SQLiteStore(SQLiteStoreConfiguration(path: path))
            #expect(try await again.workspaces() == [Home.workspace])
            try await again.close()
        }
    }

    @Test("processes that open a new file at the same time all find it up to date")
    func race() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/keyway.sqlite"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let store = try SQLiteStore(SQLiteStoreConfiguration(path: path, busyTimeout: .seconds(30)))
                        try await store.check()
                        try await store.close()
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
