import KeywayModel
import KeywayStore

/// `/locks/*` (wire contract, section 4.2).
enum LockEndpoints {
    static let all = [get, list, lockDoor, unlockDoor, configureAutoLock]

    // MARK: Reading

    private static let get = Endpoint(
        "/locks/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns a lock, by its id, its name, or both.",
        parameters: [DeviceLookup.id, DeviceLookup.name],
        needsOneOf: [DeviceLookup.id, DeviceLookup.name],
        answer: [AnswerKey("device", .named(.device)), AnswerKey("lock", .named(.device))]
    ) { call, caller in
        let body = DeviceBody(
            device: try await DeviceLookup.managedDevice(call, caller, isWanted: \.isLock)
        )
        return ["device": body, "lock": body]
    }

    private static let list = Endpoint(
        "/locks/list",
        .read,
        accepts: .standardAndClientSession,
        "Returns all locks, the oldest first. Filters are joined by AND; an empty list filter matches nothing.",
        parameters: DeviceFilters.ofLocks,
        keeping: .untilDevicesChange,
        answer: [AnswerKey("devices", .list(of: .named(.device))), AnswerKey("locks", .list(of: .named(.device)))]
    ) { call, caller in
        let bodies = try await locks(call, caller).map { DeviceBody(device: $0) }
        return ["devices": bodies, "locks": bodies]
    }

    /// Every lock that passes the filters: the contract gives this list no pages.
    private static func locks(_ call: Call, _ caller: Caller) async throws -> [Device] {
        guard var query = try await DeviceFilters.query(call, caller, isManaged: true) else { return [] }
        let limit = call.services.configuration.maximumUnpagedRows
        query.limit = call.services.configuration.maximumPageSize
        var locks: [Device] = []
        repeat {
            let page = try await call.services.store.devices(query)
            locks += page.elements.filter(\.isLock)
            guard locks.count <= limit else { throw APIError.tooManyResults(limit: limit, instead: "/devices/list") }
            query.after = page.next
        } while query.after != nil
        return locks
    }

    // MARK: Acting

    private static let lockDoor = Endpoint(
        "/locks/lock_door",
        .action,
        accepts: .standardAndClientSession,
        "Locks a door. The action attempt is pending at first.",
        parameters: LockActions.boltParameters,
        isHeld: true,
        answer: LockActions.answer
    ) { call, caller in
        try await LockActions.moveBolt(.lockDoor, call, caller)
    }

    private static let unlockDoor = Endpoint(
        "/locks/unlock_door",
        .action,
        accepts: .standardAndClientSession,
        "Unlocks a door. The action attempt is pending at first.",
        parameters: LockActions.boltParameters,
        isHeld: true,
        answer: LockActions.answer
    ) { call, caller in
        try await LockActions.moveBolt(.unlockDoor, call, caller)
    }

    private static let isAutoLockEnabled = Parameter.required(
        "auto_lock_enabled",
        .boolean(),
        "Whether the lock locks itself after it was unlocked."
    )
    private static let autoLockDelay = Parameter.optional(
        "auto_lock_delay_seconds",
        .number(1...60),
        "How many seconds after; without effect if it does not."
    )

    private static let configureAutoLock = Endpoint(
        "/locks/configure_auto_lock",
        .action,
        accepts: .standardAndClientSession,
        "Sets whether and when a lock locks itself. The action attempt is pending at first.",
        parameters: LockActions.parameters + [isAutoLockEnabled, autoLockDelay],
        rules: [.needed(autoLockDelay, withTrue: isAutoLockEnabled)],
        isHeld: true,
        answer: LockActions.answer
    ) { call, caller in
        let (isEnabled, delay) = (try call[isAutoLockEnabled], try call[autoLockDelay])
        let autoLock = AutoLock(isEnabled: isEnabled, delaySeconds: isEnabled ? delay : nil)
        return try await LockActions.act(.configureAutoLock, .autoLock(autoLock), call, caller)
    }
}
