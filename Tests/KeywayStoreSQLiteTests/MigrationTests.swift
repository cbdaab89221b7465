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

    @Test("what the first release wrote is all there after the step to the whole contract, and in its order")
    func wholeContract() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/keyway.sqlite"
            let pool = try DatabasePool(path: path)
            try Migrations.migrator.migrate(pool, upTo: "003-account-settings")
            try await pool.write { try FirstRelease.write($0) }
            let before = try await pool.read { try FirstRelease.picture($0) }
            try pool.close()
            #expect(before.attempts.count == 3)

            let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
            try await FirstRelease.check(store)
            let after = try await store.read { try FirstRelease.picture($0) }
            #expect(after == before)
            let problems = try await store.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count }
            #expect(problems == 0)
            // The new tables take the old ones' place in what refers to them.
            let orphan = Samples.lock(60, in: Home.workspace, account: Samples.id(99))
            await #expect(throws: StoreError.self) { try await store.add(orphan, event: Home.event(60)) }
            // The lane that was left pending goes on, and its events come after those of before.
            try await store.commit(Home.resolve(9))
            #expect(try await store.unresolvedAttempts().isEmpty)
            let events = try await store.events(EventQuery(workspaceID: Home.workspace.id)).map(\.id)
            #expect(events == [4, 3, 9].map { Samples.id($0) })
            #expect(try await Home.attempts(in: store) == [9, 2, 5].map { Samples.id($0) })
            try await store.commit(Home.accept(1))
            #expect(try await Home.attempts(in: store).first == Samples.id(1))
            try await store.close()
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
