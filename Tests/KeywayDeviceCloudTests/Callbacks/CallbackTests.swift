import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayDeviceCloud

@Suite("A maker's callbacks", .timeLimit(.minutes(1)))
struct CallbackTests {
    private static let attemptID: Identifier<ActionAttempt> = Samples.id(42)

    private func reports(_ harness: CloudHarness) -> [DeviceReport] { Array(harness.sink.reports.dropFirst(4)) }

    /// What callbacks lead to, each on its own, with a lock that hangs on the bridge `b`.
    private static let meanings: [(String, [DeviceReport.Content])] = [
        (MakerEventTests.json("device.online"), [.online(true)]),
        (MakerEventTests.json("device.offline"), [.online(false)]),
        (MakerEventTests.json("bridge.offline", #","bridge_id":"b""#), [.bridgeOffline]),
        (MakerEventTests.json("bridge.offline", #","bridge_id":"c""#), []),
        (MakerEventTests.json("battery.low", #","battery_level":18"#), [.batteryLow(0.18)]),
        (MakerEventTests.json("device.removed"), [.removed]),
        (MakerEventTests.json("device.time_wrong"), [.warning(.timeWrong, isPresent: true)]),
        (MakerEventTests.json("lock.sang"), []),
        (
            MakerEventTests.json("lock.action_completed", #","action":"lock","status":"failed","error_code":"X""#), []
        ),
    ]

    @Test("each says what the contract says it means", arguments: meanings)
    func meaning(body: String, contents: [DeviceReport.Content]) async throws {
        try await CloudHarness.run(
            prepare: { maker, _ in
                maker.on(
                    "GET /api/locks/lock-1",
                    .answer(200, CloudHarness.lockBody(more: #","bridge_id":"b""#))
                )
            },
            body: { harness in
                _ = await harness.discovered()
                let body = body.replacing(#""device_id":"l""#, with: #""device_id":"lock-1""#)
                #expect(await harness.call(body) == .accepted)
                #expect(reports(harness).map(\.content) == contents)
                for report in reports(harness) {
                    #expect(report.deviceID == CloudHarness.deviceID())
                    #expect(report.claimedAt == Samples.start)
                }
            }
        )
    }

    @Test("G6 a movement with the attempt's custom_id is its answer, without it is somebody else's")
    func customID() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            let own =
                #""status":"success","action_id":"a","custom_id":"\#(Self.attemptID)","performed_via":"remote_api""#
            #expect(await harness.call(CloudHarness.completed("unlock", own), id: "1") == .accepted)
            let foreign = #""status":"success","action_id":"b","performed_via":"pin_code""#
            #expect(await harness.call(CloudHarness.completed("lock", foreign), id: "2") == .accepted)
            let other = #""status":"success","custom_id":"booking 7""#
            #expect(await harness.call(CloudHarness.completed("unlock", other), id: "3") == .accepted)
            #expect(reports(harness).map(\.attemptID) == [Self.attemptID, nil, nil])
            #expect(reports(harness).map(\.isReplay) == [false, true, true])
            #expect(reports(harness).map(\.method) == [.remote, .keycode, .unknown])
            #expect(reports(harness).map(\.content) == [.bolt(.unlocked), .bolt(.locked), .bolt(.unlocked)])
        }
    }

    @Test("G6 the maker's action_id is as good as the attempt's id once the maker has told it")
    func actionID() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.maker.on("POST /api/locks/lock-1/actions", .answer(200, #"{"action_id":"a1"}"#))
            #expect(await harness.driver.perform(harness.command(42), on: CloudHarness.device()) == .acknowledged)
            let completed = #""status":"failed","action_id":"a1","error_code":"LOCK_JAMMED""#
            #expect(await harness.call(CloudHarness.completed("unlock", completed)) == .accepted)
            #expect(reports(harness).map(\.attemptID) == [Self.attemptID])
            #expect(reports(harness).map(\.content) == [.commandFailed(.lockJammed, "LOCK_JAMMED")])
        }
    }

    @Test("G6 a callback that overtakes the answer to its command waits for it")
    func overtaking() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.maker.on("POST /api/locks/lock-1/actions", .hold)
            let command = harness.command(42)
            async let answer = harness.driver.perform(command, on: CloudHarness.device())
            await harness.maker.wait(for: 1, "POST")
            async let verdict = harness.call(CloudHarness.completed("unlock", #""status":"success","action_id":"a1""#))
            await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(15))
            harness.maker.answerHeld(200, #"{"action_id":"a1"}"#)
            #expect(await answer == .acknowledged)
            #expect(await verdict == .accepted)
            #expect(reports(harness).map(\.attemptID) == [Self.attemptID])
        }
    }

    @Test("a time from the future orders nothing, and one of the past comes along as it is")
    func claimedTimes() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            let times = ["2025-12-31T00:00:00Z", "2026-01-01T00:05:00Z", "2026-01-01T00:05:00.001Z", "2031-01-01"]
            for (index, time) in times.enumerated() {
                let body = CloudHarness.completed(timestamp: time)
                #expect(await harness.call(body, id: "\(index)") == .accepted)
            }
            #expect(
                reports(harness).map(\.claimedAt) == [
                    Samples.start + .seconds(-86400), Samples.start + .seconds(300), nil, nil,
                ]
            )
        }
    }

    @Test(
        "one that is not signed, or too long ago, is refused and leaves nothing",
        arguments: [
            "webhook-signature", "webhook-id", "webhook-timestamp",
        ]
    )
    func unsigned(header: String) async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            let verdict = await harness.call(CloudHarness.completed()) { $0[header] = "v1,AAAA" }
            #expect(verdict == .unauthorized)
            let old = await harness.call(CloudHarness.completed()) { headers in
                let seconds = Samples.start.microseconds / 1_000_000 - 301
                headers["webhook-timestamp"] = "\(seconds)"
                headers["webhook-signature"] = CloudHarness.sign(CloudHarness.completed(), id: "msg_1", at: seconds)
            }
            #expect(old == .unauthorized)
            #expect(reports(harness).isEmpty)
            // Logged once, until there is a good one again.
            #expect(harness.log.all.ranges(of: "a callback is refused").count == 1)
            #expect(await harness.call(CloudHarness.completed()) == .accepted)
        }
    }

    @Test("one that is signed with the secret of another account is refused")
    func otherAccount() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            let other = "whsec_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImKi4yNjo+QkZKTlJWWl5iZmpucnZ6foKGiow=="
            let verdict = await harness.call(CloudHarness.completed()) { headers in
                let seconds = Samples.start.microseconds / 1_000_000
                headers["webhook-signature"] = CloudHarness.sign(
                    CloudHarness.completed(),
                    id: "msg_1",
                    at: seconds,
                    secret: other
                )
            }
            #expect(verdict == .unauthorized)
            #expect(await harness.call(CloudHarness.completed(), for: Samples.id(99)) == .unauthorized)
            #expect(reports(harness).isEmpty)
        }
    }

    @Test("one that is signed but makes no sense is refused with the reason")
    func malformed() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            guard case .malformed = await harness.call("lorem ipsum") else {
                Issue.record("taken")
                return
            }
            guard case .malformed = await harness.call(MakerEventTests.json("battery.low")) else {
                Issue.record("taken")
                return
            }
            #expect(reports(harness).isEmpty)
        }
    }

    @Test("a message that was taken is not told again, one that was not is")
    func duplicates() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.sink.fail(next: 1)
            #expect(await harness.call(CloudHarness.completed()) == .unavailable)
            #expect(reports(harness).isEmpty)
            for _ in 1...3 { #expect(await harness.call(CloudHarness.completed()) == .accepted) }
            #expect(reports(harness).count == 1)
            // Should a maker use an id twice, what the second message says is not lost.
            #expect(await harness.call(CloudHarness.completed("lock")) == .accepted)
            #expect(reports(harness).count == 2)
        }
    }

    @Test("one that cannot be stored in time is to be brought again")
    func slowStore() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.sink.block(CloudHarness.deviceID())
            async let verdict = harness.call(CloudHarness.completed())
            await harness.sink.waitForBlocked(CloudHarness.deviceID())
            await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(15))
            harness.clock.advance(by: .seconds(15))
            // As the engine does for a task that is cancelled.
            harness.sink.fail(next: 1)
            harness.sink.release(CloudHarness.deviceID())
            #expect(await verdict == .unavailable)
            #expect(await harness.call(CloudHarness.completed()) == .accepted)
            #expect(reports(harness).count == 1)
        }
    }

    @Test("one about a lock that is new makes it known first")
    func newLock() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            let list = #"{"locks":[{"lock_id":"lock-1"},{"lock_id":"lock 2/ü"},{"lock_id":"new","name":"New"}]}"#
            harness.maker.on("GET /api/locks", .answer(200, list))
            harness.maker.on("GET /api/locks/new", .answer(200, CloudHarness.lockBody()))
            #expect(await harness.call(CloudHarness.completed(lockID: "new")) == .accepted)
            #expect(harness.sink.devices.last?.description.name == "New")
            #expect(reports(harness).map(\.content) == [.online(true), .bolt(.locked), .bolt(.unlocked)])
            let added = #"{"event_type":"device.added","device_id":"new","timestamp":"2026-01-01T00:00:00Z"}"#
            #expect(await harness.call(added, id: "msg_2") == .accepted)
            #expect(harness.sink.devices.filter { $0.nativeID == "new" }.count == 2)
            let requests = harness.maker.requests.count
            #expect(await harness.call(CloudHarness.completed(lockID: "new"), id: "msg_3") == .accepted)
            #expect(harness.maker.requests.count == requests)
        }
    }

    @Test("one about a lock that the maker does not have means nothing, unless the maker cannot be asked")
    func strangeLock() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            #expect(await harness.call(CloudHarness.completed(lockID: "strange")) == .accepted)
            harness.maker.on("GET /api/locks", .answer(500, ""))
            #expect(await harness.call(CloudHarness.completed(lockID: "strange"), id: "msg_2") == .unavailable)
            #expect(reports(harness).isEmpty)
        }
    }

    @Test("nothing secret is ever logged, whatever goes wrong")
    func secrets() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            for (index, reaction) in [ScriptedMaker.Reaction.close, .answer(500, ""), .raw("x")].enumerated() {
                harness.maker.on("POST /api/locks/lock-1/actions", reaction)
                _ = await harness.driver.perform(harness.command(UInt64(index)), on: CloudHarness.device())
                harness.maker.on("GET /api/locks", reaction)
                _ = await harness.call(CloudHarness.completed(lockID: "x\(index)"), id: "\(index)")
                _ = await harness.call(CloudHarness.completed(), id: "\(index)") { $0["webhook-signature"] = "v1,AAAA" }
            }
            _ = await harness.call(MakerEventTests.json("lock.sang"), id: "u")
            let log = harness.log.all
            #expect(log.contains("a callback is refused"))
            for secret in [CloudHarness.token, CloudHarness.secret, "AAECAwQF"] { #expect(!log.contains(secret)) }
        }
    }
}
