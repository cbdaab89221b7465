import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static let entry = TimelineEntry(.lateReport, at: Samples.start + .seconds(60), detail: "unlocked")

    private static func lateReport(_ events: [Event], on id: Identifier<ActionAttempt>) -> LaneCommit {
        commit([.lateReport(id, entry, events: events)])
    }

    static let lateReportRules: [StoreRule] = [
        StoreRule("G8 a late report adds to the timeline and is an event; the outcome stays") { store in
            try await addTenants(to: store)
            let attempt = try await accept(1...1, in: store)[0]
            var expected = resolved(attempt, .failure(.outcomeUnknown))
            try await store.commit(commit([.resolve(expected, events: [])]))
            try await store.commit(lateReport([event(1, .actionAttemptLateReport)], on: attempt.id))
            expected.timeline.append(entry)
            let picture = try await picture(in: store)
            #expect(picture.attempts == [expected])
            #expect(picture.events == [event(1, .actionAttemptLateReport)])
        },
        StoreRule("G8 two late reports are two, even if they say the same") { store in
            try await addTenants(to: store)
            let attempt = try await accept(1...1, in: store)[0]
            let done = resolved(attempt, .failure(.outcomeUnknown))
            try await store.commit(commit([.resolve(done, events: [])]))
            for number in 1...2 as ClosedRange<UInt64> {
                try await store.commit(lateReport([event(number, .actionAttemptLateReport)], on: attempt.id))
            }
            let timeline = try await store.actionAttempt(attempt.id, in: home.id)?.timeline
            #expect(timeline == done.timeline + [entry, entry])
        },
        StoreRule("G8 a late report without events is known by its entry") { store in
            try await addTenants(to: store)
            let attempt = try await accept(1...1, in: store)[0]
            let done = resolved(attempt, .failure(.timedOut))
            try await store.commit(commit([.resolve(done, events: [])]))
            for _ in 1...2 { try await store.commit(lateReport([], on: attempt.id)) }
            let timeline = try await store.actionAttempt(attempt.id, in: home.id)?.timeline
            #expect(timeline == done.timeline + [entry])
        },
        StoreRule("a late report about an attempt that is pending or unknown leaves nothing") { store in
            try await addTenants(to: store)
            let attempt = try await accept(1...1, in: store)[0]
            try await store.commit(lateReport([event(1, .actionAttemptLateReport)], on: attempt.id))
            try await store.commit(lateReport([event(2, .actionAttemptLateReport)], on: Samples.id(99)))
            #expect(try await picture(in: store) == Picture(attempts: [attempt], events: [], device: frontDoor))
        },
    ]
}
