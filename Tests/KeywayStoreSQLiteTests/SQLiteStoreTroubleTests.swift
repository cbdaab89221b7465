import Foundation
import GRDB
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayStoreSQLite

@Suite("SQLiteStore in trouble")
struct SQLiteStoreTroubleTests {
    @Test("G12 a full database refuses writes, loses nothing, and goes on when there is room again")
    func full() async throws {
        try await withStore(maximumPageCount: 80) { store, path in
            try await Home.add(to: store)
            var accepted: [Identifier<ActionAttempt>] = []
            var refusal: StoreError?
            while refusal == nil, accepted.count < 10_000 {
                let number = UInt64(accepted.count + 1)
                do throws(StoreError) {
                    try await store.commit(Home.accept(number))
                    try await store.commit(Home.report(number))
                    accepted.append(Samples.id(number))
                } catch {
                    refusal = error
                }
            }
            #expect(refusal?.code == .full)
            #expect(refusal?.mayBeDurable == false)
            #expect(refusal?.message.contains("Free some space") == true)
            #expect(accepted.count > 10)
            let stored = try await Home.attempts(in: store)
            #expect(Set(stored).isSuperset(of: accepted))

            try shell(path) { try $0.execute(sql: "DELETE FROM events") }
            try await store.commit(Home.accept(20_000))
            try await store.commit(Home.report(20_000))
            #expect(try await Home.attempts(in: store).first == Samples.id(20_000))
        }
    }

    @Test("a database that another process holds is busy after the timeout, and works when it is let go")
    func busy() async throws {
        try await withStore(busyTimeout: .milliseconds(20)) { store, path in
            try await Home.add(to: store)
            let other = try DatabaseQueue(path: path)
            try await other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
            let error = try await holding(other) {
                await #expect(throws: StoreError.self) { try await store.commit(Home.accept(1)) }
            }
            #expect(error?.code == .busy)
            #expect(error?.mayBeDurable == false)
            #expect(error?.message.contains("Another process") == true)
            // Reading goes on meanwhile.
            let workspaces = try await holding(other) { try await store.workspaces() }
            #expect(workspaces == [Home.workspace])
            try await store.commit(Home.accept(1))
            #expect(try await Home.attempts(in: store) == [Samples.id(1)])
            try other.close()
        }
    }

    @Test("a write that waits for another process goes through within the timeout")
    func shortWait() async throws {
        try await withStore(busyTimeout: .seconds(30)) { store, path in
            try await Home.add(to: store)
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: path, configuration: configuration)
            try await other.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
            async let commit: Void = store.commit(Home.accept(1))
            try await other.writeWithoutTransaction { try $0.commit() }
            try await commit
            #expect(try await Home.attempts(in: store) == [Samples.id(1)])
            try other.close()
        }
    }

    /// Runs a body while a connection holds the right to write.
    private func holding<Value>(_ queue: DatabaseQueue, _ body: () async throws -> Value) async throws -> Value {
        let hold = DispatchSemaphore(value: 0)
        let (held, continuation) = AsyncStream.makeStream(of: Void.self)
        let holder = Task.detached {
            try await queue.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    continuation.yield()
                    hold.wait()
                    return .rollback
                }
            }
        }
        for await _ in held { break }
        let value: Value
        do {
            value = try await body()
        } catch {
            hold.signal()
            throw error
        }
        hold.signal()
        try await holder.value
        return value
    }

    @Test("a file that is no database is corrupt, and what to do is said")
    func noDatabase() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/keyway.sqlite"
            try Data(repeating: 0x4B, count: 8192).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: StoreError.self) { try SQLiteStore(SQLiteStoreConfiguration(path: path)) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("restore a backup") == true)
        }
    }

    @Test("a path that cannot be opened is unavailable, and the message names it")
    func noDirectory() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/nowhere/keyway.sqlite"
            let error = #expect(throws: StoreError.self) { try SQLiteStore(SQLiteStoreConfiguration(path: path)) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test(
        "SQLite's result codes mean what an operator can act on",
        arguments: [
            (ResultCode.SQLITE_BUSY, StoreError.Code.busy),
            (.SQLITE_BUSY_SNAPSHOT, .busy),
            (.SQLITE_LOCKED, .busy),
            (.SQLITE_FULL, .full),
            (.SQLITE_IOERR_SHMSIZE, .full),
            (.SQLITE_IOERR_WRITE, .unavailable),
            (.SQLITE_IOERR_FSYNC, .unavailable),
            (.SQLITE_CORRUPT, .corrupt),
            (.SQLITE_NOTADB, .corrupt),
            (.SQLITE_CONSTRAINT_UNIQUE, .conflict),
            (.SQLITE_CANTOPEN, .unavailable),
            (.SQLITE_READONLY, .unavailable),
            (.SQLITE_NOMEM, .unavailable),
        ]
    )
    func meaning(of result: ResultCode, code: StoreError.Code) {
        let error = DatabaseError(resultCode: result, message: "secret words")
        let mapped = StoreError(sqlite: error, path: "/tmp/keyway.sqlite", mayBeDurable: true)
        #expect(mapped.code == code)
        #expect(mapped.mayBeDurable)
        #expect(!mapped.message.contains("secret"))
        #expect(mapped.cause is DatabaseError)
    }
}
