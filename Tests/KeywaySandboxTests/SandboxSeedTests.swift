import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

@Suite("The devices of a new sandbox")
struct SandboxSeedTests {
    let workspace = Samples.workspace()

    var devices: [Device] { SandboxSeed.devices(of: workspace, account: SandboxSeed.account(of: workspace)) }

    /// What testers rely on: name, make and behaviour.
    static let promised: [(String, String, LockBehavior)] = [
        ("Front Door", "august", behavior(.succeed, latency: 300...800)),
        ("Back Door", "schlage", behavior(.succeed)),
        ("Lobby", "yale", behavior(.succeed, latency: 20...20)),
        ("Garage", "kwikset", behavior(.jam, latency: 400...400)),
        ("Store Room", "smartthings", behavior(.fail(.rejectedByDevice), latency: 250...250)),
        ("Roof Hatch", "nuki", behavior(.neverRespond)),
        ("Meeting Room", "ttlock", behavior(.unconfirmed)),
        ("Cellar", "igloohome", behavior(.answerLate(byMilliseconds: 45000))),
        ("Vault", "salto", behavior(.hold)),
        ("Guest House", "wyze", behavior(.succeed)),
        ("Apartment 12", "tedee", behavior(.succeed, latency: 300...300, autoRelock: 5000)),
    ]

    @Test("every promised lock is there", arguments: promised)
    func promisedLock(name: String, manufacturer: String, behavior: LockBehavior) throws {
        let device = try #require(devices.first { $0.displayName == name })
        #expect(device.description.manufacturer == manufacturer)
        #expect(device.description.deviceType == "\(manufacturer)_lock")
        #expect(try LockBehavior(driverSettings: device.driverSettings) == behavior)
        #expect(throws: Never.self) { try behavior.validate() }
        #expect(device.state.reportedBolt == .locked)
        #expect(device.state.isOnline == (name != "Guest House"))
        #expect(
            device.description.capabilities.isSuperset(of: [
                .canRemotelyLock, .canRemotelyUnlock, .canSimulateConnection, .canSimulateDisconnection,
            ])
        )
    }

    @Test("they are listed in one order and belong together")
    func wholeSet() {
        #expect(devices.map(\.displayName) == Self.promised.map(\.0))
        #expect(devices.map(\.createdAt) == devices.map(\.createdAt).sorted())
        #expect(Set(devices.map(\.createdAt)).count == devices.count)
        #expect(Set(devices.map(\.nativeID)).count == devices.count)
        #expect(Set(devices.map(\.description.serialNumber)).count == devices.count)
        for device in devices {
            #expect(device.workspaceID == workspace.id)
            #expect(device.connectedAccountID == SandboxSeed.account(of: workspace).id)
            #expect(device.provider == .sandbox)
        }
    }

    @Test("ids are the same every time, and for ever")
    func stableIDs() {
        #expect(devices == SandboxSeed.devices(of: workspace, account: SandboxSeed.account(of: workspace)))
        var renamed = workspace
        renamed.name = "Another name"
        #expect(
            devices.map(\.id)
                == SandboxSeed.devices(of: renamed, account: SandboxSeed.account(of: renamed)).map(\.id)
        )
        // SHA-256 of "keyway/sandbox/00000000-0000-8000-8000-000000000001/device/front-door", worked out in Python.
        #expect(devices[0].id.description == "995fda98-7542-898a-95fe-345bef0b2f06")
        #expect(SandboxSeed.account(of: workspace).id.description == "579e242b-e959-8a35-af4f-bf7af0dfcb07")
    }

    @Test("ids are UUIDs of version 8")
    func version8() {
        for id in devices.map(\.id) {
            #expect(id.high >> 12 & 0xF == 8)
            #expect(id.low >> 62 == 0b10)
        }
    }

    @Test("G11 no two workspaces share an id")
    func distinctIDs() {
        var ids: Set<String> = []
        for number in 1...20 as ClosedRange<UInt64> {
            let workspace = Samples.workspace(number)
            let account = SandboxSeed.account(of: workspace)
            ids.insert(account.id.description)
            for device in SandboxSeed.devices(of: workspace, account: account, fastLocks: 3) {
                ids.insert(device.id.description)
            }
        }
        #expect(ids.count == 20 * (1 + 11 + 3))
    }

    @Test("fast locks come after the others and change nothing about them", arguments: [0, 1, 64])
    func fastLocks(count: Int) throws {
        let account = SandboxSeed.account(of: workspace)
        let all = SandboxSeed.devices(of: workspace, account: account, fastLocks: count)
        #expect(Array(all.prefix(11)) == devices)
        #expect(all.dropFirst(11).map(\.displayName) == (0..<count).map { "Fast Lock \($0 + 1)" })
        for device in all.dropFirst(11) {
            #expect(try LockBehavior(driverSettings: device.driverSettings) == behavior(.succeed, latency: 0...0))
        }
    }
}
