import ArgumentParser
import KeywayClient
import KeywayModel

/// What `keyway lock` and `keyway unlock` share.
struct DoorAction: ParsableArguments {
    @Argument(help: "The lock: its id, its name, or the beginning of its id.")
    var device: String

    @Option(help: "How long the lock may take, in seconds, 1 to 86400. (default: the server's, 30)")
    var deadline: Double?

    @Option(
        help: """
            How long to wait for the outcome, in seconds, finding the lock included. (default: 60, or the deadline and 10)
            """
    )
    var timeout: Double?

    @Option(
        help: """
            What to do if the lock has unresolved attempts: queue, join, reject or supersede. (default: queue)
            """
    )
    var overlap: String?

    @Option(
        help: """
            What to do if the lock cannot be reached: fail, or wait for it until the deadline. (default: fail)
            """
    )
    var whenOffline: String?

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

    /// How long all of it may take.
    private var patience: Duration { .seconds(timeout ?? max(60, (deadline ?? 0) + 10)) }

    private func options(patience: Duration) -> KeywayClient.ActionOptions {
        KeywayClient.ActionOptions(
            deadline: deadline.map { .seconds($0) },
            overlap: overlap.map(KeywayClient.Overlap.init(rawValue:)),
            whenOffline: whenOffline.map(KeywayClient.WhenOffline.init(rawValue:)),
            patience: patience
        )
    }

    /// The lock that is meant.
    ///
    /// - Throws: ``CommandTrouble`` if it cannot be found within the patience, or what a request throws.
    private func lock(_ client: KeywayClient) async throws -> KeywayClient.Device {
        let (word, limit) = (device, patience)
        let timer: @Sendable () async -> Void = { try? await Task.sleep(for: limit) }
        do {
            return try await cancelling(after: timer) { try await client.device(word) }
        } catch is TimeLimitPassed {
            throw CommandTrouble(
                .unreachable,
                "The server did not say in time which locks there are. Nothing was asked of any lock."
            )
        }
    }

    /// Waits for the outcome, and shows it.
    ///
    /// - Throws: ``CommandTrouble`` if the door is not as it was wanted, or that is not known.
    func perform(_ verb: Verb, _ client: KeywayClient, isJSON: Bool) async throws {
        let start = ContinuousClock.now
        let lock = try await lock(client)
        let name = lock.displayName.withoutControls()
        // However little is left, the lock was found in time, and may answer at once.
        let options = options(patience: max(patience - start.duration(to: .now), .milliseconds(1)))
        let attempt: KeywayClient.ActionAttempt
        do {
            attempt = try await Spinner(text: "\(verb.progress) \(name)")
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
            throw CommandTrouble(.actionFailed, "\(name) was not \(verb.participle): \(trouble)")
        } catch let error as KeywayClient.ActionNotResolved {
            if isJSON { FileOutput.standardOutput.write(try error.attempt.json.json + "\n") }
            let trouble = error.lastTrouble.map { " The server could not be asked again: \($0)" } ?? ""
            throw CommandTrouble(
                .unresolved,
                "It is not known yet whether \(name) is \(verb.participle). The attempt \(error.attempt.id) is still "
                    + "pending.\(trouble.withoutControls())"
            )
        }
        FileOutput.standardOutput.write(
            try (isJSON ? attempt.json.json : verb.words(of: attempt, name)) + "\n"
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
            guard attempt.status == .success else { return "The attempt \(attempt.id) is \(attempt.status)." }
            return switch attempt.wasConfirmedByDevice {
            case true?: "\(name) is \(participle)."
            case false?: "\(name) took the command to be \(participle). It cannot confirm that it is."
            case nil: "\(name) was told to be \(participle). It is not known whether it confirmed that."
            }
        }
    }
}
