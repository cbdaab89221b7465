import KeywayEngine
import KeywayModel
import Logging

/// What the endpoints that act on a lock have in common.
enum LockActions {
    static let deviceID = Parameter.required("device_id", .uuid(Device.self), "The lock.")
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

    private static let whenOffline = Parameter.defaulted(
        "when_offline",
        .oneOf(WhenOffline.self),
        .string(WhenOffline.fail.rawValue),
        "What to do if the lock cannot be reached: fail at once, or wait for it until the deadline. Keyway's own."
    )

    /// The parameters that all of them take.
    static let parameters: [any DeclaredParameter] = [deviceID, sync, deadline, overlap]

    /// The parameters of those that move a bolt.
    static let boltParameters = parameters + [whenOffline]

    /// Accepts an attempt to move a bolt, and waits for its outcome if the caller wants to.
    static func moveBolt(_ actionType: ActionType, _ call: Call, _ caller: Caller) async throws -> Reply {
        let parameters: ActionParameters = try call[whenOffline] == .wait ? .waitWhileOffline : .none
        return try await act(actionType, parameters, call, caller)
    }

    /// The answer that all of them give.
    static let answer = [AnswerKey("action_attempt", .named(.actionAttempt))]

    /// Accepts an attempt to act on a lock that passes a check, and waits for its outcome if the caller wants to.
    static func act(
        _ actionType: ActionType,
        _ parameters: ActionParameters = .none,
        _ call: Call,
        _ caller: Caller,
        _ check: (Device) throws(APIError) -> Void = { _ throws(APIError) in }
    ) async throws -> Reply {
        let deadline = try call[deadline].map { Duration.seconds($0) }
        let idempotency = try call.idempotencyClaim
        let engine = call.services.engine
        let device = try await DeviceLookup.actionTarget(try call[deviceID], call, caller)
        guard device.isLock else { throw APIError.notFound("device", ["device_id": device.id.description]) }
        try check(device)
        let attempt = try await engine.request(
            actionType,
            parameters,
            on: device,
            by: caller.requester,
            deadlineAfter: deadline,
            overlap: try call[overlap],
            idempotency: idempotency,
            logging: ["request.id": "\(call.requestID)"]
        )
        return await call.answer(
            with: attempt,
            sync: try call[sync],
            otherwise: call.services.configuration.defaultWait
        )
    }
}
