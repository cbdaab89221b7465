import ArgumentParser
import KeywayClient

/// What `keyway lock` and `keyway unlock` share.
struct DoorAction: ParsableArguments {
    @Argument(help: "The lock: its id, its name, or the beginning of its id.")
    var device: String

    @Option(help: "How long the lock may take, in seconds, 1 to 86400. (default: the server's, 30)")
    var deadline: Double?

    @Option(help: "How long to wait for the outcome, in seconds. (default: 60, or the deadline and 10)")
    var timeout: Double?

    @Option(
        help: """
            What to do if the lock has unresolved attempts: queue, join, reject or supersede. (default: queue)
            """
    )
    var overlap: String?

    @Flag(inversion: .prefixedNo, help: "Wait until the door has answered.")
    var wait = true

    func validate() throws {
        if let deadline, !(1...86400).contains(deadline) {
            throw ValidationError("--deadline must be from 1 to 86400 seconds.")
        }
        if let timeout, !(timeout > 0 && timeout <= 86400) {
            throw ValidationError("--timeout must be more than 0 and at most 86400 seconds.")
        }
    }

    var options: KeywayClient.ActionOptions {
        KeywayClient.ActionOptions(
            deadline: deadline.map { .seconds($0) },
            overlap: overlap.map(KeywayClient.Overlap.init(rawValue:)),
            patience: timeout.map { .seconds($0) }
        )
    }

    /// Waits for the outcome, and shows it.
    ///
    /// - Throws: ``CommandTrouble`` if the door is not as it was wanted, or that is not known.
    func perform(_ verb: Verb, _ client: KeywayClient, isJSON: Bool) async throws {
        let lock = try await client.device(device)
        let attempt: KeywayClient.ActionAttempt
        do {
            attempt = try await Spinner(text: "\(verb.progress) \(lock.displayName)")
                .turn {
                    switch (verb, wait) {
                    case (.lock, true): try await client.locks.lockDoor(lock.id, options).attempt
                    case (.unlock, true): try await client.locks.unlockDoor(lock.id, options).attempt
                    case (.lock, false): try await client.locks.requestLockDoor(lock.id, options)
                    case (.unlock, false): try await client.locks.requestUnlockDoor(lock.id, options)
                    }
                }
        } catch let error as KeywayClient.ActionFailed {
            if isJSON { FileOutput.standardOutput.write(try error.attempt.json.json + "\n") }
            let trouble = CommandTrouble(error)?.message ?? ""
            throw CommandTrouble(.actionFailed, "\(lock.displayName) was not \(verb.participle): \(trouble)")
        } catch let error as KeywayClient.ActionNotResolved {
            if isJSON { FileOutput.standardOutput.write(try error.attempt.json.json + "\n") }
            throw CommandTrouble(
                .unresolved,
                "It is not known yet whether \(lock.displayName) is \(verb.participle). \(error)"
            )
        }
        FileOutput.standardOutput.write(
            try (isJSON ? attempt.json.json : verb.words(of: attempt, lock.displayName)) + "\n"
        )
    }

    /// What is done to a door.
    enum Verb {
        case lock
        case unlock

        var progress: String {
            switch self {
            case .lock: "Locking"
            case .unlock: "Unlocking"
            }
        }

        var participle: String {
            switch self {
            case .lock: "locked"
            case .unlock: "unlocked"
            }
        }

        /// What an attempt that did not fail came to.
        func words(of attempt: KeywayClient.ActionAttempt, _ name: String) -> String {
            let name = name.withoutControls()
            guard attempt.status == .success else { return "The attempt \(attempt.id) is \(attempt.status)." }
            return switch attempt.wasConfirmedByDevice {
            case true?: "\(name) is \(participle)."
            case false?: "\(name) took the command to be \(participle). It cannot confirm that it is."
            case nil: "\(name) was told to be \(participle). It is not known whether it confirmed that."
            }
        }
    }
}
