#if MQTT
import FoundationEssentials
import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayMQTT

@Suite("A connection to a broker", .timeLimit(.minutes(1)))
struct BrokerConnectionTests {
    @Test("speaks MQTT 5, says that it is online, and publishes what the broker acknowledges")
    func publishes() async throws {
        try await Broker.run { broker in
            try await PlainClient.run(on: broker.port) { witness in
                try await witness.subscribe("#")
                try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                    await harness.connected()
                    #expect(await harness.publish("door/set", "LOCK") == .acknowledged)
                    await witness.wait { $0 == .init(topic: "door/set", text: "LOCK", isRetained: false) }
                    await witness.wait { $0.topic == "keyway/keyway-test/status" && $0.text == "online" }
                    #expect(harness.log.text.value.contains("mqtt.version"))
                }
                await witness.wait { $0.topic == "keyway/keyway-test/status" && $0.text == "offline" }
            }
            try await PlainClient.run(on: broker.port) { late in
                try await late.subscribe("#")
                await late.wait { $0 == .init(topic: "keyway/keyway-test/status", text: "offline", isRetained: true) }
                #expect(late.count("door/set", "LOCK") == 0)
            }
        }
    }

    @Test("receives with the retain flag, in order, numbered with what is sent")
    func receives() async throws {
        try await Broker.run { broker in
            try await PlainClient.run(on: broker.port) { device in
                try await device.publish("door/state", "old", retain: true)
                try await device.subscribe("door/set")
                try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                    harness.connection.subscribe(to: ["door/state"])
                    let kept = await harness.messages("door/state")
                    #expect(kept.map(\.isRetained) == [true])
                    let sent = Watched<TrafficStamp?>(nil)
                    #expect(
                        await harness.publish(
                            "door/set",
                            "x",
                            onProgress: { progress in sent.change { $0 = progress.stamp } }
                        )
                            == .acknowledged
                    )
                    try await device.publish("door/state", "new", retain: true)
                    let messages = await harness.messages("door/state", count: 2)
                    #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["old", "new"])
                    #expect(messages.map(\.isRetained) == [true, false])
                    let stamp = try #require(sent.value)
                    #expect(stamp.follows(messages[0].stamp))
                    #expect(messages[1].stamp.follows(stamp))
                }
            }
        }
    }

    @Test("has all that the broker keeps, however much that is")
    func manyRetained() async throws {
        try await Broker.run(.init(more: ["max_queued_messages 20"])) { broker in
            try await PlainClient.run(on: broker.port) { device in
                for number in 1...100 { try await device.publish("kept/\(number)", "x", retain: true) }
                try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                    harness.connection.subscribe(to: ["kept/+"])
                    for number in 1...100 { _ = await harness.messages("kept/\(number)") }
                }
            }
        }
    }

    @Test("tells of what came before its end before it tells of the end")
    func orderOfEvents() async throws {
        try await Broker.run { broker in
            try await PlainClient.run(on: broker.port) { device in
                try await device.subscribe("door/set")
                let options = ConnectionHarness.options(broker.port)
                try await ConnectionHarness.run(options, reads: false) { harness in
                    harness.connection.subscribe(to: ["door/state"])
                    await broker.waitForLog { $0.contains("door/state (QoS 0)") }
                    try await device.publish("door/state", "LOCKED")
                    // What the broker acknowledges now comes after it.
                    #expect(await harness.publish("door/set", "x") == .acknowledged)
                    await broker.kill()
                    while true {
                        if case .notSent(.notConnected) = await harness.publish("door/set", "x") { break }
                    }
                    var events: [BrokerConnection.Event] = []
                    while !events.contains(where: { $0.end(of: 1) != nil }) {
                        events += await harness.connection.nextEvents()
                    }
                    let place = try #require(events.firstIndex { $0.message(on: "door/state") != nil })
                    let end = try #require(events.firstIndex { $0.end(of: 1) != nil })
                    #expect(place < end)
                }
            }
        }
    }

    @Test("tells what is refused by the broker's access list from what is acknowledged")
    func refusedPublish() async throws {
        try await Broker.run { broker in
            let list = broker.folder.appending(path: "acl")
            try "topic read #\ntopic write keyway/#\n".write(to: list, atomically: true, encoding: .utf8)
            try await broker.append("acl_file \(list.path)")
            try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                await harness.connected()
                let outcome = await harness.publish("door/set", "UNLOCK")
                guard case .refused(code: 0x87, _) = outcome else {
                    Issue.record("not refused, but \(outcome)")
                    return
                }
            }
        }
    }

    @Test("does not publish what has less than a second and a quarter left")
    func tooLate() async throws {
        try await Broker.run { broker in
            try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                await harness.connected()
                #expect(await harness.publish("door/set", "UNLOCK", within: .milliseconds(2249)) == .notSent(.tooLate))
            }
        }
    }

    @Test("does not publish while it is not connected")
    func notConnected() async throws {
        let port = try Broker.freePort()
        try await ConnectionHarness.run(ConnectionHarness.options(port)) { harness in
            let trouble = await harness.failure()
            #expect(trouble?.kind == .unreachable)
            let outcome = await harness.publish("door/set", "UNLOCK")
            #expect(outcome == .notSent(.notConnected(trouble?.reason ?? "")))
        }
    }

    @Test("takes a topic that is none for unsendable, and lives on")
    func unsendable() async throws {
        try await Broker.run { broker in
            try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                await harness.connected()
                guard case .notSent(.unsendable) = await harness.publish("door/#", "UNLOCK") else {
                    Issue.record("sent to a topic with a wildcard")
                    return
                }
                harness.connection.subscribe(to: ["a/#/b", "a/\u{1}", "good/+"])
                await harness.events.wait { $0.contains(.subscriptionsRefused(["a/\u{1}", "a/#/b"])) }
                #expect(await harness.publish("good/set", "LOCK") == .acknowledged)
                _ = await harness.messages("good/set")
                harness.connection.subscribe(to: ["good/+"])
                #expect(await harness.publish("good/set", "UNLOCK") == .acknowledged)
                #expect(await harness.messages("good/set", count: 2).map(\.stamp.generation) == [1, 1])
            }
        }
    }

    @Test("G12 what does not fit into the broker's packets costs no other topic its subscription")
    func oversize() async throws {
        try await Broker.run(.init(more: ["max_packet_size 400"])) { broker in
            try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                await harness.connected()
                let long = "b/" + String(repeating: "x", count: 500)
                // More than one packet holds, too.
                let topics = (1...40).map { "a/\($0)/" + String(repeating: "x", count: 60) }
                harness.connection.subscribe(to: Set(topics + [long]))
                await harness.events.wait { $0.contains(.subscriptionsRefused([long])) }
                for topic in topics { #expect(await harness.publish(topic, "x") == .acknowledged) }
                harness.connection.subscribe(to: [topics[0]])
                #expect(await harness.publish(topics[0], "y") == .acknowledged)
                #expect(await harness.publish(topics[1], "y") == .noSubscriber)
                #expect(await harness.messages(topics[0], count: 2).map(\.stamp.generation) == [1, 1])
            }
        }
    }

    @Test("a topic that is wanted no more and then again is said anew what the broker keeps for it")
    func wantedAgain() async throws {
        try await Broker.run { broker in
            try await PlainClient.run(on: broker.port) { device in
                try await device.publish("door/state", "LOCKED", retain: true)
                try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                    harness.connection.subscribe(to: ["door/state", "other"])
                    _ = await harness.messages("door/state")
                    harness.connection.subscribe(to: ["other"])
                    harness.connection.subscribe(to: ["door/state", "other"])
                    #expect(await harness.messages("door/state", count: 2).map(\.isRetained) == [true, true])
                }
            }
        }
    }

    @Test("a question that the broker is slow to take ends no connection, and takes no command's place")
    func questions() async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                try await PlainClient.run(on: broker.port) { device in
                    try await device.subscribe("#")
                    try await ConnectionHarness.run(ConnectionHarness.options(wire.port)) { harness in
                        await harness.connected()
                        try await wire.stall()
                        let asked = Watched<[TrafficStamp]>([])
                        let deadline = harness.clock.now().monotonic + .seconds(10)
                        for _ in 1...20 {
                            harness.connection.ask("door/get", Array("?".utf8), until: deadline) { stamp in
                                asked.change { $0.append(stamp) }
                            }
                        }
                        await asked.wait { $0.count == 20 }
                        harness.clock.advance(by: .seconds(86400))
                        async let commanded = harness.publish("door/set", "LOCK")
                        await wire.release()
                        #expect(await commanded == .acknowledged)
                        await device.wait { $0.text == "LOCK" }
                        #expect(device.count("door/get", "?") == 20)
                        #expect(asked.value.map(\.number) == asked.value.map(\.number).sorted())
                        #expect(harness.events.value.allSatisfy { $0.end(of: 1) == nil })
                        // One that is late already does not leave.
                        harness.connection.ask("door/get", Array("late".utf8), until: deadline)
                        #expect(await harness.publish("door/set", "UNLOCK") == .acknowledged)
                        await device.wait { $0.text == "UNLOCK" }
                        #expect(device.count("door/get", "late") == 0)
                    }
                }
            }
        }
    }

    // MARK: Who is let in

    @Test("says plainly that the password is wrong, once, and does not try again in a hurry")
    func wrongPassword() async throws {
        try await Broker.run(.init(user: ("keyway", "right-one"))) { broker in
            var options = ConnectionHarness.options(broker.port)
            (options.user, options.password) = ("keyway", Secret("wrong-one"))
            try await ConnectionHarness.run(options) { harness in
                let trouble = try #require(await harness.failure())
                #expect(trouble.kind == .refused)
                await harness.clock.waitForSleeper(until: harness.clock.now().monotonic + .seconds(60))
                harness.clock.advance(by: .seconds(29))
                #expect(harness.events.value.count == 1)
                harness.clock.advance(by: .seconds(31))
                _ = await harness.failure(2)
                #expect(harness.log.count("there is no connection") == 1)
                #expect(!harness.log.text.value.contains("wrong-one"))
            }
        }
    }

    @Test("gives the right user and password")
    func rightPassword() async throws {
        try await Broker.run(.init(user: ("keyway", "right-one"))) { broker in
            var options = ConnectionHarness.options(broker.port)
            (options.user, options.password) = ("keyway", Secret("right-one"))
            try await ConnectionHarness.run(options) { harness in _ = await harness.connected() }
        }
    }

    @Test("encrypts, and shows its own certificate", arguments: [Broker.Setup.TLS.serverOnly, .clientToo])
    func encrypts(_ tls: Broker.Setup.TLS) async throws {
        try await Broker.run(.init(tls: tls)) { broker in
            let certificates = try #require(broker.certificates)
            var options = ConnectionHarness.options(broker.port)
            options.host = "localhost"
            options.tls = .init(authorities: certificates.authority)
            if tls == .clientToo {
                options.tls?.certificate = certificates.client.certificate
                options.tls?.key = certificates.client.key
            }
            try await ConnectionHarness.run(options) { harness in
                await harness.connected()
                #expect(await harness.publish("door/set", "LOCK") == .noSubscriber)
            }
        }
    }

    @Test("does not speak to a broker whose certificate it does not trust")
    func distrusts() async throws {
        try await Broker.run(.init(tls: .serverOnly)) { broker in
            var options = ConnectionHarness.options(broker.port)
            options.host = "localhost"
            options.tls = .init()
            try await ConnectionHarness.run(options) { harness in
                let trouble = try #require(await harness.failure())
                #expect(trouble.kind == .insecure, "\(trouble)")
            }
        }
    }

    @Test("says which file it cannot read")
    func missingFile() async throws {
        var options = ConnectionHarness.options(1)
        options.tls = .init(authorities: "/nowhere/ca.pem")
        try await ConnectionHarness.run(options) { harness in
            #expect(
                await harness.failure()
                    == ConnectionTrouble(kind: .unusable, reason: "The file /nowhere/ca.pem cannot be read.")
            )
        }
    }

    @Test("says that a name cannot be looked up")
    func unknownName() async throws {
        var options = ConnectionHarness.options(1883)
        options.host = "broker.invalid"
        try await ConnectionHarness.run(options) { harness in
            #expect(await harness.failure()?.kind == .unreachable)
        }
    }

    // MARK: Bad networks

    @Test("gives up on a broker that takes the connection and says nothing")
    func silentBroker() async throws {
        try await FaultyWire.run(to: 1) { wire in
            wire.set(.swallows)
            var options = ConnectionHarness.options(wire.port)
            options.connectTimeout = .seconds(10)
            try await ConnectionHarness.run(options) { harness in
                await wire.connections.wait { $0 == 1 }
                await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(10))
                harness.clock.advance(by: .seconds(10))
                let trouble = try #require(await harness.failure())
                #expect(trouble.kind == .unreachable)
                #expect(trouble.reason.contains("does not answer"))
            }
        }
    }

    @Test(
        "speaks MQTT 3.1.1 with a broker that does not take MQTT 5, whether it says so or hangs up",
        arguments: [FaultyWire.Behavior.refusesFive, .hangsUpOnFive]
    )
    func oldVersion(_ behavior: FaultyWire.Behavior) async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                try await PlainClient.run(on: broker.port) { device in
                    try await device.subscribe("#")
                    try await device.publish("door/state", "LOCKED", retain: true)
                    wire.set(behavior)
                    try await ConnectionHarness.run(ConnectionHarness.options(wire.port)) { harness in
                        harness.connection.subscribe(to: ["door/state", "a/#/b"])
                        await harness.reconnected(2)
                        #expect(wire.connections.value == (behavior == .refusesFive ? 2 : 3))
                        #expect(harness.log.text.value.contains("3.1.1"))
                        await harness.events.wait { $0.contains(.subscriptionsRefused(["a/#/b"])) }
                        _ = await harness.messages("door/state")
                        await device.wait { $0.text == "online" && $0.topic == "keyway/keyway-test/status" }
                        let sent = Watched<TrafficStamp?>(nil)
                        let outcome = await harness.publish(
                            "door/set",
                            "UNLOCK",
                            onProgress: { progress in sent.change { $0 = progress.stamp } }
                        )
                        #expect(outcome == .acknowledged)
                        await device.wait { $0 == .init(topic: "door/set", text: "UNLOCK", isRetained: false) }
                        try await device.publish("door/state", "UNLOCKED", retain: true)
                        let states = await harness.messages("door/state", count: 2)
                        #expect(states.map(\.isRetained) == [true, false])
                        #expect(states[1].stamp.follows(try #require(sent.value)))
                        // What is no topic, and what is too late, does not leave with this version either.
                        guard case .notSent(.unsendable) = await harness.publish("door/#", "UNLOCK") else {
                            Issue.record("sent to a topic with a wildcard")
                            return
                        }
                        #expect(
                            await harness.publish("door/set", "UNLOCK", within: .milliseconds(2249))
                                == .notSent(.tooLate)
                        )
                    }
                    await device.wait { $0.text == "offline" && $0.topic == "keyway/keyway-test/status" }
                    #expect(device.count("door/set", "UNLOCK") == 1)
                }
            }
        }
    }

    @Test("tries MQTT 3.1.1 with a broker that hangs up on MQTT 5 twice, and no other pause than usual after that")
    func hangsUp() async throws {
        try await FaultyWire.run(to: 1) { wire in
            wire.set(.hangsUp)
            try await ConnectionHarness.run(ConnectionHarness.options(wire.port)) { harness in
                #expect(await harness.failure(1)?.kind == .hungUp)
                await harness.clock.waitForSleeper(until: harness.clock.now().monotonic + .seconds(1))
                harness.clock.advance(by: .seconds(1))
                #expect(await harness.failure(2)?.kind == .hungUp)
                #expect(await harness.failure(3)?.kind == .unavailable)
                #expect(wire.connections.value == 3)
                // Both are said before the pause.
                await harness.clock.waitForSleeper(until: harness.clock.now().monotonic + .seconds(2))
                #expect(harness.log.count("hung up before") == 1)
            }
        }
    }

    @Test("connects again, with its subscriptions, to a broker that was killed and started again")
    func connectsAgain() async throws {
        try await Broker.run { broker in
            try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                harness.connection.subscribe(to: ["door/state"])
                await harness.connected()
                await broker.kill()
                #expect(await harness.disconnected()?.kind == .lost)
                try await broker.start()
                await harness.reconnected()
                try await PlainClient.run(on: broker.port) { device in
                    // What is published before the subscription is confirmed is kept for it.
                    try await device.publish("door/state", "locked", retain: true)
                    _ = await harness.messages("door/state")
                }
            }
        }
    }

    @Test("gives up a connection on which nothing comes any more", .timeLimit(.minutes(1)))
    func halfOpen() async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                var options = ConnectionHarness.options(wire.port)
                options.keepAlive = .seconds(5)
                try await ConnectionHarness.run(options) { harness in
                    await harness.connected()
                    try await wire.stall()
                    #expect(await harness.disconnected()?.kind == .lost)
                }
            }
        }
    }

    @Test("two connections with one name do not put each other out at full speed")
    func takenOver() async throws {
        try await Broker.run { broker in
            try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { first in
                await first.connected()
                try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { second in
                    await second.connected()
                    #expect(await first.disconnected()?.kind == .lost)
                    await first.clock.waitForSleeper()
                    #expect(first.events.value.count == 2)
                }
            }
        }
    }

    // MARK: Floods

    @Test("a flood of messages grows no memory, keeps the newest of each topic, and does not hold up a command")
    func flood() async throws {
        try await Broker.run(.init(more: ["max_queued_messages 0"])) { broker in
            var limits = MessageQueue.Limits()
            limits.messages = 100
            limits.messagesOfOneTopic = 4
            // Nobody reads what comes.
            try await ConnectionHarness.run(
                ConnectionHarness.options(broker.port),
                limits: limits,
                reads: false
            ) { harness in
                harness.connection.subscribe(to: ["flood/#"])
                guard case .connected = await harness.connection.nextEvents(atMost: 1).first else {
                    Issue.record("not connected")
                    return
                }
                try await PlainClient.run(on: broker.port) { device in
                    try await device.subscribe("door/set")
                    for number in 1...20_000 { device.shout("flood/\(number % 50)", "\(number)") }
                    let commanded = await harness.publish("door/set", "LOCK")
                    #expect(commanded == .acknowledged)
                    // Twice, since what is shouted after it overtakes nothing.
                    try await device.publish("flood/end", "end")
                }
                var newest: [String: String] = [:]
                while newest["flood/end"] == nil {
                    for case .message(let message) in await harness.connection.nextEvents() {
                        newest[message.topic] = String(decoding: message.payload, as: UTF8.self)
                    }
                }
                for number in 19_951...20_000 { #expect(newest["flood/\(number % 50)"] == "\(number)") }
                #expect(harness.log.count("more messages come") <= 1)
            }
        }
    }
}

extension Broker {
    /// Adds a line to the configuration and starts it again.
    fileprivate func append(_ line: String) async throws {
        let file = folder.appending(path: "mosquitto.conf")
        let text = try String(contentsOf: file, encoding: .utf8)
        try (text + line + "\n").write(to: file, atomically: true, encoding: .utf8)
        await kill()
        try await start()
    }
}
#endif
