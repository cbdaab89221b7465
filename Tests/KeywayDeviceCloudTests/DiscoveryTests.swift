import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayDeviceCloud

@Suite("Finding a maker's locks", .timeLimit(.minutes(1)))
struct DiscoveryTests {
    private static let (one, two) = (CloudHarness.deviceID("lock-1"), CloudHarness.deviceID("lock 2/ü"))

    /// Lets the next reading of all locks begin.
    private func passInterval(_ harness: CloudHarness) async {
        await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(60))
        harness.clock.advance(by: .seconds(60))
    }

    @Test("every lock is shown as it is, and what it says informs but never confirms")
    func first() async throws {
        try await CloudHarness.run { harness in
            let reports = await harness.discovered()
            #expect(reports.allSatisfy { $0.isReplay && $0.attemptID == nil })
            #expect(reports.filter { $0.deviceID == Self.one }.map(\.content) == [.online(true), .bolt(.locked)])
            #expect(reports.filter { $0.deviceID == Self.two }.map(\.content) == [.online(true), .bolt(.unlocked)])
            let device = try #require(harness.sink.devices.first { $0.nativeID == "lock-1" })
            #expect(device.id == Self.one)
            #expect(device.workspaceID == Samples.id(1))
            #expect(device.connectedAccountID == CloudHarness.accountID)
            #expect(device.provider == .deviceCloud)
            #expect(device.description.name == "Front")
            #expect(device.description.locationName == "Street 1")
            #expect(device.state.reportedBolt == .locked)
            #expect(device.createdAt == Samples.start)
            #expect(
                Set(harness.maker.requests.map(\.headers).map { $0["authorization"] })
                    == ["Bearer \(CloudHarness.token)"]
            )
        }
    }

    @Test("locks are read again, and one that is no longer listed is removed once")
    func vanishing() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.maker.on("GET /api/locks", .answer(200, #"{"locks":[{"lock_id":"lock-1","name":"New name"}]}"#))
            await passInterval(harness)
            let second = await harness.sink.reports(count: 7).dropFirst(4)
            #expect(second.map(\.content) == [.removed, .online(true), .bolt(.locked)])
            #expect(second.first?.deviceID == Self.two)
            #expect(harness.sink.devices.last?.description.name == "New name")
            await passInterval(harness)
            #expect(
                await harness.sink.reports(count: 9).dropFirst(7).map(\.content) == [.online(true), .bolt(.locked)]
            )
            harness.maker.on("GET /api/locks", .answer(200, CloudHarness.listOfTwo))
            await passInterval(harness)
            _ = await harness.sink.reports(count: 13)
            #expect(harness.sink.devices.last { $0.nativeID == "lock 2/ü" } != nil)
            #expect(harness.sink.devices.filter { $0.nativeID == "lock 2/ü" }.count == 2)
        }
    }

    @Test("an account is read again at once when somebody asks for it, and from then on as usual")
    func summoned() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            // The driver waits for its interval now, which does not pass.
            await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(60))
            await harness.driver.synchronize(CloudHarness.accountID)
            _ = await harness.sink.reports(count: 8)
            // No account, no effect.
            await harness.driver.synchronize(Samples.id(99))
            await passInterval(harness)
            _ = await harness.sink.reports(count: 12)
        }
    }

    @Test("an account that is being read when somebody asks for it is read once more")
    func summonedWhileReading() async throws {
        try await CloudHarness.run(
            prepare: { maker, _ in maker.on("GET /api/locks", .hold) },
            body: { harness in
                await harness.maker.wait(for: 1, "GET")
                await harness.driver.synchronize(CloudHarness.accountID)
                harness.maker.on("GET /api/locks", .answer(200, CloudHarness.listOfTwo))
                harness.maker.answerHeld(200, #"{"locks":[]}"#)
                #expect(await harness.discovered().count == 4)
            }
        )
    }

    @Test("a lock that vanished while Keyway was down is removed")
    func vanishedBefore() async throws {
        try await CloudHarness.run(
            prepare: { _, accounts in accounts.set([CloudHarness.device("gone"), CloudHarness.device("lock-1")]) },
            body: { harness in
                let reports = await harness.sink.reports(count: 5)
                #expect(reports.first?.content == .removed)
                #expect(reports.first?.deviceID == CloudHarness.deviceID("gone"))
            }
        )
    }

    @Test(
        "what cannot be read changes nothing, and is logged once until it can be read again",
        arguments: [
            ScriptedMaker.Reaction.answer(500, ""), .answer(401, "{}"), .answer(200, "lorem"),
            .answer(200, #"{"locks":7}"#),
            .answer(302, "", headers: ["location": "/api/locks"]), .close,
            .answer(200, #"{"locks":[{"lock_id":"1"},{"lock_id":"2"},{"lock_id":"3"}]}"#),
        ]
    )
    func unreadable(reaction: ScriptedMaker.Reaction) async throws {
        try await CloudHarness.run(DeviceCloudConfiguration(maximumLocks: 2)) { harness in
            _ = await harness.discovered()
            #expect(harness.accounts("connected") == "1" && harness.accounts("disconnected") == "0")
            harness.maker.on("GET /api/locks", reaction)
            for _ in 1...2 {
                let count = harness.maker.requests.count
                await passInterval(harness)
                await harness.maker.wait(for: count + 1, "GET")
            }
            await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(60))
            #expect(harness.accounts("connected") == "0" && harness.accounts("disconnected") == "1")
            harness.maker.on("GET /api/locks", .answer(200, CloudHarness.listOfTwo))
            await passInterval(harness)
            let reports = await harness.sink.reports(count: 8)
            #expect(!reports.contains { $0.content == .removed })
            #expect(harness.accounts("connected") == "1" && harness.accounts("disconnected") == "0")
            await passInterval(harness)
            _ = await harness.sink.reports(count: 12)
            let log = harness.log.all
            #expect(log.components("cannot be read") == 1)
            #expect(log.components("can be read again") == 1)
        }
    }

    @Test("one lock that cannot be read keeps no other from being read")
    func oneUnreadable() async throws {
        try await CloudHarness.run(
            prepare: { maker, _ in maker.on("GET /api/locks/lock-1", .answer(500, "")) },
            body: {
                harness in
                let reports = await harness.sink.reports(count: 2)
                #expect(reports.map(\.deviceID) == [Self.two, Self.two])
                #expect(harness.accounts("connected") == "1", "its maker answers all the same")
            }
        )
    }

    @Test("hubs, bridges and ids that no path can hold are left out")
    func others() async throws {
        try await CloudHarness.run(
            prepare: { maker, _ in
                let list =
                    #"{"locks":[{"lock_id":"hub"},{"lock_id":".."},{"lock_id":""},{"lock_id":"lock-1"},{"lock_id":"lock-1"}]}"#
                maker.on("GET /api/locks", .answer(200, list))
                maker.on("GET /api/locks/hub", .answer(200, #"{"device_type":"hub","online":true}"#))
            },
            body: { harness in
                _ = await harness.sink.reports(count: 2)
                await passInterval(harness)
                _ = await harness.sink.reports(count: 4)
                #expect(Set(harness.sink.devices.map(\.nativeID)) == ["lock-1"])
                #expect(harness.sink.devices.count == 2)
            }
        )
    }

    @Test("what was read before a callback came is not told after it")
    func overtaken() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            harness.maker.on("GET /api/locks/lock-1", .hold)
            let count = harness.maker.requests.count
            await passInterval(harness)
            await harness.maker.wait(for: count + 3, "GET")
            _ = await harness.sink.reports(count: 6)
            #expect(await harness.call(CloudHarness.completed()) == .accepted)
            harness.maker.answerHeld(200, CloudHarness.lockBody(bolt: "locked"))
            await passInterval(harness)
            let reports = await harness.sink.reports(count: 9)
            #expect(!reports.dropFirst(4).contains { $0.content == .bolt(.locked) })
        }
    }

    @Test("a sink that cannot store is brought the locks again")
    func failingSink() async throws {
        try await CloudHarness.run(
            prepare: { _, _ in },
            body: { harness in
                _ = await harness.discovered()
                harness.sink.fail(next: 2)
                let count = harness.maker.requests.count
                await passInterval(harness)
                await harness.maker.wait(for: count + 3, "GET")
                await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(60))
                await passInterval(harness)
                _ = await harness.sink.reports(count: 8)
            }
        )
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}

@Suite("Accounts that come and go", .timeLimit(.minutes(1)))
struct AccountTests {
    private func look(_ harness: CloudHarness) async {
        await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(2))
        harness.clock.advance(by: .seconds(2))
    }

    @Test("an account that is added is served within the interval, one that is removed no longer")
    func comeAndGo() async throws {
        try await CloudHarness.run { harness in
            _ = await harness.discovered()
            let base = try DeviceCloudSettings(harness.accounts.all[0].settings).baseURL
            let second: Identifier<ConnectedAccount> = Samples.id(8)
            #expect(await harness.call(CloudHarness.completed(), for: second) == .unauthorized)
            harness.accounts.set(harness.accounts.all + [try CloudHarness.account(second, baseURL: base)])
            await look(harness)
            let reports = await harness.sink.reports(count: 8)
            #expect(reports.contains { $0.deviceID == Identifier<Device>.derived(from: "lock-1", in: second) })
            #expect(await harness.call(CloudHarness.completed(), for: second) == .accepted)

            harness.accounts.set([CloudHarness.device("lock-1"), CloudHarness.device("lock 2/ü")])
            harness.accounts.set([
                try CloudHarness.account(baseURL: base, removedAt: Samples.start),
                try CloudHarness.account(second, baseURL: base),
            ])
            await look(harness)
            let removed = await harness.sink.reports(count: 11).suffix(2)
            #expect(removed.allSatisfy { $0.content == .removed })
            #expect(
                Set(removed.map(\.deviceID)) == [CloudHarness.deviceID("lock-1"), CloudHarness.deviceID("lock 2/ü")]
            )
            #expect(await harness.call(CloudHarness.completed(), id: "msg_9") == .unauthorized)
            let answer = await harness.driver.perform(harness.command(), on: CloudHarness.device())
            guard case .refused(.deviceDisconnected, _?) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(harness.maker.requests("POST").isEmpty)
        }
    }

    @Test("the locks of an account that was removed while Keyway was down are removed")
    func removedBefore() async throws {
        try await CloudHarness.run(
            prepare: { _, accounts in
                accounts.set([try CloudHarness.account(baseURL: "http://a", removedAt: Samples.start)])
                accounts.set([CloudHarness.device("lock-1")])
            },
            body: { harness in
                #expect(await harness.sink.reports(count: 1).map(\.content) == [.removed])
            }
        )
    }

    @Test("an account with settings that make no sense is logged, and harms no other")
    func badSettings() async throws {
        try await CloudHarness.run(
            prepare: { _, accounts in
                var bad = accounts.all[0]
                bad = ConnectedAccount(
                    id: Samples.id(8),
                    workspaceID: bad.workspaceID,
                    provider: bad.provider,
                    displayName: "Bad",
                    createdAt: bad.createdAt,
                    settings: .object(["base_url": .string("http://a"), "token": .string("hush-hush bad")])
                )
                accounts.set([bad] + accounts.all)
            },
            body: { harness in
                _ = await harness.discovered()
                #expect(harness.log.all.contains("settings that cannot be used"))
                #expect(!harness.log.all.contains("hush-hush"))
                #expect(await harness.call(CloudHarness.completed(), for: Samples.id(8)) == .unauthorized)
            }
        )
    }
}
