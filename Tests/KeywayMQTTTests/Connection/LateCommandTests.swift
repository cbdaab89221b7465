#if MQTT
import Dispatch
import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayMQTT

@Suite("What is published too late", .timeLimit(.minutes(1)))
struct LateCommandTests {
    @Test("G3 a command that is published while the broker is gone never reaches it")
    func whileGone() async throws {
        try await Broker.run { broker in
            try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                await harness.connected()
                await broker.kill()
                _ = await harness.disconnected()
                guard case .notSent = await harness.publish("door/set", "UNLOCK") else {
                    Issue.record("sent without a connection")
                    return
                }
                try await broker.start()
                try await Self.expectSilence(on: broker, after: harness)
            }
        }
    }

    @Test("G3 a command that the system still holds at its deadline is never sent, though the network comes back")
    func stalledNetwork() async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                try await PlainClient.run(on: broker.port) { witness in
                    try await witness.subscribe("#")
                    try await ConnectionHarness.run(ConnectionHarness.options(wire.port)) { harness in
                        await harness.connected()
                        try await wire.stall()
                        // What the network takes up by itself is full with this, so the command stays here.
                        let filling = String(repeating: "x", count: 12_000)
                        let isFull = Watched(false)
                        async let filled = harness.publish(
                            "filling",
                            filling,
                            within: .seconds(60),
                            onProgress: { progress in if progress == .sent { isFull.change { $0 = true } } }
                        )
                        await isFull.wait { $0 }
                        let sent = Watched(false)
                        async let commanded = harness.publish(
                            "door/set",
                            "UNLOCK",
                            onProgress: { progress in if progress == .sent { sent.change { $0 = true } } }
                        )
                        await sent.wait { $0 }
                        harness.clock.advance(by: .seconds(30))
                        guard case .unknown = await commanded, case .unknown = await filled else {
                            Issue.record("it cannot be known")
                            return
                        }
                        #expect(await harness.disconnected()?.kind == .abandoned)
                        await wire.release()
                        await wire.waitUntilClosed()
                        await harness.connected(2)
                        #expect(await harness.publish("door/set", "LOCK") == .acknowledged)
                        await witness.wait { $0.text == "LOCK" }
                        #expect(witness.count("door/set", "UNLOCK") == 0)
                    }
                }
            }
        }
    }

    @Test("G3 a command that Keyway itself still holds at its deadline is not written with what is written next")
    func heldBack() async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                try await PlainClient.run(on: broker.port) { witness in
                    try await witness.subscribe("filling")
                    try await witness.subscribe("door/set")
                    let clock = SilentClock()
                    let (isOpen, isBusy) = (Watched(false), Watched(false))
                    let mayGoOn = DispatchSemaphore(value: 0)
                    let link = BrokerLink(
                        ConnectionHarness.options(wire.port),
                        ConnectionPlan(),
                        generation: 1,
                        time: clock
                    ) { happening in
                        switch happening {
                        case .connected: isOpen.change { $0 = true }
                        case .received:
                            // As if the system gave the thread no time.
                            isBusy.change { $0 = true }
                            mayGoOn.wait()
                        case .subscriptionsRefused:
                            // Only told if something was written after the deadline: enough time for it to arrive.
                            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + 1)
                        }
                    }
                    defer {
                        mayGoOn.signal()
                        link.stop(ConnectionTrouble(kind: .stopped, reason: ""))
                    }
                    link.start()
                    await isOpen.wait { $0 }
                    link.subscribe(to: ["busy"])
                    await broker.waitForLog { $0.contains("busy (QoS 0)") }
                    try await wire.stall()
                    // More than the system takes, so that some of it, and the command behind it, stays in the library.
                    let deadline = clock.now().monotonic + .seconds(30)
                    let filling: [UInt8] = Array(repeating: UInt8(ascii: "x"), count: 1 << 16)
                    let begun = Watched(0)
                    for _ in 0..<400 {
                        link.ask(
                            Question(topic: "filling", payload: filling, deadline: deadline) { _ in
                                begun.change { $0 += 1 }
                            }
                        )
                    }
                    await begun.wait { $0 > 0 }
                    let outcomes = Watched<[String: PublishOutcome]>([:])
                    var (text, count) = ("", 0)
                    for number in 1...16 {
                        let name = "UNLOCK \(number)"
                        text = name
                        let begunBefore = Watched<Int?>(nil)
                        let command = PublishJob(
                            topic: "door/set",
                            payload: Array(text.utf8),
                            deadline: deadline,
                            onProgress: { progress in if progress == .sent { begunBefore.change { $0 = begun.value } }
                            },
                            onEnd: { outcome in outcomes.change { $0[name] = outcome } }
                        )
                        #expect(link.publish(command))
                        count = await begunBefore.wait { $0 != nil } ?? 0
                        isBusy.change { $0 = false }
                        try await witness.publish("busy", "x")
                        await isBusy.wait { $0 }
                        // At first the system takes a little more each time. What is asked after a command shows that
                        // the command has left, which it may.
                        if begun.value == count { break }
                        mayGoOn.signal()
                    }
                    try #require(begun.value == count)
                    // The deadline comes, and the network takes what the system holds.
                    clock.move(by: .seconds(30))
                    await wire.release()
                    await witness.messages.wait { [count] in $0.count { $0.topic == "filling" } >= count - 1 }
                    // Written in two packets, of which the second one is refused.
                    link.subscribe(to: Set((1...16).map { "a\($0)" } + ["busy", "z/#/z"]))
                    mayGoOn.signal()
                    let ended = await outcomes.wait { [text] in $0[text] != nil }
                    guard case .unknown = ended[text] else {
                        Issue.record("it cannot be known")
                        return
                    }
                    #expect(await link.end().kind == .abandoned)
                    await broker.waitForLog { log in
                        log.contains("keyway-test closed") || log.contains("keyway-test disconnected")
                    }
                    try await witness.publish("door/set", "end")
                    await witness.wait { $0.text == "end" }
                    #expect(witness.count("door/set", text) == 0)
                }
            }
        }
    }

    /// A clock that wakes nobody: only who looks at it sees that it was moved.
    private final class SilentClock: TimeSource {
        private let clock = ManualTimeSource()

        func now() -> Moment { clock.now() }

        func sleep(until instant: MonotonicInstant) async throws {
            await Latch().wait()
            throw CancellationError()
        }

        func move(by duration: Duration) {
            clock.advance(by: duration)
        }
    }

    @Test("G3 a command that the broker does not take while it can still forget it in time is given up")
    func slowNetwork() async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                // A device with a session that the broker keeps, and that is away.
                try await PlainClient.run(on: broker.port, named: "door", keepsSession: true) { device in
                    try await device.subscribe("door/set")
                }
                try await ConnectionHarness.run(ConnectionHarness.options(wire.port)) { harness in
                    await harness.connected()
                    try await wire.stall()
                    let sent = Watched(false)
                    async let commanded = harness.publish(
                        "door/set",
                        "UNLOCK",
                        onProgress: { progress in if progress == .sent { sent.change { $0 = true } } }
                    )
                    await sent.wait { $0 }
                    // A broker that took it now would keep it for 25 seconds.
                    harness.clock.advance(by: .seconds(5))
                    guard case .unknown = await commanded else {
                        Issue.record("it cannot be known")
                        return
                    }
                    #expect(await harness.disconnected()?.kind == .abandoned)
                }
            }
        }
    }

    @Test("G3 a command whose connection is cut before the broker has acknowledged it is not sent again")
    func cutBeforeAcknowledgement() async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                try await PlainClient.run(on: broker.port) { witness in
                    try await witness.subscribe("#")
                    try await ConnectionHarness.run(ConnectionHarness.options(wire.port)) { harness in
                        await harness.connected()
                        try await wire.stall()
                        let sent = Watched(false)
                        async let commanded = harness.publish(
                            "door/set",
                            "UNLOCK",
                            onProgress: { progress in if progress == .sent { sent.change { $0 = true } } }
                        )
                        await sent.wait { $0 }
                        await wire.cut()
                        guard case .unknown = await commanded else {
                            Issue.record("it cannot be known")
                            return
                        }
                        _ = await harness.disconnected()
                        await harness.reconnected()
                        #expect(await harness.publish("door/set", "LOCK") == .acknowledged)
                        await witness.wait { $0.text == "LOCK" }
                        #expect(witness.count("door/set", "UNLOCK") == 0)
                    }
                }
            }
        }
    }

    @Test("G3 the broker forgets a command at its deadline, for a device that comes back after it")
    func expires() async throws {
        try await Broker.run { broker in
            // A device with a session that the broker keeps.
            try await PlainClient.run(on: broker.port, named: "door", keepsSession: true) { device in
                try await device.subscribe("door/set")
            }
            try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                await harness.connected()
                #expect(await harness.publish("door/set", "UNLOCK", within: .milliseconds(2500)) == .acknowledged)
                #expect(await harness.publish("door/set", "LOCK", within: .seconds(3600)) == .acknowledged)
                // Only the broker's own clock can tell, and it counts whole seconds.
                try await Self.secondsOfTheBroker(3, broker)
            }
            try await PlainClient.run(on: broker.port, named: "door", keepsSession: true) { device in
                await device.wait { $0.text == "LOCK" }
                #expect(device.count("door/set", "UNLOCK") == 0)
            }
        }
    }

    @Test("publishing while the connection ends is either done and acknowledged, or said not to be")
    func races() async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                try await PlainClient.run(on: broker.port) { witness in
                    try await witness.subscribe("door/+")
                    try await ConnectionHarness.run(ConnectionHarness.options(wire.port)) { harness in
                        var generation = await harness.connected()
                        // How often what was not acknowledged had come when its connection was gone.
                        var counts: [PlainClient.Message: Int] = [:]
                        for round in 1...20 {
                            async let outcomes = withTaskGroup(of: (Int, PublishOutcome).self) { group in
                                for number in 1...20 {
                                    group.addTask { (number, await harness.publish("door/\(number)", "\(round)")) }
                                }
                                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                            }
                            await wire.cut()
                            let ended = await outcomes
                            #expect(ended.count == 20)
                            _ = await harness.disconnected(generation)
                            await harness.reconnected(generation + 1)
                            generation = await harness.connected(generation + 1)
                            try await witness.publish("end/\(round)", "end")
                            for (number, outcome) in ended {
                                let count = witness.count("door/\(number)", "\(round)")
                                if outcome != .acknowledged {
                                    counts[.init(topic: "door/\(number)", text: "\(round)", isRetained: false)] = count
                                }
                                switch outcome {
                                case .acknowledged:
                                    await witness.wait { $0.topic == "door/\(number)" && $0.text == "\(round)" }
                                case .notSent: #expect(count == 0)
                                default: #expect(count <= 1)
                                }
                            }
                        }
                        #expect(await harness.publish("door/end", "end") == .acknowledged)
                        await witness.wait { $0.text == "end" }
                        for (message, count) in counts { #expect(witness.count(message.topic, message.text) == count) }
                    }
                }
            }
        }
    }

    /// Shows that nothing but what is published now comes through.
    private static func expectSilence(on broker: Broker, after harness: ConnectionHarness) async throws {
        try await PlainClient.run(on: broker.port) { witness in
            try await witness.subscribe("door/set")
            await harness.reconnected()
            #expect(await harness.publish("door/set", "LOCK") == .acknowledged)
            await witness.wait { $0.text == "LOCK" }
            #expect(witness.count("door/set", "UNLOCK") == 0)
        }
    }

    /// Returns after so many seconds by the broker's own count, which it publishes each second.
    private static func secondsOfTheBroker(_ seconds: Int, _ broker: Broker) async throws {
        try await PlainClient.run(on: broker.port) { client in
            try await client.subscribe("$SYS/broker/uptime")
            await client.messages.wait { Set($0.map(\.text)).count > seconds }
        }
    }
}
#endif
