import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("Garbage")
struct GarbageTests {
    /// The same numbers on every run (xorshift64).
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    /// A message with some bytes changed, lost, doubled or cut off.
    private static func garbled(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes[index], at: index)
            case 3: bytes[index] = Array("{}[]\"~'%#|.,:0-".utf8).randomElement(using: &generator) ?? 0
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...20, using: &generator)))
            }
        }
        return bytes
    }

    private static let fixtures = [
        "zigbee2mqtt-discovery", "zigbee2mqtt-devices", "zwave-js-ui", "esphome", "tasmota", "device-discovery",
    ]

    @Test(
        "G12 garbled messages of every bridge neither crash nor pile up",
        arguments: fixtures,
        [0x9E37_79B9_7F4A_7C15, 0x2545_F491_4F6C_DD1D, 0xBF58_476D_1CE4_E5B9] as [UInt64]
    )
    func garbled(name: String, seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let messages = try Fixture(name).messages.map { (topic: $0.topic, bytes: try $0.bytes) }
        var announcements = Announcements(Announcements.Settings(maximumLockCount: 5, maximumSensorCount: 5))
        for round in 0..<150 {
            for message in messages {
                let payload = Self.garbled(message.bytes, &generator)
                let hint: Comment = "seed \(seed), round \(round): \(String(decoding: payload, as: UTF8.self))"
                _ = announcements.take(topic: message.topic, payload: payload)
                #expect(announcements.locks.count <= 10, hint)
                for lock in announcements.locks {
                    var listener = LockListener(lock)
                    for topic in lock.subscriptions {
                        _ = listener.hear(topic: topic, payload: payload, isRetained: false)
                    }
                    for command in [lock.command(.lockDoor), lock.command(.unlockDoor)].compactMap(\.self) {
                        #expect(TopicName.isValid(command.topic), hint)
                        #expect(!command.payload.isEmpty, hint)
                    }
                    #expect(
                        lock.command(.lockDoor) != lock.command(.unlockDoor) || lock.command(.lockDoor) == nil,
                        hint
                    )
                    #expect(lock.subscriptions.allSatisfy(TopicName.isValid), hint)
                }
            }
        }
        // The right messages put everything right again.
        for message in messages { _ = announcements.take(topic: message.topic, payload: message.bytes) }
        #expect(try announcements.locks.contains(Fixture(name).lock()), "seed \(seed)")
    }
}
