import KeywayDriver
import KeywayModel
import KeywaySandbox
import Testing

@Suite("A behaviour in driver settings")
struct LockBehaviorSettingsTests {
    static let behaviors: [LockBehavior] = [
        behavior(.succeed, latency: 300...800),
        behavior(.succeed, latency: 0...0, autoRelock: 0),
        behavior(.jam, autoRelock: 3_600_000),
        behavior(.neverRespond, latency: 600_000...600_000),
        behavior(.unconfirmed),
        behavior(.answerLate(byMilliseconds: 45000)),
        behavior(.hold),
    ]

    @Test("it comes back as it was written", arguments: behaviors)
    func roundTrip(_ behavior: LockBehavior) throws {
        #expect(try LockBehavior(driverSettings: behavior.driverSettings) == behavior)
    }

    @Test("every failure cause comes back", arguments: FailureCause.allCases)
    func roundTripOfCauses(_ cause: FailureCause) throws {
        let behavior = behavior(.fail(cause))
        #expect(try LockBehavior(driverSettings: behavior.driverSettings) == behavior)
    }

    @Test("its keys never change, for servers in use have stored them")
    func stableKeys() {
        #expect(
            behavior(.answerLate(byMilliseconds: 45000), latency: 200...400, autoRelock: 5000).driverSettings
                == .object([
                    "behavior": .object([
                        "reaction": .string("answer_late"), "latency_min_ms": .number(200),
                        "latency_max_ms": .number(400), "late_by_ms": .number(45000),
                        "auto_relock_ms": .number(5000),
                    ])
                ])
        )
        #expect(
            behavior(.fail(.boltObstructed)).driverSettings["behavior"]
                == .object([
                    "reaction": .string("fail"), "latency_min_ms": .number(200), "latency_max_ms": .number(200),
                    "cause": .string("bolt_obstructed"),
                ])
        )
    }

    @Test(
        "no settings mean success after 200 ms",
        arguments: [
            JSONValue.null, .object([:]), .object(["other": .bool(true)]),
        ]
    )
    func absent(_ settings: JSONValue) throws {
        #expect(try LockBehavior(driverSettings: settings) == behavior(.succeed))
    }

    /// Settings that make no sense, and what the error names.
    static let bad: [(JSONValue, String)] = [
        (.string("jam"), "driver settings: expected object, received string"),
        (.object(["behavior": .null]), "behavior: expected object, received null"),
        (changed("reaction", to: .string("explode")), "reaction: not a reaction of a virtual lock"),
        (changed("reaction", to: nil), "reaction: not a reaction of a virtual lock"),
        (changed("reaction", to: .string("fail")), "cause: not a failure cause"),
        (changed("reaction", to: .string("answer_late")), "late_by_ms: required"),
        (changed("latency_min_ms", to: nil), "latency_min_ms: required"),
        (changed("latency_min_ms", to: .number(0.5)), "latency_min_ms: not a whole number"),
        (changed("latency_min_ms", to: .number(201)), "latency_min_ms: must not be above latency_max_ms"),
        (changed("latency_min_ms", to: .number(-1)), "The latency must be between 0 and 600000 ms."),
        (changed("latency_max_ms", to: .number(600_001)), "The latency must be between 0 and 600000 ms."),
        (changed("latency_max_ms", to: .number(1e300)), "latency_max_ms: not a whole number"),
        (
            changed("auto_relock_ms", to: .number(3_600_001)),
            "The auto-relock delay must be between 0 and 3600000 ms."
        ),
        (changed("auto_relock_ms", to: .string("5000")), "auto_relock_ms: not a whole number"),
    ]

    static func changed(_ key: String, to value: JSONValue?) -> JSONValue {
        var members: [String: JSONValue] = [
            "reaction": .string("succeed"), "latency_min_ms": .number(200), "latency_max_ms": .number(200),
        ]
        members[key] = value
        return .object(["behavior": .object(members)])
    }

    @Test("settings that make no sense are named", arguments: bad)
    func refused(_ settings: JSONValue, message: String) {
        let error = #expect(throws: SandboxError(.badBehavior, message: "")) {
            try LockBehavior(driverSettings: settings)
        }
        #expect(error?.message == message)
    }

    @Test(
        "durations out of their range are refused",
        arguments: [
            behavior(.succeed, latency: -1...0), behavior(.succeed, latency: 0...600_001),
            behavior(.succeed, autoRelock: -1), behavior(.succeed, autoRelock: 3_600_001),
            behavior(.answerLate(byMilliseconds: -1)), behavior(.answerLate(byMilliseconds: 3_600_001)),
        ]
    )
    func outOfRange(_ behavior: LockBehavior) {
        #expect(throws: SandboxError(.badBehavior, message: "")) { try behavior.validate() }
    }
}
