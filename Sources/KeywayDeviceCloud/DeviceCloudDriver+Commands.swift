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
    ///   left and no answer came.
    package func perform(_ command: Command, on device: Device) async -> CommandAnswer {
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
            let reply = try await send(command, to: device.nativeID, of: account, through: gate)
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
        _ command: Command,
        to lockID: String,
        of account: CloudAccount,
        through gate: SendGate
    ) async throws -> MakerAnswer {
        let body = try JSONEncoder().encode(ActionRequest(command))
        let start = time.now().monotonic
        let limit = min(start + account.settings.requestTimeout, command.deadline + Self.answerGrace)
        return try await cancelling(
            after: { [time] in
                _ = try? await time.sleep(until: min(limit, command.deadline))
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

    init(_ command: Command) {
        action =
            switch command.actionType {
            case .lockDoor: "lock"
            case .unlockDoor: "unlock"
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
