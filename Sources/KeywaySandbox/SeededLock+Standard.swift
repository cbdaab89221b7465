import KeywayDriver
import KeywayModel

extension SeededLock.Place {
    fileprivate static let house = Self(name: "12 Harbour Street, Lisbon", timeZone: "Europe/Lisbon")
    fileprivate static let office = Self(name: "Linden Offices, Berlin", timeZone: "Europe/Berlin")
    fileprivate static let rental = Self(name: "Maple Court, Portland", timeZone: "America/Los_Angeles")
}

extension SeededLock {
    /// The locks of every sandbox workspace: each behaviour there is, at least once.
    ///
    /// The contract documents the simulation of keypads and hubs for August devices, so the first has both.
    static let standard: [SeededLock] = [
        frontDoor,
        backDoor,
        SeededLock(
            slug: "lobby",
            name: "Lobby",
            model: Model(
                deviceType: "yale_lock",
                manufacturer: "yale",
                manufacturerName: "Yale",
                name: "Yale Assure Lock 2",
                keypad: .builtIn
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
                keypad: .builtIn
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
                keypad: .builtIn
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
                keypad: .none,
                needsSubscription: true
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
                keypad: .builtIn,
                hasHub: true
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
                keypad: .builtIn
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
                keypad: .none
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
                keypad: .none
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
                keypad: .none
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

    /// The locks of an account that a user connects: ordinary ones, which do as they are told.
    static let connected: [SeededLock] = [frontDoor, backDoor]

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
                keypad: .builtIn
            ),
            serialNumber: "FAST\(number)",
            batteryLevel: 1,
            place: .rental,
            behavior: LockBehavior(reaction: .succeed, latencyMilliseconds: 0...0)
        )
    }

    /// An ordinary lock that takes its time.
    private static let frontDoor = SeededLock(
        slug: "front-door",
        name: "Front Door",
        model: Model(
            deviceType: "august_lock",
            manufacturer: "august",
            manufacturerName: "August",
            name: "August Wi-Fi Smart Lock",
            keypad: .accessory,
            hasHub: true
        ),
        serialNumber: "L5V00A3QWE",
        batteryLevel: 0.92,
        place: .house,
        behavior: LockBehavior(reaction: .succeed, latencyMilliseconds: 300...800)
    )

    /// An ordinary lock that always takes the same time.
    private static let backDoor = SeededLock(
        slug: "back-door",
        name: "Back Door",
        model: Model(
            deviceType: "schlage_lock",
            manufacturer: "schlage",
            manufacturerName: "Schlage",
            name: "Schlage Encode Smart WiFi Deadbolt",
            keypad: .builtIn
        ),
        serialNumber: "BE489WB0C27H",
        batteryLevel: 0.81,
        place: .house,
        behavior: LockBehavior(reaction: .succeed, latencyMilliseconds: 200...200)
    )
}
