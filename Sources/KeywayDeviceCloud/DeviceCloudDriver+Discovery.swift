import KeywayDriver
import KeywayModel
import Logging

extension DeviceCloudDriver {
    /// Why the locks of an account cannot be read.
    struct Unreadable: Error {
        /// In words that hold nothing secret.
        let reason: String
    }

    /// Reads every lock of an account once.
    ///
    /// What cannot be read stays as it is known; the account's trouble is logged once.
    func discover(_ account: CloudAccount, reportingTo sink: any ReportSink) async {
        // Taken before the list, so that a lock added meanwhile is not missed in it.
        let before = account.locks.filter { !$0.value.isRemoved }.keys
        do {
            let list = try await list(account)
            for lockID in Set(before).subtracting(list.map(\.lockID)) {
                try await remove(lockID, of: account, claimedAt: nil, reportingTo: sink)
            }
            try await readAll(list, of: account, reportingTo: sink)
            if account.end(.unreadable) {
                logger.notice("the locks of a connected account can be read again", metadata: metadata(account))
            }
        } catch {
            guard !Task.isCancelled, account.note(.unreadable) else { return }
            var metadata = metadata(account)
            metadata["reason"] = "\((error as? Unreadable)?.reason ?? MakerClient.trouble(error))"
            logger.warning("the locks of a connected account cannot be read", metadata: metadata)
        }
    }

    /// Reads the locks of a list, a few at a time; one that cannot be read does not keep the others from it.
    private func readAll(
        _ list: [MakerLockList.Entry],
        of account: CloudAccount,
        reportingTo sink: any ReportSink
    ) async throws {
        var firstError: (any Error)?
        await withTaskGroup(of: (any Error)?.self) { group in
            var rest = list[...]
            func readNext() {
                guard let entry = rest.popFirst() else { return }
                group.addTask {
                    do {
                        _ = try await self.read(entry, of: account, reportingTo: sink)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for _ in 0..<configuration.maximumConcurrentReadings { readNext() }
            for await error in group {
                firstError = firstError ?? error
                readNext()
            }
        }
        if let firstError { throw firstError }
    }

    /// Asks for the list of an account's locks; whether it comes is whether the account is connected.
    func list(_ account: CloudAccount) async throws -> [MakerLockList.Entry] {
        do {
            let entries = try await askForList(account)
            tally.note(account.account.id, isConnected: true)
            return entries
        } catch {
            if !Task.isCancelled { tally.note(account.account.id, isConnected: false) }
            throw error
        }
    }

    private func askForList(_ account: CloudAccount) async throws -> [MakerLockList.Entry] {
        let answer = try await get("/locks", of: account)
        guard answer.isSuccess, let list: MakerLockList = answer.decoded() else {
            throw Unreadable(reason: "GET /locks was answered with HTTP \(answer.status) or not as agreed")
        }
        guard list.locks.count <= configuration.maximumLocks else {
            throw Unreadable(reason: "there are more than \(configuration.maximumLocks) locks")
        }
        var seen: Set<String> = []
        return list.locks.filter { CloudAccount.isUsable(lockID: $0.lockID) && seen.insert($0.lockID).inserted }
    }

    /// Reads one lock and passes on what it is and says.
    ///
    /// - Returns: False if the maker has no such lock after all, or it is none.
    func read(
        _ entry: MakerLockList.Entry,
        of account: CloudAccount,
        reportingTo sink: any ReportSink
    ) async throws -> Bool {
        let lockID = entry.lockID
        let callbacks = account.callbackCount(of: lockID)
        let answer = try await get(Self.path(of: lockID), of: account)
        if answer.status == 404 { return false }
        guard answer.isSuccess, let lock: MakerLock = answer.decoded() else {
            throw Unreadable(reason: "GET /locks/… was answered with HTTP \(answer.status) or not as agreed")
        }
        guard lock.isLock else { return false }
        // What was read before a callback came may be older than what the callback said.
        let isFresh = callbacks == account.callbackCount(of: lockID)
        let now = time.now().wall
        let device = Device(
            id: account.deviceID(of: lockID),
            workspaceID: account.account.workspaceID,
            connectedAccountID: account.account.id,
            provider: provider,
            nativeID: lockID,
            createdAt: now,
            description: lock.description(listedAs: entry, of: account.account),
            driverSettings: lock.bridgeID.map { .object([Self.bridgeKey: .string($0)]) } ?? .null,
            state: DeviceState(
                isOnline: lock.online,
                reportedBolt: lock.bolt ?? .unknown,
                reportedAt: lock.bolt == nil ? nil : now
            )
        )
        try await sink.discovered(device)
        account.remember(lockID, as: CloudAccount.KnownLock(bridgeID: lock.bridgeID))
        if isFresh {
            for report in lock.reports(of: device.id, at: now) { try await sink.deliver(report) }
        }
        return true
    }

    /// Says that the maker no longer has a lock.
    func remove(
        _ lockID: String,
        of account: CloudAccount,
        claimedAt: Timestamp?,
        reportingTo sink: any ReportSink
    ) async throws {
        let report = DeviceReport(
            deviceID: account.deviceID(of: lockID),
            content: .removed,
            claimedAt: claimedAt
        )
        try await sink.deliver(report)
        account.forget(lockID)
    }

    private func get(_ path: String, of account: CloudAccount) async throws -> MakerAnswer {
        let limit = time.now().monotonic + account.settings.requestTimeout
        return try await within(limit, on: time) {
            try await account.readingSlots.occupy { try await self.client.get(path, of: account.settings) }
        }
    }
}
