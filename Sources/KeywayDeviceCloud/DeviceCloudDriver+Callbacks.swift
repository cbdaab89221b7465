package import KeywayDriver
package import KeywayModel
import Logging

extension DeviceCloudDriver: CallbackReceiver {
    /// Takes a callback of a maker: checks its signature, reads it, and answers when all that it says is durable.
    package func receive(_ callback: Callback, for accountID: Identifier<ConnectedAccount>) async -> CallbackVerdict {
        let limit = time.now().monotonic + configuration.callbackTimeout
        do {
            return try await within(limit, on: time) {
                guard let (account, sink) = try await self.service(of: accountID) else {
                    self.logger.debug("a callback names no connected account that is served")
                    return .unauthorized
                }
                return try await self.receive(callback, for: account, reportingTo: sink)
            }
        } catch let error as MakerEvent.Malformed {
            return .malformed(error.reason)
        } catch {
            logger.debug("a callback could not be stored", metadata: ["error": "\(type(of: error))"])
            return .unavailable
        }
    }

    private func receive(
        _ callback: Callback,
        for account: CloudAccount,
        reportingTo sink: any ReportSink
    ) async throws -> CallbackVerdict {
        let now = time.now().wall
        guard
            let finding = account.settings.callbackSecret.verify(
                headers: callback.headers,
                body: callback.body,
                now: now
            )
        else {
            if account.note(.refusedCallback) {
                logger.warning(
                    "a callback is refused: it is not signed with the account's secret, or too far from now",
                    metadata: metadata(account)
                )
            }
            return .unauthorized
        }
        _ = account.end(.refusedCallback)
        let message = CloudAccount.Message(id: finding.messageID, body: callback.body)
        if account.hasTaken(message) { return .accepted }
        let event = try MakerEvent(callback.body)
        await account.isReady.wait()
        try Task.checkCancellation()
        // A time from the future orders nothing; the lock's own clock may be wrong.
        let claimedAt = event.timestamp.flatMap { $0 <= finding.signedAt + CallbackSecret.tolerance ? $0 : nil }
        try await take(event.kind, claimedAt: claimedAt, of: account, reportingTo: sink)
        account.noteTaken(message)
        return .accepted
    }

    private func take(
        _ kind: MakerEvent.Kind,
        claimedAt: Timestamp?,
        of account: CloudAccount,
        reportingTo sink: any ReportSink
    ) async throws {
        func report(_ content: DeviceReport.Content, of lockID: String) -> DeviceReport {
            DeviceReport(deviceID: account.deviceID(of: lockID), content: content, claimedAt: claimedAt)
        }
        func say(_ content: DeviceReport.Content, of lockID: String) async throws {
            account.noteCallback(about: lockID)
            guard try await isKnown(lockID, of: account, reportingTo: sink) else { return }
            try await sink.deliver(report(content, of: lockID))
        }
        switch kind {
        case .actionCompleted(let lockID, let action):
            account.noteCallback(about: lockID)
            guard try await isKnown(lockID, of: account, reportingTo: sink) else { return }
            let attemptID = await attempt(of: action, at: lockID, of: account)
            let deviceID = account.deviceID(of: lockID)
            if let report = action.report(of: deviceID, answering: attemptID, claimedAt: claimedAt) {
                try await sink.deliver(report)
            }
        case .online(let lockID): try await say(.online(true), of: lockID)
        case .offline(let lockID): try await say(.online(false), of: lockID)
        case .batteryLow(let lockID, let charge): try await say(.batteryLow(charge), of: lockID)
        case .timeWrong(let lockID): try await say(.warning(.timeWrong, isPresent: true), of: lockID)
        case .bridgeOffline(let bridgeID):
            for (lockID, lock) in account.locks where lock.bridgeID == bridgeID && !lock.isRemoved {
                account.noteCallback(about: lockID)
                try await sink.deliver(report(.bridgeOffline, of: lockID))
            }
        case .added(let lockID): _ = try await look(for: lockID, of: account, reportingTo: sink)
        case .removed(let lockID):
            account.noteCallback(about: lockID)
            guard account.lock(lockID) != nil else { return }
            try await remove(lockID, of: account, claimedAt: claimedAt, reportingTo: sink)
        case .unknown(let type):
            logger.debug("a callback of an unknown type is ignored", metadata: ["event_type": "\(type.prefix(64))"])
        }
    }

    /// Whether a lock is one of the account's; asks the maker about one that has not been seen yet.
    private func isKnown(
        _ lockID: String,
        of account: CloudAccount,
        reportingTo sink: any ReportSink
    ) async throws -> Bool {
        if account.lock(lockID) != nil { return true }
        return try await look(for: lockID, of: account, reportingTo: sink)
    }

    /// Reads one lock that may be new.
    ///
    /// - Returns: False if the maker has no such lock.
    private func look(
        for lockID: String,
        of account: CloudAccount,
        reportingTo sink: any ReportSink
    ) async throws -> Bool {
        guard CloudAccount.isUsable(lockID: lockID) else { return false }
        guard let entry = try await list(account).first(where: { $0.lockID == lockID }) else { return false }
        return try await read(entry, of: account, reportingTo: sink)
    }

    /// The attempt that a completed action is the answer to; nil if somebody else moved the bolt.
    private func attempt(
        of action: MakerEvent.Action,
        at lockID: String,
        of account: CloudAccount
    ) async -> Identifier<ActionAttempt>? {
        if let attemptID = action.customID.flatMap({ Identifier<ActionAttempt>($0) }) { return attemptID }
        guard let actionID = action.actionID else { return nil }
        if let known = account.attempt(of: actionID) { return known }
        // The callback may have overtaken the answer that tells which action it is.
        await account.command(to: lockID)?.wait()
        return account.attempt(of: actionID)
    }

    /// What names an account in the log.
    func metadata(_ account: CloudAccount) -> Logger.Metadata {
        ["connected_account.id": "\(account.account.id)"]
    }
}
