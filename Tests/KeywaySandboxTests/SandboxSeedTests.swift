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
        #expect(device.state.autoLock == AutoLock(isEnabled: false))
        #expect(device.description.capabilities == Self.capabilities(of: name))
    }

    /// What testers can do with a lock.
    static func capabilities(of name: String) -> Set<DeviceCapability> {
        var capabilities: Set<DeviceCapability> = [
            .canRemotelyLock, .canRemotelyUnlock, .canConfigureAutoLock, .canSimulateConnection,
            .canSimulateDisconnection, .canSimulateRemoval,
        ]
        let withKeypad = ["Front Door", "Back Door", "Lobby", "Garage", "Store Room", "Meeting Room", "Cellar"]
        if withKeypad.contains(name) { capabilities.insert(.canUnlockWithCode) }
        if ["Front Door", "Meeting Room"].contains(name) {
            capabilities.formUnion([.canSimulateHubConnection, .canSimulateHubDisconnection])
        }
        if name == "Roof Hatch" { capabilities.insert(.canSimulatePaidSubscription) }
        return capabilities
    }

    @Test("the August lock has its keypad beside the door, and the others that have one have it built in")
    func keypads() {
        let builtIn = ["Back Door", "Lobby", "Garage", "Store Room", "Meeting Room", "Cellar"]
        #expect(devices.filter { $0.description.hasBuiltInKeypad == true }.map(\.displayName) == builtIn)
        #expect(devices.allSatisfy { $0.description.hasBuiltInKeypad != nil })
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

    // MARK: Through the driver

    @Test("a workspace begins with this, and with the fast locks that the driver was told of", arguments: [0, 3])
    func beginning(fastLocks: Int) {
        let driver = SandboxHarness(fastLocks: fastLocks).driver
        let account = SandboxSeed.account(of: workspace)
        for _ in 1...2 {
            let (accounts, devices) = driver.beginning(of: workspace)
            #expect(accounts == [account])
            #expect(devices == SandboxSeed.devices(of: workspace, account: account, fastLocks: fastLocks))
            #expect(devices.count == 11 + fastLocks)
        }
    }

    // MARK: Accounts that users connect

    func connected(_ number: UInt64) -> (account: ConnectedAccount, devices: [Device]) {
        SandboxHarness().driver.newAccount(Samples.id(number), in: workspace, at: Samples.start + .seconds(60))
    }

    @Test("a connected account has two locks that do as they are told")
    func connectedAccount() throws {
        let (account, devices) = connected(7)
        #expect(account.id == Samples.id(7))
        #expect(account.workspaceID == workspace.id)
        #expect(account.provider == .sandbox)
        #expect(account.displayName == "Connected Sandbox")
        #expect(account.createdAt == Samples.start + .seconds(60))
        #expect(devices.map(\.displayName) == ["Front Door", "Back Door"])
        #expect(devices.map(\.description.deviceType) == ["august_lock", "schlage_lock"])
        let behaviors = try devices.map { try LockBehavior(driverSettings: $0.driverSettings) }
        #expect(behaviors == [behavior(.succeed, latency: 300...800), behavior(.succeed)])
        #expect(devices.map(\.createdAt) == [account.createdAt, account.createdAt + .microseconds(1)])
        for device in devices {
            #expect(device.connectedAccountID == account.id)
            #expect(device.workspaceID == workspace.id)
            #expect(device.provider == .sandbox)
            #expect(device.description.capabilities == Self.capabilities(of: device.displayName))
            #expect(device.state.isOnline)
            #expect(device.state.reportedBolt == .locked)
            #expect(device.state.autoLock == AutoLock(isEnabled: false))
        }
    }

    @Test("its locks are the same every time, and for ever")
    func stableConnectedIDs() {
        #expect(connected(7) == connected(7))
        // SHA-256 of "keyway/sandbox/account/00000000-0000-8000-8000-000000000007/device/front-door", in Python.
        #expect(connected(7).devices[0].id.description == "81a97aa3-bbe4-8c9b-b304-e53b8a8acf11")
    }

    @Test("G11 no two accounts share a lock, and none has one of the workspace's own")
    func distinctConnectedLocks() {
        let all = devices + (1...20 as ClosedRange<UInt64>).flatMap { connected($0).devices }
        #expect(Set(all.map(\.id)).count == 11 + 20 * 2)
        #expect(Set(all.map(\.description.serialNumber)).count == 11 + 20 * 2)
    }
}
