import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import Logging

/// `/locks/*` (wire contract, section 4.2).
enum LockEndpoints {
    static let all = [get, list, lockDoor, unlockDoor, simulateSetBehavior]

    // MARK: Reading

    private static let get = Endpoint(
        "/locks/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns a lock, by its id, its name, or both.",
        parameters: [DeviceLookup.id, DeviceLookup.name],
        needsOneOf: [DeviceLookup.id, DeviceLookup.name],
        responseKeys: ["device", "lock"]
    ) { call, caller in
        let body = DeviceBody(device: try await DeviceLookup.device(call, caller, isWanted: \.isLock))
        return ["device": body, "lock": body]
    }

    private static let list = Endpoint(
        "/locks/list",
        .read,
        accepts: .standardAndClientSession,
        "Returns all locks, the oldest first. Filters are joined by AND; an empty list filter matches nothing.",
        parameters: DeviceFilters.ofLocks,
        responseKeys: ["devices", "locks"]
    ) { call, caller in
        let bodies = try await locks(call, caller).map { DeviceBody(device: $0) }
        return ["devices": bodies, "locks": bodies]
    }

    /// Every lock that passes the filters: the contract gives this list no pages.
    private static func locks(_ call: Call, _ caller: Caller) async throws -> [Device] {
        guard let filters = try DeviceFilters(call) else { return [] }
        let limit = call.services.configuration.maximumUnpagedRows
        var query = filters.query(in: caller.workspaceID)
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

    private static let deviceID = Parameter.required("device_id", .uuid(Device.self), "The lock.")
    private static let sync = Parameter.defaulted(
        "sync",
        .boolean(),
        .bool(false),
        "Whether to answer only when the attempt has its outcome, or after 60 seconds at the latest."
    )
    private static let deadline = Parameter.optional(
        "deadline_seconds",
        .number(1...86400),
        "How long the attempt may take. After that nothing is sent for it any more, and it ends. Keyway's own."
    )
    private static let overlap = Parameter.defaulted(
        "overlap",
        .oneOf(Overlap.self),
        .string(Overlap.queue.rawValue),
        "What to do if the lock has unresolved attempts: wait for its turn, share the last one if it is for the same "
            + "action, refuse, or take the place of those that have not been sent. Keyway's own."
    )

    private static let lockDoor = Endpoint(
        "/locks/lock_door",
        .action,
        accepts: .standardAndClientSession,
        "Locks a door. The action attempt is pending at first.",
        parameters: [deviceID, sync, deadline, overlap],
        responseKeys: ["action_attempt"]
    ) { call, caller in
        try await act(.lockDoor, call, caller)
    }

    private static let unlockDoor = Endpoint(
        "/locks/unlock_door",
        .action,
        accepts: .standardAndClientSession,
        "Unlocks a door. The action attempt is pending at first.",
        parameters: [deviceID, sync, deadline, overlap],
        responseKeys: ["action_attempt"]
    ) { call, caller in
        try await act(.unlockDoor, call, caller)
    }

    private static func act(_ actionType: ActionType, _ call: Call, _ caller: Caller) async throws -> Reply {
        let id = try call[deviceID]
        let deadline = try call[deadline].map { Duration.seconds($0) }
        let idempotency = try call.idempotencyClaim
        let engine = call.services.engine
        guard let device = try await engine.device(id, in: caller.workspaceID), device.isLock else {
            throw APIError.notFound("device", ["device_id": id.description])
        }
        var attempt = try await engine.request(
            actionType,
            on: device,
            by: caller.requester,
            deadlineAfter: deadline,
            overlap: try call[overlap],
            idempotency: idempotency,
            logging: ["request.id": "\(call.requestID)"]
        )
        if try call[sync] {
            let lifetime = attempt.deadlineAt - attempt.createdAt + engine.resolutionGrace
            let wait = min(lifetime, call.services.configuration.maximumSyncWait)
            // The attempt is accepted, so whatever goes wrong now must not look as if it were not: a caller who was told
            // 503 would ask for the door to be opened again.
            attempt = (try? await engine.resolution(of: attempt, within: wait)) ?? attempt
        }
        return ["action_attempt": ActionAttemptBody(attempt: attempt, includesTimeline: false)]
    }

    // MARK: Simulation

    private static let simulateSetBehavior = Endpoint(
        "/locks/simulate/set_behavior",
        .action,
        accepts: .standard,
        "Changes how a virtual lock answers commands. Keyway's own.",
        parameters: [Simulation.deviceID] + BehaviorParameters.all
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
