import FoundationEssentials
import KeywayDriver
package import KeywayModel

extension DeviceCloudDriver {
    /// How long after the deadline the answer to a command that was sent in time is still waited for.
    private static var answerGrace: Duration { .seconds(1) }

    /// Sends a command to the lock's maker once, if that can be done before its deadline.
    ///
    /// - Returns: What the maker answered; `.refused` with `provider_unavailable` if the command certainly never was
    ///   whole at the maker, and with `action_attempt_expired` if that is because its deadline passed; `.unanswered` if it
    ///   left and no answer came. `.refused` with `not_supported` for anything but locking and unlocking.
    package func perform(_ command: Command, on device: Device) async -> CommandAnswer {
        guard let request = ActionRequest(command) else { return .refused(.notSupported, nil) }
        let gate = SendGate(deadline: command.deadline, time: time)
        let account: CloudAccount
        do {
            let id = device.connectedAccountID
            guard let found = try await within(command.deadline, on: time, { try await self.service(of: id)?.account })
            else { return .refused(.deviceDisconnected, "The connected account is removed, or cannot be used.") }
            account = found
        } catch {
            return Self.answer(withoutReplyTo: gate, error)
        }
        let underWay = account.beginCommand(to: device.nativeID)
        var actionID: String?
        defer { account.endCommand(underWay, to: device.nativeID, actionID: actionID, of: command.attemptID) }
        do {
            let reply = try await send(
                request,
                until: command.deadline,
                to: device.nativeID,
                of: account,
                through: gate
            )
            let (answer, id) = reply.commandAnswer(to: command.attemptID)
            if gate.close() != .sent, !answer.isRefusal {
                return .refused(.providerUnavailable, "The maker answered before the command was sent.")
            }
            actionID = id
            return answer
        } catch {
            return Self.answer(withoutReplyTo: gate, error)
        }
    }

    private func send(
        _ request: ActionRequest,
        until deadline: MonotonicInstant,
        to lockID: String,
        of account: CloudAccount,
        through gate: SendGate
    ) async throws -> MakerAnswer {
        let body = try JSONEncoder().encode(request)
        let start = time.now().monotonic
        let limit = min(start + account.settings.requestTimeout, deadline + Self.answerGrace)
        return try await cancelling(
            after: { [time] in
                _ = try? await time.sleep(until: min(limit, deadline))
                // What has not left by now never will; what has left may be answered a little longer.
                guard gate.close() == .sent else { return }
                _ = try? await time.sleep(until: limit)
            },
            {
                try await account.commandSlots.occupy {
                    try await self.client.post(
                        Array(body),
                        to: Self.path(of: lockID) + "/actions",
                        of: account.settings,
                        through: gate
                    )
                }
            }
        )
    }

    private static func answer(withoutReplyTo gate: SendGate, _ error: any Error) -> CommandAnswer {
        switch gate.close() {
        case .sent: .unanswered("The command was sent, but not answered: \(MakerClient.trouble(error)).")
        case .expired: .refused(.actionAttemptExpired, nil)
        case .held: .refused(.providerUnavailable, "The maker cannot be reached: \(MakerClient.trouble(error)).")
        }
    }
}

/// The body of `POST /locks/{lock_id}/actions`.
private struct ActionRequest: Encodable {
    let action: String
    let customID: Identifier<ActionAttempt>
    let expiresAt: Timestamp

    /// The body for a command; nil for an action that makers' locks are not asked for.
    init?(_ command: Command) {
        switch command.actionType {
        case .lockDoor: action = "lock"
        case .unlockDoor: action = "unlock"
        case .configureAutoLock, .simulateKeypadCodeEntry, .simulateManualLockViaKeypad, .resetSandboxWorkspace:
            return nil
        }
        customID = command.attemptID
        expiresAt = command.deadlineAt
    }

    private enum CodingKeys: String, CodingKey {
        case action
        case customID = "custom_id"
        case expiresAt = "expires_at"
    }
}

extension CommandAnswer {
    /// Whether it says that the command has no effect.
    fileprivate var isRefusal: Bool {
        if case .refused = self { true } else { false }
    }
}
