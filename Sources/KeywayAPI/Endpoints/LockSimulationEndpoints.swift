import KeywayDriver
import KeywayEngine
import KeywayModel

/// `/locks/simulate/*` (wire contract, section 4.2, and Keyway's own): what happens to virtual locks.
enum LockSimulationEndpoints {
    static let all = [keypadCodeEntry, manualLockViaKeypad, setBehavior]

    // MARK: The keypad

    /// More digits than any keypad takes.
    private static let longestCode = 32
    private static let code = Parameter.required(
        "code",
        .text(TextPattern("[0-9]*", fault: "String must contain digits only", sample: "1234"), 1...longestCode),
        "The digits that somebody enters, 1 to \(longestCode) of them."
    )

    private static let keypadCodeEntry = Endpoint(
        "/locks/simulate/keypad_code_entry",
        .action,
        accepts: .standard,
        "Enters a code at the keypad of a virtual lock. The action attempt is pending at first.",
        parameters: LockActions.parameters + [code],
        isHeld: true,
        answer: LockActions.answer
    ) { call, caller in
        let digits = try call[code]
        try Simulation.requireSandbox(caller)
        return try await LockActions.act(.simulateKeypadCodeEntry, .keypadCode(digits), call, caller) {
            device throws(APIError) in try requireKeypad(of: device, call)
        }
    }

    private static let manualLockViaKeypad = Endpoint(
        "/locks/simulate/manual_lock_via_keypad",
        .action,
        accepts: .standard,
        "Locks a virtual lock at its keypad. The action attempt is pending at first.",
        parameters: LockActions.parameters,
        isHeld: true,
        answer: LockActions.answer
    ) { call, caller in
        try Simulation.requireSandbox(caller)
        return try await LockActions.act(.simulateManualLockViaKeypad, .none, call, caller) {
            device throws(APIError) in try requireKeypad(of: device, call)
        }
    }

    private static func requireKeypad(of device: Device, _ call: Call) throws(APIError) {
        _ = try Simulation.simulator(of: device, call)
        try Simulation.require(.canUnlockWithCode, of: device)
    }

    // MARK: Behaviour

    private static let setBehavior = Endpoint(
        "/locks/simulate/set_behavior",
        .action,
        accepts: .standard,
        "Changes how a virtual lock answers commands. Keyway's own.",
        parameters: [Simulation.deviceID] + BehaviorParameters.all,
        rules: BehaviorParameters.rules
    ) { call, caller in
        let behavior = try BehaviorParameters.behavior(call)
        let (device, simulator) = try await Simulation.target(call, caller)
        guard device.isLock else { throw APIError.deviceTypeNotSupported("This device is not a lock") }
        let times = try call[BehaviorParameters.times]
        try await call.once(caller) {
            try await Simulation.command(call) { try await simulator.setBehavior(behavior, times: times, of: device) }
        }
        return .done
    }
}
