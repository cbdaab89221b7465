import Testing

@testable import KeywayClient

@Suite("Waiting for a door")
struct OutcomeTests {
    @Test("an outcome in the first answer needs no second request")
    func atOnce() async throws {
        try await ScriptedServer.run { server, url in
            server.on(
                "POST /locks/unlock_door",
                .answer(200, Sample.success, headers: ["preference-applied": "wait=30"])
            )
            let client = try KeywayClient.testing(url, ManualClock())
            let success = try await client.locks.unlockDoor("D", .init(overlap: .join, whenOffline: .wait))
            #expect(success.attempt.id == "A")
            #expect(success.wasConfirmedByDevice == true)
            #expect(server.requests.map(\.headers["prefer"]) == ["wait=30"])
            #expect(server.requests.map(\.body) == [#"{"device_id":"D","overlap":"join","when_offline":"wait"}"#])
        }
    }

    @Test("a server that holds its answers is asked again at once")
    func held() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .hold)
            server.on("GET /action_attempts/get", .answer(200, Sample.success))
            let clock = ManualClock()
            let client = try KeywayClient.testing(url, clock)
            async let success = client.locks.unlockDoor("D")
            await server.wait(for: 1)
            clock.advance(by: .seconds(30))
            server.answerHeld(200, Sample.pending, headers: ["preference-applied": "wait=30"])
            #expect(try await success.attempt.status == .success)
            #expect(server.requests.map(\.headers["prefer"]) == ["wait=30", "wait=30"])
            #expect(server.requests.last?.query == "action_attempt_id=A&_strict=true")
        }
    }

    @Test(
        "a server that does not hold its answers, whatever it says, is polled with pauses that grow",
        arguments: [[:], ["preference-applied": "wait=30"]]
    )
    func polled(headers: [String: String]) async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(200, Sample.pending, headers: headers))
            let pending = ScriptedServer.Reaction.answer(200, Sample.pending, headers: headers)
            server.on("GET /action_attempts/get", pending, pending, .answer(200, Sample.success))
            let clock = ManualClock(skipping: .seconds(20))
            let client = try KeywayClient.testing(url, clock)
            try await client.locks.unlockDoor("D")
            #expect(clock.pauses.count == 3)
            #expect(clock.pauses == clock.pauses.sorted())
        }
    }

    @Test("a failure is thrown with its cause, its message, and whether to try again")
    func failure() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/lock_door", .answer(200, Sample.jammed))
            let client = try KeywayClient.testing(url, ManualClock())
            let error = await #expect(throws: KeywayClient.ActionFailed.self) { try await client.locks.lockDoor("D") }
            #expect(error?.cause == .lockJammed)
            #expect(error?.message == "The lock is jammed.")
            #expect(error?.attemptID == "A")
            #expect(error?.isRetryable == false)
        }
    }

    @Test("a cause that this client does not know is a cause all the same")
    func unknownCause() async throws {
        try await ScriptedServer.run { server, url in
            let body = Sample.attempt(status: "error", error: #"{"type":"eaten_by_bear","message":"Gone."}"#)
            server.on("POST /locks/lock_door", .answer(200, body))
            let client = try KeywayClient.testing(url, ManualClock())
            let error = await #expect(throws: KeywayClient.ActionFailed.self) { try await client.locks.lockDoor("D") }
            #expect(error?.cause == "eaten_by_bear")
            #expect(error?.isRetryable == false)
        }
    }

    @Test("when the patience ends, the error carries the attempt")
    func impatience() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(200, Sample.pending))
            server.on("GET /action_attempts/get", .answer(200, Sample.attempt(status: "odd")))
            let clock = ManualClock(skipping: .seconds(2))
            let client = try KeywayClient.testing(url, clock)
            let error = await #expect(throws: KeywayClient.ActionNotResolved.self) {
                try await client.locks.unlockDoor("D", .init(patience: .seconds(2)))
            }
            #expect(error?.attempt.id == "A")
            #expect(error?.attempt.status == "odd")
            #expect(error?.patience == .seconds(2))
            #expect(error?.lastTrouble == nil)
            #expect(server.requests.first?.headers["prefer"] == "wait=2")
            #expect(clock.now == .seconds(2))
        }
    }

    @Test("a server that goes away while an accepted attempt is pending is waited for")
    func absence() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(200, Sample.pending))
            server.on(
                "GET /action_attempts/get",
                .close,
                .answer(503, Sample.refusal("service_unavailable"), headers: ["retry-after": "3"]),
                .answer(200, Sample.success)
            )
            let clock = ManualClock(skipping: .seconds(20))
            let client = try KeywayClient.testing(url, clock)
            try await client.locks.unlockDoor("D")
            #expect(clock.pauses.last == .seconds(3))
        }
    }

    @Test("a server that stays away costs the patience, and the error says so and carries the attempt")
    func longAbsence() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(200, Sample.pending))
            server.on("GET /action_attempts/get", .close)
            let client = try KeywayClient.testing(url, ManualClock(skipping: .seconds(2)))
            let error = await #expect(throws: KeywayClient.ActionNotResolved.self) {
                try await client.locks.unlockDoor("D", .init(patience: .seconds(2)))
            }
            #expect(error?.attempt.id == "A")
            #expect(error?.lastTrouble is KeywayClient.ConnectionError)
        }
    }

    @Test("a server that hangs while an attempt is pending costs no more than the patience and a moment")
    func hanging() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(200, Sample.pending))
            server.on("GET /action_attempts/get", .hold)
            let clock = ManualClock(skipping: .seconds(1))
            let client = try KeywayClient.testing(url, clock)
            let task = Task { try await client.locks.unlockDoor("D", .init(patience: .seconds(5))) }
            await server.wait(for: 2)
            await clock.waitForSleeper(until: .seconds(7))
            clock.advance(by: .seconds(7))
            await #expect(throws: KeywayClient.ActionNotResolved.self) { _ = try await task.value }
        }
    }

    @Test("a server that takes an action and says nothing costs no more than the patience and a moment")
    func silence() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .hold)
            let clock = ManualClock(skipping: .seconds(1))
            let client = try KeywayClient.testing(url, clock)
            for patience in [3, 5] as [Double] {
                let task = Task { try await client.locks.unlockDoor("D", .init(patience: .seconds(patience))) }
                await clock.waitForSleeper(until: clock.now + .seconds(patience + 2))
                clock.advance(by: .seconds(patience + 2))
                let error = await #expect(throws: KeywayClient.ConnectionError.self) { _ = try await task.value }
                #expect(error?.reason == "it did not answer in time")
            }
            let asked = Task { try await client.locks.requestUnlockDoor("D", .init(patience: .seconds(3))) }
            await clock.waitForSleeper(until: clock.now + .seconds(5))
            clock.advance(by: .seconds(5))
            await #expect(throws: KeywayClient.ConnectionError.self) { _ = try await asked.value }
        }
    }

    @Test("an answer that is held until the end of the patience is still taken, and a deadline does not cut it off")
    func lastMoment() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .hold)
            server.on("GET /action_attempts/get", .answer(200, Sample.pending))
            let clock = ManualClock(skipping: .seconds(1))
            let client = try KeywayClient.testing(url, clock)
            let options = KeywayClient.ActionOptions(deadline: .seconds(1), patience: .seconds(3))
            let task = Task { try await client.locks.unlockDoor("D", options) }
            await server.wait(for: 1)
            await clock.waitForSleeper(until: .seconds(5))
            clock.advance(by: .seconds(4))
            server.answerHeld(200, Sample.pending, headers: ["preference-applied": "wait=3"])
            let error = await #expect(throws: KeywayClient.ActionNotResolved.self) { _ = try await task.value }
            #expect(error?.attempt.id == "A")
        }
    }

    @Test("a refusal while an attempt is pending ends the wait")
    func refusal() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(200, Sample.pending))
            server.on("GET /action_attempts/get", .answer(401, Sample.refusal("unauthorized")))
            let client = try KeywayClient.testing(url, ManualClock(skipping: .seconds(20)))
            let error = await #expect(throws: KeywayClient.APIError.self) { try await client.locks.unlockDoor("D") }
            #expect(error?.type == "unauthorized")
        }
    }

    @Test("waiting ends with the task")
    func cancellation() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(200, Sample.pending))
            server.on("GET /action_attempts/get", .hold)
            let client = try KeywayClient.testing(url, ManualClock(skipping: .seconds(20)))
            let task = Task { try await client.locks.unlockDoor("D") }
            await server.wait(for: 2)
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
    }

    @Test("an attempt that was only asked for is waited for later")
    func later() async throws {
        try await ScriptedServer.run { server, url in
            server.on("POST /locks/unlock_door", .answer(200, Sample.pending))
            server.on("GET /action_attempts/get", .answer(200, Sample.success))
            let client = try KeywayClient.testing(url, ManualClock())
            let attempt = try await client.locks.requestUnlockDoor("D")
            #expect(attempt.status == .pending)
            #expect(attempt.deviceID == "D")
            #expect(server.requests.map(\.headers["prefer"]) == [nil])
            let success = try await client.actionAttempts.outcome(of: attempt)
            #expect(success.attempt.status == .success)
        }
    }
}
