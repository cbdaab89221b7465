import Foundation
import KeywayModel
import Testing

@testable import KeywayMQTT

/// The messages of one bridge (Fixtures/README.md).
struct Fixture {
    struct Message: Decodable {
        let topic: String
        let payload: JSONValue

        var bytes: [UInt8] {
            get throws {
                if let text = payload.stringValue { return Array(text.utf8) }
                let encoder = JSONEncoder()
                // The same bytes on every run.
                encoder.outputFormatting = .sortedKeys
                return Array(try encoder.encode(payload))
            }
        }
    }

    let messages: [Message]

    init(_ name: String) throws {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
        messages = try JSONDecoder().decode([Message].self, from: Data(contentsOf: url))
    }

    /// What is announced, after all messages came.
    func announcements(_ settings: Announcements.Settings = .init()) throws -> (Announcements, [Announcements.Change]) {
        var announcements = Announcements(settings)
        var changes: [Announcements.Change] = []
        for message in messages { changes += announcements.take(topic: message.topic, payload: try message.bytes) }
        return (announcements, changes)
    }

    /// The only lock that is announced.
    func lock() throws -> AnnouncedLock {
        let (announcements, changes) = try announcements()
        #expect(changes.warnings == [])
        try #require(announcements.locks.count == 1)
        return announcements.locks[0]
    }

    /// What the lock says by the messages, one list for each that says something.
    func observations(of lock: AnnouncedLock) throws -> [[Observation]] {
        try messages.map { lock.read(topic: $0.topic, payload: try $0.bytes) }.filter { !$0.isEmpty }
    }
}

extension [Announcements.Change] {
    var warnings: [String] {
        compactMap { if case .warned(_, let text) = $0 { text } else { nil } }
    }

    var announced: [AnnouncedLock] {
        compactMap { if case .announced(let lock) = $0 { lock } else { nil } }
    }

    var removed: [String] {
        compactMap { if case .removed(let identity) = $0 { identity } else { nil } }
    }
}

extension Announcements {
    /// Takes a message; one that is no announcement changes nothing.
    mutating func take(topic: String, payload: [UInt8]) -> [Change] {
        Announcement(topic: topic, payload: payload, settings).map { take($0) } ?? []
    }

    mutating func take(_ topic: String, _ json: String) -> [Change] {
        take(topic: topic, payload: Array(json.utf8))
    }
}

extension AnnouncedLock {
    /// The lock that one discovery message announces.
    init(_ json: String) throws {
        var announcements = Announcements()
        let changes = announcements.take("homeassistant/lock/a/config", json)
        self = try #require(changes.announced.first, "\(changes)")
    }

    func read(topic: String, payload: [UInt8]) -> [Observation] {
        read(Message(topic: topic, payload: payload))
    }

    func read(_ topic: String, _ text: String) -> [Observation] {
        read(topic: topic, payload: Array(text.utf8))
    }

    func text(_ action: ActionType) -> String? {
        command(action).map { "\($0.topic) \(String(decoding: $0.payload, as: UTF8.self))" }
    }
}

extension LockListener {
    mutating func hear(_ topic: String, _ text: String, isRetained: Bool = false) -> Heard {
        hear(topic: topic, payload: Array(text.utf8), isRetained: isRetained)
    }

    mutating func hear(topic: String, payload: [UInt8], isRetained: Bool) -> Heard {
        hear(Message(topic: topic, payload: payload), isRetained: isRetained)
    }
}
