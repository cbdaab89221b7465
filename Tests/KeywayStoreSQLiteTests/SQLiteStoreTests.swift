import Foundation
import GRDB
import KeywayModel
import KeywayStore
import KeywayStoreSQLite
import KeywayTestKit
import Testing

@Suite("SQLiteStore")
struct SQLiteStoreTests {
    @Test("the contract holds", arguments: StoreContract.rules)
    func contract(rule: StoreRule) async throws {
        try await withStore { store, _ in try await rule.check(store) }
    }

    @Test("G12 no more deliveries wait for a webhook than may, and what was refused is in the list")
    func pendingBound() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = SQLiteStoreConfiguration(
                path: directory + "/keyway.sqlite",
                maximumPendingDeliveries: 2
            )
            let store = try SQLiteStore(configuration)
            try await StoreContract.checkPendingBound(of: store)
            try await store.close()
        }
    }

    @Test("what was replaced is in none of the files once the log was emptied, while the store goes on")
    func replaced() async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            for number in 1...50 as ClosedRange<UInt64> {
                try await store.add(
                    Samples.webhook(number, in: Home.workspace, secret: "whsec_before\(number)"),
                    events: []
                )
            }
            for number in 1...50 as ClosedRange<UInt64> {
                let id: Identifier<Webhook> = Samples.id(number)
                _ = try await store.update(id, in: Home.workspace.id) { webhook throws(Never) in
                    webhook.secret = "enc:v1:somewhat-longer-than-it-was-before\(number)"
                    return []
                }
            }
            try await store.emptyLog()
            for suffix in ["", "-wal"] {
                let data = try Data(contentsOf: URL(fileURLWithPath: path + suffix))
                #expect(data.firstRange(of: Data("whsec_before".utf8)) == nil)
            }
            try await store.check()
        }
    }

    @Test("G1 what was written is there after the file is opened again")
    func durability() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = SQLiteStoreConfiguration(path: directory + "/keyway.sqlite")
            let first = try SQLiteStore(configuration)
            try await Home.add(to: first)
            for number in 1...3 as ClosedRange<UInt64> { try await first.commit(Home.accept(number)) }
            try await first.commit(Home.resolve(2))
            let attempts = try await first.actionAttempts(ActionAttemptQuery(workspaceID: Home.workspace.id)).elements
            try await first.close()

            let second = try SQLiteStore(configuration)
            let query = ActionAttemptQuery(workspaceID: Home.workspace.id)
            #expect(try await second.actionAttempts(query).elements == attempts)
            #expect(
                try await second.unresolvedAttempts().flatMap(\.attempts).map(\.id) == [1, 3].map { Samples.id($0) }
            )
            #expect(try await second.events(EventQuery(workspaceID: Home.workspace.id)).count == 1)
            try await second.close()
        }
    }

    @Test("G1 a commit is in the file when it returns, without anybody closing it")
    func durabilityWithoutClosing() async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            try await store.commit(Home.accept(1))
            // A copy of what a crash would leave behind.
            try await withTemporaryDirectory { directory in
                let copy = directory + "/keyway.sqlite"
                for suffix in ["", "-wal"] { try copyFile(path + suffix, to: copy + suffix) }
                let recovered = try SQLiteStore(SQLiteStoreConfiguration(path: copy))
                #expect(try await recovered.unresolvedAttempts().count == 1)
                try await recovered.close()
            }
        }
    }

    @Test("G1 the writer syncs the log with every commit")
    func pragmas() async throws {
        try await withStore { store, _ in
            // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
            for (name, value) in [("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1")] {
                let found = try await pragma(name, of: store)
                #expect(found == value, "\(name)")
            }
        }
    }

    @Test("G7 sequence numbers have no gap, over refused commits, workspaces and restarts")
    func gaplessSequence() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = SQLiteStoreConfiguration(path: directory + "/keyway.sqlite")
            var number: UInt64 = 0
            for round in 0..<3 {
                let store = try SQLiteStore(configuration)
                try await Home.add(to: store)
                for _ in 0..<4 {
                    number += 1
                    try await store.commit(Home.report(number))
                    // The same again, and one that fails after its first event.
                    try await store.commit(Home.report(number))
                    await #expect(throws: StoreError.self) { try await store.commit(unknownWorkspaceReport) }
                }
                #expect(try sequences(configuration.path) == (1...(4 * (round + 1))).map { $0 })
                try await store.close()
            }
        }
    }

    /// An event of the door's own workspace, and one of a workspace that is not there.
    private var unknownWorkspaceReport: LaneCommit {
        let stray = Event(
            id: Samples.id(5001),
            type: .deviceConnected,
            workspaceID: Samples.id(99),
            createdAt: Samples.start,
            occurredAt: Samples.start
        )
        return Home.commit([.report(events: [Home.event(5000), stray])])
    }

    @Test("G1 G7 after many commits at once nothing is lost and nothing is there twice")
    func manyAtOnce() async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            let numbers = 1...2000 as ClosedRange<UInt64>
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<40 as Range<UInt64> {
                    group.addTask {
                        for number in numbers where number % 40 == writer {
                            try await store.commit(Home.accept(number))
                            try await store.commit(Home.resolve(number))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(Set(try await Home.attempts(in: store)) == Set(numbers.map { Samples.id($0) }))
            #expect(try await store.unresolvedAttempts().isEmpty)
            #expect(try sequences(path) == (1...2000).map { $0 })
            let doubled = try shell(path) { db in
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM
                        (SELECT 1 FROM events GROUP BY action_attempt_id HAVING count(*) <> 1)
                        """
                )
            }
            #expect(doubled == 0)
            #expect(store.transactionCount < 4000, "forty writers share transactions")
        }
    }

    @Test("an operator reads attempts and events with the sqlite3 command")
    func readableTables() async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            try await store.commit(Home.accept(1))
            try await store.commit(Home.resolve(1))
            let (attempt, event, shown) = try shell(path) { db in
                (
                    try Row.fetchOne(db, sql: "SELECT action_attempt_id, status, device_id FROM action_attempts"),
                    try Row.fetchOne(
                        db,
                        sql: "SELECT event_id, event_type, action_attempt_id, workspace_id, sequence FROM events"
                    ),
                    try Row.fetchOne(db, sql: "SELECT created_at, resolved_at FROM readable_action_attempts")
                )
            }
            let id = "00000000-0000-8000-8000-000000000001"
            #expect(attempt == ["action_attempt_id": id, "status": "success", "device_id": id])
            #expect(
                event == [
                    "event_id": id, "event_type": "action_attempt.unlock_door.succeeded", "action_attempt_id": id,
                    "workspace_id": id, "sequence": 1,
                ]
            )
            #expect(shown == ["created_at": "2026-01-01T00:00:00Z", "resolved_at": "2026-01-01T00:00:01Z"])
        }
    }

    @Test("a second process may use the file at the same time")
    func twoProcesses() async throws {
        try await withStore { server, path in
            try await Home.add(to: server)
            let tool = try SQLiteStore(SQLiteStoreConfiguration(path: path))
            let key = APIKey(
                id: Samples.id(1),
                workspaceID: Home.workspace.id,
                name: "New",
                shortToken: "short",
                secretHash: [1],
                createdAt: Samples.start
            )
            try await tool.add(key)
            #expect(try await server.apiKey(shortToken: "short") == key)
            try await server.commit(Home.report(1))
            try await tool.commit(Home.report(2))
            try await server.commit(Home.report(3))
            #expect(try sequences(path) == [1, 2, 3])
            try await tool.close()
            try await server.check()
        }
    }

    @Test("G12 a row that somebody damaged by hand is reported as corrupt, and does not stop the process")
    func damagedRow() async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            try await store.commit(Home.accept(1))
            try shell(path) { db in try db.execute(sql: "UPDATE action_attempts SET action_type = 'DANCE'") }
            let error = await #expect(throws: StoreError.self) {
                try await store.actionAttempt(Samples.id(1), in: Home.workspace.id)
            }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("00000000-0000-8000-8000-000000000001") == true)
        }
    }

    @Test(
        "G10 a delivery or webhook that cannot be read is told, and stops no other webhook",
        arguments: [true, false]
    )
    func unreadableDelivery(isWebhook: Bool) async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            for number in 1...2 as ClosedRange<UInt64> {
                try await store.add(Samples.webhook(number, in: Home.workspace), events: [])
            }
            try await store.commit(Home.report(1))
            let id: Identifier<Webhook> = Samples.id(1)
            try shell(path) { db in
                let sql =
                    isWebhook
                    ? "UPDATE owned_records SET body = json_set(body, '$.createdAt', 'never') WHERE record_id = ?"
                    : "UPDATE webhook_deliveries SET event_type = 'door.danced' WHERE webhook_id = ?"
                try db.execute(sql: sql, arguments: [id.description])
            }
            let query = DueDeliveryQuery(now: Samples.start + .seconds(9), maximumPerWebhook: 9, limit: 9)
            let found = try await store.dueDeliveries(query)
            #expect(found.deliveries.map(\.webhook.id) == [Samples.id(2)])
            #expect(found.unreadable == [id])
        }
    }

    @Test("a value that JSON cannot hold is refused before it gets in line")
    func unencodable() async throws {
        try await withStore { store, _ in
            try await Home.add(to: store)
            let before = store.transactionCount
            var account = Samples.account(2, in: Home.workspace)
            account.settings = .number(.infinity)
            let refused = account
            let error = await #expect(throws: StoreError.self) { try await store.add(refused) }
            #expect(error?.mayBeDurable == false)
            #expect(store.transactionCount == before)
        }
    }

    @Test("a change to what JSON cannot hold fails alone, and changes nothing")
    func unencodableChange() async throws {
        try await withStore { store, _ in
            try await Home.add(to: store)
            let error = await #expect(throws: StoreError.self) {
                try await store.setDriverSettings(.number(.infinity), of: Home.door.id)
            }
            #expect(error?.mayBeDurable == false)
            #expect(try await store.device(Home.door.id, in: nil) == Home.door)
        }
    }

    @Test("after closing, everything fails as unavailable, and closing again has no effect")
    func closing() async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            try await store.close()
            try await store.close()
            let write = await #expect(throws: StoreError.self) { try await store.check() }
            #expect(write?.code == .unavailable)
            #expect(write?.mayBeDurable == false)
            let read = await #expect(throws: StoreError.self) { try await store.workspaces() }
            #expect(read?.code == .unavailable)
            #expect(fileSize(path + "-wal") ?? 0 == 0, "everything is in the file itself")
        }
    }

    // MARK: Helpers

    private func sequences(_ path: String) throws -> [Int] {
        try shell(path) { try Int.fetchAll($0, sql: "SELECT sequence FROM events ORDER BY sequence") }
    }
}
