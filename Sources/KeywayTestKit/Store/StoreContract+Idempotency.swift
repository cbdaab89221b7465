import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static let requester = Requester.apiKey(Samples.id(1))

    private static func record(
        _ attempt: UInt64,
        key: String = "key",
        by requester: Requester = requester,
        hash: [UInt8] = [0, 255, 7],
        after delay: Duration = .zero
    ) -> IdempotencyRecord {
        IdempotencyRecord(
            requester: requester,
            key: key,
            requestHash: hash,
            attemptID: Samples.id(attempt),
            createdAt: Samples.start + delay
        )
    }

    static let idempotencyRules: [StoreRule] = [
        StoreRule("G9 a key is written with the attempt it belongs to, and read back") { store in
            try await addTenants(to: store)
            #expect(try await store.idempotencyRecord(of: requester, key: "key") == nil)
            try await store.commit(commit([.accept(Samples.attempt(1), record(1))]))
            #expect(try await store.idempotencyRecord(of: requester, key: "key") == record(1))
        },
        StoreRule("G9 a commit that fails leaves no key") { store in
            try await addTenants(to: store)
            let stranger = Samples.lock(77, in: home)
            try await expectConflict {
                try await store.commit(commit([.accept(Samples.attempt(1, on: stranger), record(1))], on: stranger))
            }
            #expect(try await store.idempotencyRecord(of: requester, key: "key") == nil)
        },
        StoreRule("G9 keys of other requesters and other keys have nothing to do with each other") { store in
            try await addTenants(to: store)
            let other = Requester.apiKey(Samples.id(2))
            try await store.commit(commit([.accept(Samples.attempt(1), record(1))]))
            try await store.commit(commit([.accept(Samples.attempt(2), record(2, by: other))]))
            try await store.commit(commit([.accept(Samples.attempt(3), record(3, key: "KEY"))]))
            #expect(try await store.idempotencyRecord(of: requester, key: "key")?.attemptID == Samples.id(1))
            #expect(try await store.idempotencyRecord(of: other, key: "key")?.attemptID == Samples.id(2))
            #expect(try await store.idempotencyRecord(of: requester, key: "KEY")?.attemptID == Samples.id(3))
        },
        StoreRule("G9 a request that joins an attempt has its key point there") { store in
            try await addTenants(to: store)
            let attempt = try await accept(1...1, in: store)[0]
            try await store.commit(commit([.join(requestID: Samples.id(2), attempt, record(1))]))
            #expect(try await store.idempotencyRecord(of: requester, key: "key") == record(1))
            let ids = try await store.actionAttempts(ActionAttemptQuery(workspaceID: home.id)).elements.map(\.id)
            #expect(ids == [attempt.id], "the request itself leaves no attempt")
        },
        StoreRule("G9 a newer record of a key takes the place of the outdated one") { store in
            try await addTenants(to: store)
            try await store.commit(commit([.accept(Samples.attempt(1), record(1))]))
            let newer = record(2, hash: [1], after: .seconds(90000))
            try await store.commit(commit([.accept(Samples.attempt(2), newer)]))
            #expect(try await store.idempotencyRecord(of: requester, key: "key") == newer)
        },
        StoreRule("G9 a key of a request that is about no attempt is remembered too") { store in
            try await addTenants(to: store)
            let about = IdempotencyRecord(
                requester: requester,
                key: "key",
                requestHash: [7],
                attemptID: IdempotencyRecord.noAttempt,
                createdAt: Samples.start
            )
            try await store.remember(about)
            #expect(try await store.idempotencyRecord(of: requester, key: "key") == about)
            try await store.remember(record(1))
            #expect(try await store.idempotencyRecord(of: requester, key: "key") == record(1))
        },
        StoreRule("G9 keys are forgotten by age, and no others") { store in
            try await addTenants(to: store)
            for number in 1...3 as ClosedRange<UInt64> {
                let record = record(number, key: "key \(number)", after: .seconds(Int(number)))
                try await store.commit(commit([.accept(Samples.attempt(number), record)]))
            }
            #expect(try await store.forgetIdempotencyRecords(before: Samples.start + .seconds(3)) == 2)
            #expect(try await store.idempotencyRecord(of: requester, key: "key 2") == nil)
            #expect(try await store.idempotencyRecord(of: requester, key: "key 3") != nil)
            #expect(try await store.forgetIdempotencyRecords(before: Samples.start) == 0)
        },
    ]
}
