import KeywayDriver
import KeywayModel

/// One lock of ``SandboxSeed``: what kind it is and how it behaves, in no workspace yet.
struct SeededLock {
    /// Its name in identities and at the provider; it never changes.
    let slug: String
    /// Its name for people.
    let name: String
    /// What is the same for all locks of its model.
    let model: Model
    /// The maker's serial number.
    let serialNumber: String
    /// Charge between 0 and 1.
    let batteryLevel: Double
    /// Where it hangs.
    let place: Place
    /// How it answers commands.
    let behavior: LockBehavior
    /// Whether it starts on the network.
    var isOnline = true

    /// A model of lock.
    struct Model {
        /// The wire contract's device type (section 8, `lock_type`).
        let deviceType: String
        /// The wire contract's manufacturer (section 8).
        let manufacturer: String
        /// The maker's name for people.
        let manufacturerName: String
        /// The model's name for people.
        let name: String
        /// Whether it has a keypad of its own.
        let hasKeypad: Bool
    }

    /// A place where locks hang.
    struct Place {
        /// Its name in the owner's words.
        let name: String
        /// Its IANA time zone.
        let timeZone: String
    }

    /// The lock as a device of a workspace.
    func device(
        id: Identifier<Device>,
        workspace: Workspace,
        account: ConnectedAccount,
        createdAt: Timestamp
    ) -> Device {
        Device(
            id: id,
            workspaceID: workspace.id,
            connectedAccountID: account.id,
            provider: .sandbox,
            nativeID: slug,
            createdAt: createdAt,
            description: DeviceDescription(
                deviceType: model.deviceType,
                name: name,
                manufacturer: model.manufacturer,
                manufacturerDisplayName: model.manufacturerName,
                modelDisplayName: model.name,
                serialNumber: serialNumber,
                hasDirectPower: false,
                hasBuiltInKeypad: model.hasKeypad,
                locationName: place.name,
                timeZone: place.timeZone,
                capabilities: [
                    .canRemotelyLock, .canRemotelyUnlock, .canSimulateConnection, .canSimulateDisconnection,
                ]
            ),
            driverSettings: behavior.driverSettings,
            state: DeviceState(
                isOnline: isOnline,
                onlineChangedAt: createdAt,
                reportedBolt: .locked,
                reportedAt: createdAt,
                batteryLevel: batteryLevel
            )
        )
    }
}

extension SeededLock.Place {
    fileprivate static let house = Self(name: "12 Harbour Street, Lisbon", timeZone: "Europe/Lisbon")
    fileprivate static let office = Self(name: "Linden Offices, Berlin", timeZone: "Europe/Berlin")
    fileprivate static let rental = Self(name: "Maple Court, Portland", timeZone: "America/Los_Angeles")
}

extension SeededLock {
    /// The locks of every sandbox workspace: each behaviour there is, at least once.
    static let standard: [SeededLock] = [
        SeededLock(
            slug: "front-door",
            name: "Front Door",
            model: Model(
                deviceType: "august_lock",
                manufacturer: "august",
                manufacturerName: "August",
                name: "August Wi-Fi Smart Lock",
                hasKeypad: false
            ),
            serialNumber: "L5V00A3QWE",
            batteryLevel: 0.92,
            place: .house,
            behavior: LockBehavior(reaction: .succeed, latencyMilliseconds: 300...800)
        ),
        SeededLock(
            slug: "back-door",
            name: "Back Door",
            model: Model(
                deviceType: "schlage_lock",
                manufacturer: "schlage",
                manufacturerName: "Schlage",
                name: "Schlage Encode Smart WiFi Deadbolt",
                hasKeypad: true
            ),
            serialNumber: "BE489WB0C27H",
            batteryLevel: 0.81,
            place: .house,
            behavior: LockBehavior(reaction: .succeed, latencyMilliseconds: 200...200)
        ),
        SeededLock(
            slug: "lobby",
            name: "Lobby",
            model: Model(
                deviceType: "yale_lock",
                manufacturer: "yale",
                manufacturerName: "Yale",
                name: "Yale Assure Lock 2",
                hasKeypad: true
            ),
            serialNumber: "YRD420W04417",
            batteryLevel: 1,
            place: .office,
            behavior: LockBehavior(reaction: .succeed, latencyMilliseconds: 20...20)
        ),
        SeededLock(
            slug: "garage",
            name: "Garage",
            model: Model(
                deviceType: "kwikset_lock",
                manufacturer: "kwikset",
                manufacturerName: "Kwikset",
                name: "Kwikset Halo",
                hasKeypad: true
            ),
            serialNumber: "KH939WIF7020",
            batteryLevel: 0.64,
            place: .house,
            behavior: LockBehavior(reaction: .jam, latencyMilliseconds: 400...400)
        ),
        SeededLock(
            slug: "store-room",
            name: "Store Room",
            model: Model(
                deviceType: "smartthings_lock",
                manufacturer: "smartthings",
                manufacturerName: "SmartThings",
                name: "SmartThings Z-Wave Lock",
                hasKeypad: true
            ),
            serialNumber: "ST5F1C20991",
            batteryLevel: 0.58,
            place: .office,
            behavior: LockBehavior(reaction: .fail(.rejectedByDevice), latencyMilliseconds: 250...250)
        ),
        SeededLock(
            slug: "roof-hatch",
            name: "Roof Hatch",
            model: Model(
                deviceType: "nuki_lock",
                manufacturer: "nuki",
                manufacturerName: "Nuki",
                name: "Nuki Smart Lock Pro",
                hasKeypad: false
            ),
            serialNumber: "3B8E21F4",
            batteryLevel: 0.33,
            place: .office,
            behavior: LockBehavior(reaction: .neverRespond, latencyMilliseconds: 200...200)
        ),
        SeededLock(
            slug: "meeting-room",
            name: "Meeting Room",
            model: Model(
                deviceType: "ttlock_lock",
                manufacturer: "ttlock",
                manufacturerName: "TTLock",
                name: "TTLock Smart Handle",
                hasKeypad: true
            ),
            serialNumber: "S202T10047788",
            batteryLevel: 0.77,
            place: .office,
            behavior: LockBehavior(reaction: .unconfirmed, latencyMilliseconds: 200...200)
        ),
        SeededLock(
            slug: "cellar",
            name: "Cellar",
            model: Model(
                deviceType: "igloohome_lock",
                manufacturer: "igloohome",
                manufacturerName: "igloohome",
                name: "igloohome Deadbolt 2S",
                hasKeypad: true
            ),
            serialNumber: "IGB30114D52A",
            batteryLevel: 0.49,
            place: .house,
            behavior: LockBehavior(
                reaction: .answerLate(byMilliseconds: 45000),
                latencyMilliseconds: 200...200
            )
        ),
        SeededLock(
            slug: "vault",
            name: "Vault",
            model: Model(
                deviceType: "salto_lock",
                manufacturer: "salto",
                manufacturerName: "SALTO",
                name: "SALTO Neo Cylinder",
                hasKeypad: false
            ),
            serialNumber: "G9E04421907",
            batteryLevel: 0.88,
            place: .office,
            behavior: LockBehavior(reaction: .hold, latencyMilliseconds: 200...200)
        ),
        SeededLock(
            slug: "guest-house",
            name: "Guest House",
            model: Model(
                deviceType: "wyze_lock",
                manufacturer: "wyze",
                manufacturerName: "Wyze",
                name: "Wyze Lock",
                hasKeypad: false
            ),
            serialNumber: "YDLO1A2CAADA",
            batteryLevel: 0.12,
            place: .rental,
            behavior: LockBehavior(reaction: .succeed, latencyMilliseconds: 200...200),
            isOnline: false
        ),
        SeededLock(
            slug: "apartment-12",
            name: "Apartment 12",
            model: Model(
                deviceType: "tedee_lock",
                manufacturer: "tedee",
                manufacturerName: "tedee",
                name: "tedee PRO",
                hasKeypad: false
            ),
            serialNumber: "19420103-008811",
            batteryLevel: 0.71,
            place: .rental,
            behavior: LockBehavior(
                reaction: .succeed,
                latencyMilliseconds: 300...300,
                autoRelockMilliseconds: 5000
            )
        ),
    ]

    /// A lock that succeeds at once.
    static func fast(_ number: Int) -> SeededLock {
        SeededLock(
            slug: "fast-lock-\(number)",
            name: "Fast Lock \(number)",
            model: Model(
                deviceType: "yale_lock",
                manufacturer: "yale",
                manufacturerName: "Yale",
                name: "Yale Assure Lock SL",
                hasKeypad: true
            ),
            serialNumber: "FAST\(number)",
            batteryLevel: 1,
            place: .rental,
            behavior: LockBehavior(reaction: .succeed, latencyMilliseconds: 0...0)
        )
    }
}
