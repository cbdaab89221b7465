import KeywayClient
import Testing

@testable import keyway

@Suite("Which device is meant")
struct DeviceMatchTests {
    private static let devices = [
        ("aaaa1111-0000-4000-8000-000000000000", "Front Door"),
        ("aaaa2222-0000-4000-8000-000000000000", "front door"),
        ("bbbb1111-0000-4000-8000-000000000000", "Garage"),
        ("bbbb2222-0000-4000-8000-000000000000", "Garage"),
        ("cccc1111-0000-4000-8000-000000000000", "aaaa"),
        ("cccc2222-0000-4000-8000-000000000000", "Cellar"),
    ]

    private func device(_ id: String, _ name: String) throws -> KeywayClient.Device {
        let members = ["device_id": id, "display_name": name, "device_type": "t", "workspace_id": "W"]
        return try KeywayClient.Device(json: .object(members.mapValues { .string($0) }))
    }

    /// The beginnings of the ids of what is found.
    private func find(_ word: String) throws -> [String] {
        switch DeviceMatch(word, in: try Self.devices.map(device)) {
        case .one(let device): [String(device.id.prefix(8))]
        case .several(let devices): devices.map { String($0.id.prefix(8)) }
        case .none: []
        }
    }

    @Test(
        "an id comes before a name, a name before one in other case, and that before the beginning of an id",
        arguments: [
            ("cccc2222-0000-4000-8000-000000000000", ["cccc2222"]),
            ("Front Door", ["aaaa1111"]), ("front door", ["aaaa2222"]), ("FRONT DOOR", ["aaaa1111", "aaaa2222"]),
            ("Garage", ["bbbb1111", "bbbb2222"]), ("garage", ["bbbb1111", "bbbb2222"]), ("cellar", ["cccc2222"]),
            ("aaaa", ["cccc1111"]), ("aaaa1", ["aaaa1111"]), ("AAAA1", ["aaaa1111"]),
            ("bbbb", ["bbbb1111", "bbbb2222"]),
        ]
    )
    func order(word: String, found: [String]) throws {
        #expect(try find(word) == found)
    }

    @Test(
        "what fits nothing, or is a beginning too short to be meant, is nothing",
        arguments: ["", "aaa", "ccc", "Fron"]
    )
    func nothing(word: String) throws {
        #expect(try find(word).isEmpty)
    }

    @Test("none and several are troubles with the command line, and several are listed")
    func troubles() throws {
        let none = #expect(throws: CommandTrouble.self) { try DeviceMatch.none.device("x") }
        #expect(none?.end == .usage)
        let device = try device("D", "N")
        let several = #expect(throws: CommandTrouble.self) { try DeviceMatch.several([device, device]).device("x") }
        #expect(several?.end == .usage)
        #expect(several?.message.contains("D  N") == true)
    }

    @Test("neither a name nor a word can make a line of its own in what is said")
    func lines() throws {
        let device = try device("D", "N\n  forged  Front Door\u{2028}")
        let several = #expect(throws: CommandTrouble.self) { try DeviceMatch.several([device, device]).device("x\ny") }
        let lines = several?.message.split(whereSeparator: \.isNewline)
        #expect(lines?.count == 3)
        let none = #expect(throws: CommandTrouble.self) { try DeviceMatch.none.device("x\ny") }
        let line = none?.message.split(whereSeparator: \.isNewline)
        #expect(line?.count == 1)
    }
}
