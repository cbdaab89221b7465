package import KeywayDriver
package import KeywayModel

/// How a behaviour is written down in a device's driver settings.
///
/// Stored by servers in use, so a key never changes its name or meaning:
/// ```json
/// {"behavior": {"reaction": "answer_late", "latency_min_ms": 200, "latency_max_ms": 400, "late_by_ms": 45000}}
/// ```
/// - `reaction` (string, required): `succeed`, `jam`, `fail`, `never_respond`, `unconfirmed`, `answer_late` or `hold`.
/// - `latency_min_ms`, `latency_max_ms` (whole numbers, required): the range of the latency.
/// - `cause` (string, required for `fail`): a failure cause by its wire name.
/// - `late_by_ms` (whole number, required for `answer_late`): how much later than the latency.
/// - `auto_relock_ms` (whole number, optional): how long after an unlock it locks itself; absent: never.
///
/// Other keys are ignored.
extension LockBehavior {
    /// What a lock does whose settings say nothing, or nothing that makes sense: it succeeds after 200 ms.
    package static let usual = LockBehavior(reaction: .succeed, latencyMilliseconds: 200...200)

    /// Reads a device's driver settings; null, or an object without `behavior`, means ``usual``.
    ///
    /// - Throws: ``SandboxError`` with code `badBehavior`, naming the key that is wrong.
    package init(driverSettings: JSONValue) throws(SandboxError) {
        switch driverSettings {
        case .null: self = .usual
        case .object(let members):
            guard let settings = members["behavior"] else {
                self = .usual
                return
            }
            guard case .object = settings else {
                throw SandboxError(.badBehavior, message: "behavior: expected object, received \(settings.kindName)")
            }
            try self.init(behaviorSettings: settings)
        default:
            throw SandboxError(
                .badBehavior,
                message: "driver settings: expected object, received \(driverSettings.kindName)"
            )
        }
    }

    private init(behaviorSettings settings: JSONValue) throws(SandboxError) {
        let earliest = try settings.requiredWholeNumber("latency_min_ms")
        let latest = try settings.requiredWholeNumber("latency_max_ms")
        guard earliest <= latest else {
            throw SandboxError(.badBehavior, message: "latency_min_ms: must not be above latency_max_ms")
        }
        self.init(
            reaction: try Reaction(settings),
            latencyMilliseconds: earliest...latest,
            autoRelockMilliseconds: try settings.wholeNumber("auto_relock_ms")
        )
        try validate()
    }

    /// The settings to store; ``init(driverSettings:)`` reads them back.
    package var driverSettings: JSONValue {
        var members: [String: JSONValue] = [
            "reaction": .string(reaction.settingsName),
            "latency_min_ms": .number(Double(latencyMilliseconds.lowerBound)),
            "latency_max_ms": .number(Double(latencyMilliseconds.upperBound)),
        ]
        switch reaction {
        case .fail(let cause): members["cause"] = .string(cause.rawValue)
        case .answerLate(let delay): members["late_by_ms"] = .number(Double(delay))
        case .succeed, .jam, .neverRespond, .unconfirmed, .hold: break
        }
        if let autoRelockMilliseconds { members["auto_relock_ms"] = .number(Double(autoRelockMilliseconds)) }
        return .object(["behavior": .object(members)])
    }

    /// Checks that every duration is in its range.
    ///
    /// - Throws: ``SandboxError`` with code `badBehavior`, naming the range.
    package func validate() throws(SandboxError) {
        guard latencyMilliseconds.lowerBound >= 0, latencyMilliseconds.upperBound <= 600_000 else {
            throw SandboxError(.badBehavior, message: "The latency must be between 0 and 600000 ms.")
        }
        if let autoRelockMilliseconds, !(0...3_600_000).contains(autoRelockMilliseconds) {
            throw SandboxError(.badBehavior, message: "The auto-relock delay must be between 0 and 3600000 ms.")
        }
        if case .answerLate(let delay) = reaction, !(0...3_600_000).contains(delay) {
            throw SandboxError(.badBehavior, message: "The delay of a late answer must be between 0 and 3600000 ms.")
        }
    }
}

extension LockBehavior.Reaction {
    fileprivate var settingsName: String {
        switch self {
        case .succeed: "succeed"
        case .jam: "jam"
        case .fail: "fail"
        case .neverRespond: "never_respond"
        case .unconfirmed: "unconfirmed"
        case .answerLate: "answer_late"
        case .hold: "hold"
        }
    }

    fileprivate init(_ settings: JSONValue) throws(SandboxError) {
        switch settings["reaction"]?.stringValue {
        case "succeed": self = .succeed
        case "jam": self = .jam
        case "fail":
            guard let cause = settings["cause"]?.stringValue.flatMap(FailureCause.init(rawValue:)) else {
                throw SandboxError(.badBehavior, message: "cause: not a failure cause")
            }
            self = .fail(cause)
        case "never_respond": self = .neverRespond
        case "unconfirmed": self = .unconfirmed
        case "answer_late": self = .answerLate(byMilliseconds: try settings.requiredWholeNumber("late_by_ms"))
        case "hold": self = .hold
        default: throw SandboxError(.badBehavior, message: "reaction: not a reaction of a virtual lock")
        }
    }
}

extension JSONValue {
    fileprivate func wholeNumber(_ key: String) throws(SandboxError) -> Int? {
        guard let value = self[key], value != .null else { return nil }
        guard let number = value.numberValue.flatMap(Int.init(exactly:)) else {
            throw SandboxError(.badBehavior, message: "\(key): not a whole number")
        }
        return number
    }

    fileprivate func requiredWholeNumber(_ key: String) throws(SandboxError) -> Int {
        guard let number = try wholeNumber(key) else {
            throw SandboxError(.badBehavior, message: "\(key): required")
        }
        return number
    }
}
