import Foundation
import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayDeviceCloud

@Suite("Commands to a maker", .timeLimit(.minutes(1)))
struct CommandTests {
    private static let route = "POST /api/locks/lock-1/actions"
    private static let accepted = #"{"action_id":"a1","status":"pending"}"#

    @Test("a command is one request with the attempt's id, its expiry and the account's token")
    func request() async throws {
        try await CloudHarness.run { harness in
            harness.maker.on(
                "POST /api/locks/lock%202%2F%C3%BC/actions",
                .answer(201, #"{"action_id":"a1","custom_id":"\#(Samples.id(9, of: ActionAttempt.self))"}"#)
            )
            let device = CloudHarness.device("lock 2/ü")
            let command = harness.command(9, .lockDoor, on: device, within: .seconds(5))
            #expect(await harness.driver.perform(command, on: device) == .acknowledged)
            let request = try #require(harness.maker.requests("POST").first)
            #expect(request.path == "/api/locks/lock%202%2F%C3%BC/actions")
            #expect(request.headers["authorization"] == "Bearer \(CloudHarness.token)")
            #expect(request.headers["content-type"] == "application/json")
            let body = try JSONDecoder().decode(JSONValue.self, from: Data(request.body.utf8))
            #expect(
                body
                    == .object([
                        "action": .string("lock"),
                        "custom_id": .string("00000000-0000-8000-8000-000000000009"),
                        "expires_at": .string("2026-01-01T00:00:05.000Z"),
                    ])
            )
            #expect(harness.maker.requests("POST").count == 1)
        }
    }

    @Test(
        "what the maker answers is what the driver answers",
        arguments: [
            (202, accepted, CommandAnswer.acknowledged),
            (409, #"{"error_code":"LOCK_JAMMED"}"#, .refused(.lockJammed, "LOCK_JAMMED")),
            (200, #"{"error_code":"DEVICE_OFFLINE"}"#, .refused(.deviceOffline, "DEVICE_OFFLINE")),
            (429, "", .refused(.rateLimitedByProvider, "HTTP 429")),
            (503, "", .refused(.providerUnavailable, "HTTP 503")),
        ]
    )
    func answers(status: Int, body: String, answer: CommandAnswer) async throws {
        try await CloudHarness.run { harness in
            harness.maker.on(Self.route, .answer(status, body))
            #expect(await harness.driver.perform(harness.command(), on: CloudHarness.device()) == answer)
            #expect(harness.maker.requests("POST").count == 1)
        }
    }

    @Test(
        "G4 what cannot be read, leads elsewhere or breaks off leaves the command open, and it is not repeated",
        arguments: [
            ScriptedMaker.Reaction.answer(200, "lorem ipsum"),
            .answer(200, String(repeating: " ", count: 5000) + accepted),
            .answer(302, "", headers: ["location": "/api/elsewhere"]),
            .answer(303, "", headers: ["location": "/api/elsewhere"]),
            .answer(307, "", headers: ["location": "/api/elsewhere"]),
            .answer(308, "", headers: ["location": "/api/elsewhere"]),
            .raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"action_id\":\"a1\"}"),
            .raw("lorem ipsum\r\n\r\n"), .raw(""), .close,
        ]
    )
    func unreadable(reaction: ScriptedMaker.Reaction) async throws {
        try await CloudHarness.run(DeviceCloudConfiguration(maximumAnswerBytes: 4096)) { harness in
            _ = await harness.discovered()
            let connections = harness.maker.connectionCount
            harness.maker.on(Self.route, reaction)
            harness.maker.on("POST /api/elsewhere", .answer(200, Self.accepted))
            harness.maker.on("GET /api/elsewhere", .answer(200, Self.accepted))
            let answer = await harness.driver.perform(harness.command(), on: CloudHarness.device())
            guard case .unanswered(let detail) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(detail?.isEmpty == false)
            #expect(harness.maker.requests("POST").map(\.route) == [Self.route])
            #expect(!harness.maker.requests.contains { $0.path.hasSuffix("elsewhere") })
            #expect(harness.maker.connectionCount == connections + 1)
        }
    }

    @Test("a refusal that is too long to read is a refusal")
    func longRefusal() async throws {
        try await CloudHarness.run(DeviceCloudConfiguration(maximumAnswerBytes: 4096)) { harness in
            harness.maker.on(Self.route, .answer(400, String(repeating: "x", count: 5000)))
            let answer = await harness.driver.perform(harness.command(), on: CloudHarness.device())
            #expect(answer == .refused(.rejectedByDevice, "HTTP 400"))
        }
    }

    @Test("a maker that nobody can connect to never had the command")
    func noConnection() async throws {
        try await CloudHarness.run(at: .nowhere) { harness in
            let answer = await harness.driver.perform(harness.command(), on: CloudHarness.device())
            guard case .refused(.providerUnavailable, _?) = answer else {
                Issue.record("\(answer)")
                return
            }
        }
    }

    @Test("G4 a connection that is closed at once is not made again for the command")
    func closedAtOnce() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.maker.closeAtOnce()
            let connections = harness.maker.connectionCount
            switch await harness.driver.perform(harness.command(), on: CloudHarness.device()) {
            // Whichever end was faster; either is true.
            case .refused(.providerUnavailable, _?), .unanswered(_?): break
            case let answer: Issue.record("\(answer)")
            }
            #expect(harness.maker.connectionCount == connections + 1)
            #expect(harness.maker.requests("POST").isEmpty)
        }
    }

    @Test("G4 a maker that does not answer leaves the command open when the request times out")
    func silent() async throws {
        try await CloudHarness.run { harness in
            harness.maker.on(Self.route, .hold)
            let command = harness.command()
            async let answer = harness.driver.perform(command, on: CloudHarness.device())
            await harness.maker.wait(for: 1, "POST")
            await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(10))
            harness.clock.advance(by: .seconds(10))
            #expect(await answer == .unanswered("The command was sent, but not answered: no answer in time."))
            #expect(harness.maker.requests("POST").count == 1)
        }
    }

    @Test("an answer is waited for a little past the deadline if the command left in time")
    func answerPastDeadline() async throws {
        try await CloudHarness.run { harness in
            harness.maker.on(Self.route, .hold)
            let command = harness.command(within: .seconds(2))
            let deadline = command.deadline
            async let answer = harness.driver.perform(command, on: CloudHarness.device())
            await harness.maker.wait(for: 1, "POST")
            await harness.clock.waitForSleeper(at: deadline)
            harness.clock.advance(by: .seconds(2))
            harness.maker.answerHeld(409, #"{"error_code":"BOLT_OBSTRUCTED"}"#)
            #expect(await answer == .refused(.boltObstructed, "BOLT_OBSTRUCTED"))
        }
    }

    @Test(
        "what no maker is asked for is refused, and does not leave",
        arguments: Set(ActionType.allCases).subtracting(ActionType.boltMoves)
    )
    func notSupported(_ actionType: ActionType) async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            let command = harness.command(1, actionType)
            #expect(await harness.driver.perform(command, on: CloudHarness.device()) == .refused(.notSupported, nil))
            #expect(harness.maker.requests("POST").isEmpty)
        }
    }

    @Test("G3 a command whose deadline has passed does not leave", arguments: [Duration.zero, .seconds(-5)])
    func late(deadline: Duration) async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.maker.on(Self.route, .answer(200, Self.accepted))
            let answer = await harness.driver.perform(
                harness.command(within: deadline),
                on: CloudHarness.device()
            )
            #expect(answer == .refused(.actionAttemptExpired, nil))
            #expect(harness.maker.requests("POST").isEmpty)
        }
    }

    @Test("G3 a command that waits for its turn past its deadline does not leave")
    func waitingTooLong() async throws {
        try await CloudHarness.run(DeviceCloudConfiguration(maximumConcurrentCommands: 1)) { harness in
            harness.maker.on(Self.route, .hold)
            harness.maker.on("POST /api/locks/lock%202%2F%C3%BC/actions", .answer(200, Self.accepted))
            let other = CloudHarness.device("lock 2/ü")
            let (first, second) = (harness.command(1), harness.command(2, on: other, within: .seconds(3)))
            async let held = harness.driver.perform(first, on: CloudHarness.device())
            await harness.maker.wait(for: 1, "POST")
            async let waiting = harness.driver.perform(second, on: other)
            await harness.clock.waitForSleeper(at: second.deadline)
            harness.clock.advance(by: .seconds(3))
            #expect(await waiting == .refused(.actionAttemptExpired, nil))
            harness.maker.answerHeld(200, Self.accepted)
            #expect(await held == .acknowledged)
            // The place of the one that gave up is free again.
            let third = harness.command(3, on: other)
            #expect(await harness.driver.perform(third, on: other) == .acknowledged)
            #expect(harness.maker.requests("POST").count == 2)
        }
    }

    @Test("G12 no more commands of an account are under way than may be")
    func concurrency() async throws {
        try await CloudHarness.run(DeviceCloudConfiguration(maximumConcurrentCommands: 2)) { harness in
            harness.maker.on(Self.route, .hold)
            await withTaskGroup(of: CommandAnswer.self) { group in
                for number in 1...5 {
                    let command = harness.command(UInt64(number))
                    group.addTask { await harness.driver.perform(command, on: CloudHarness.device()) }
                }
                for round in [2, 4] {
                    await harness.maker.wait(for: round, "POST")
                    #expect(harness.maker.requests("POST").count == round)
                    harness.maker.answerHeld(200, Self.accepted)
                }
                await harness.maker.wait(for: 5, "POST")
                harness.maker.answerHeld(200, Self.accepted)
                for await answer in group { #expect(answer == .acknowledged) }
            }
        }
    }

    @Test("a command of an account that is not served was never sent")
    func noAccount() async throws {
        try await CloudHarness.run { harness in
            let device = Device(
                id: CloudHarness.deviceID(),
                workspaceID: Samples.id(1),
                connectedAccountID: Samples.id(99),
                provider: .deviceCloud,
                nativeID: "lock-1",
                createdAt: Samples.start,
                description: CloudHarness.device().description
            )
            let answer = await harness.driver.perform(harness.command(), on: device)
            guard case .refused(.deviceDisconnected, _?) = answer else {
                Issue.record("\(answer)")
                return
            }
        }
    }
}

@Suite("Reading a bolt at a maker", .timeLimit(.minutes(1)))
struct ReadingTests {
    @Test(
        "the maker is asked anew, and what it does not know is not known",
        arguments: [
            (
                ScriptedMaker.Reaction.answer(200, CloudHarness.lockBody(bolt: "unlocked")),
                BoltState.unlocked as BoltState?
            ),
            (.answer(200, CloudHarness.lockBody(bolt: "locked")), .locked),
            (.answer(200, CloudHarness.lockBody(bolt: "unknown")), nil), (.answer(200, "{}"), nil),
            (.answer(404, CloudHarness.lockBody()), nil), (.answer(500, CloudHarness.lockBody()), nil),
            (.answer(302, "", headers: ["location": "/api/locks/lock-1"]), nil), (.close, nil), (.raw("lorem"), nil),
        ]
    )
    func read(reaction: ScriptedMaker.Reaction, bolt: BoltState?) async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.maker.on("GET /api/locks/lock-1", reaction)
            #expect(await harness.driver.readBolt(of: CloudHarness.device()) == bolt)
        }
    }

    @Test(
        "G2 a maker that does not answer is not waited for longer than the grace",
        arguments: [
            (Duration.milliseconds(1500), Duration.milliseconds(1500)), (.seconds(60), .seconds(2)),
        ]
    )
    func silent(configured: Duration, waited: Duration) async throws {
        try await CloudHarness.run(DeviceCloudConfiguration(readTimeout: configured)) { harness in
            _ = await harness.discovered()
            harness.maker.on("GET /api/locks/lock-1", .hold)
            let count = harness.maker.requests("GET").count
            async let bolt = harness.driver.readBolt(of: CloudHarness.device())
            await harness.maker.wait(for: count + 1, "GET")
            await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + waited)
            harness.clock.advance(by: waited)
            #expect(await bolt == nil)
        }
    }
}

@Suite("The gate of a command")
struct SendGateTests {
    private let clock = ManualTimeSource()

    private func gate(within deadline: Duration = .seconds(1)) -> SendGate {
        SendGate(deadline: clock.now().monotonic + deadline, time: clock)
    }

    @Test("G4 lets one pass, once")
    func once() throws {
        let gate = gate()
        try gate.pass()
        #expect(throws: SendGate.Closed.self) { try gate.pass() }
        clock.advance(by: .seconds(5))
        #expect(gate.close() == .sent)
    }

    @Test("G3 lets nothing pass from the deadline on")
    func deadline() throws {
        let gate = gate()
        clock.advance(by: .seconds(1))
        #expect(throws: SendGate.Closed.self) { try gate.pass() }
        #expect(gate.close() == .expired)
    }

    @Test("lets nothing pass once it is closed, and remembers why it was")
    func closed() {
        let gate = gate()
        #expect(gate.close() == .held)
        #expect(throws: SendGate.Closed.self) { try gate.pass() }
        clock.advance(by: .seconds(5))
        #expect(gate.close() == .held)
        let late = self.gate(within: .zero)
        #expect(late.close() == .expired)
    }
}
