import GRDB
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayStoreSQLite

@Suite("The feed of a database")
struct EventFeedTests {
    @Test("G7 a commit whose end is not known is not told of, and sends readers to the database")
    func failedCommit() async throws {
        try await withStore { store, _ in
            try await Home.add(to: store)
            var reader = try await FeedReader(store, in: Home.workspace.id)
            let row = try EventRow(Home.event(1))
            let error = await #expect(throws: StoreError.self) {
                try await store.committer.write { batch in
                    try batch.insert(row)
                    // Found out by COMMIT, and by nothing before it.
                    try batch.db.execute(sql: "PRAGMA defer_foreign_keys = ON")
                    try batch.db.execute(sql: "DELETE FROM workspaces")
                }
            }
            #expect(error?.mayBeDurable == true)
            #expect(try await reader.rest().isEmpty)
            #expect(reader.questions == 1)
            try await store.commit(Home.report(2))
            #expect(try await reader.next(1).map(\.position) == [1])
            #expect(reader.questions == 1)
        }
    }

    @Test("G7 a write that fails among others is not told of, and the others are, without a gap")
    func refusedWrite() async throws {
        try await withStore { store, _ in
            try await Home.add(to: store)
            var reader = try await FeedReader(store, in: Home.workspace.id)
            let stray = Event(
                id: Samples.id(5001),
                type: .deviceConnected,
                workspaceID: Samples.id(99),
                createdAt: Samples.start,
                occurredAt: Samples.start
            )
            await withTaskGroup(of: Void.self) { group in
                for number in 1...40 as ClosedRange<UInt64> {
                    group.addTask {
                        try? await store.commit(
                            number.isMultiple(of: 4)
                                ? Home.commit([.report(events: [Home.event(number + 1000), stray])])
                                : Home.report(number)
                        )
                    }
                }
            }
            let lines = try await reader.next(30)
            #expect(lines.map(\.position) == (1...30).map { $0 })
            #expect(lines == (try await store.eventPage(EventQuery(workspaceID: Home.workspace.id), after: 0).lines))
            #expect(reader.questions == 0)
        }
    }

    @Test("G7 what another process writes is found with the next event, in its place")
    func otherProcess() async throws {
        try await withStore { store, path in
            try await Home.add(to: store)
            var reader = try await FeedReader(store, in: Home.workspace.id)
            try await store.commit(Home.report(1))
            let other = try SQLiteStore(SQLiteStoreConfiguration(path: path))
            try await other.commit(Home.report(2))
            try await other.close()
            try await store.commit(Home.report(3))
            let lines = try await reader.next(3)
            #expect(lines.map(\.position) == [1, 2, 3])
            #expect(
                try lines.map { try JSONText.decode(Event.self, from: $0.body).id } == [1, 2, 3].map { Samples.id($0) }
            )
        }
    }

    @Test("The wire form of an event is the same before and after it was stored", arguments: EventType.allCases)
    func sameBytes(type: EventType) async throws {
        let body = try JSONText.encode(StoreContract.sampleEvent(of: type))
        #expect(try JSONText.encode(JSONText.decode(Event.self, from: body)) == body)
    }
}
