import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore

/// `/action_attempts/*` (wire contract, section 4.1).
enum ActionAttemptEndpoints {
    static let all = [get, list, cancel, simulateResolve]

    // MARK: Parameters

    private static let id = Parameter.required("action_attempt_id", .uuid(ActionAttempt.self), "The attempt.")
    private static let ids = Parameter.optional(
        "action_attempt_ids",
        .array(.uuid(ActionAttempt.self)),
        "Only these attempts."
    )
    private static let deviceID = Parameter.optional(
        "device_id",
        .uuid(Device.self),
        "Only attempts on this device."
    )
    private static let include = Parameter.defaulted(
        "include",
        .array(.oneOf(Inclusion.self)),
        .array([]),
        "What to show besides: `timeline`, everything that happened to the attempt so far. Keyway's own."
    )

    private enum Inclusion: String, CaseIterable {
        case timeline
    }

    // MARK: Reading

    private static let get = Endpoint(
        "/action_attempts/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns an action attempt.",
        parameters: [id, include],
        isHeld: true,
        keeping: .whatIsFinal,
        answer: [AnswerKey("action_attempt", .named(.actionAttempt))]
    ) { call, caller in
        let attempt = await call.services.engine.latest(try await attempt(call, caller))
        let includesTimeline = try includesTimeline(call)
        var reply = await call.answer(
            with: attempt,
            sync: false,
            otherwise: .zero,
            includesTimeline: includesTimeline
        )
        // A resolved attempt never changes (G2), but for its timeline, to which a late report may be added (G8).
        reply.isFinal = attempt.status != .pending && !includesTimeline
        return reply
    }

    private static let list = Endpoint(
        "/action_attempts/list",
        .read,
        accepts: .standard,
        "Returns action attempts, the latest first.",
        parameters: [ids, deviceID, include, Paging.limit, Paging.cursor],
        answer: [
            AnswerKey("action_attempts", .list(of: .named(.actionAttempt))),
            AnswerKey("pagination", .named(.pagination)),
        ]
    ) { call, caller in
        let page = try await call.services.store.actionAttempts(
            ActionAttemptQuery(
                workspaceID: caller.workspaceID,
                ids: try call[ids],
                deviceID: try call[deviceID],
                limit: try call.pageSize,
                after: try call.pageStart
            )
        )
        let includesTimeline = try includesTimeline(call)
        var bodies: [ActionAttemptBody] = []
        for attempt in page.elements {
            bodies.append(body(of: await call.services.engine.latest(attempt), includesTimeline: includesTimeline))
        }
        return [
            "action_attempts": bodies,
            "pagination": call.pagination(next: page.next),
        ]
    }

    private static func attempt(_ call: Call, _ caller: Caller) async throws -> ActionAttempt {
        let id = try call[id]
        guard let attempt = try await call.services.store.actionAttempt(id, in: caller.workspaceID),
            try await isVisible(attempt, call, caller)
        else { throw APIError.notFound("action_attempt", ["action_attempt_id": id.description]) }
        return attempt
    }

    /// Whether the caller sees the device of an attempt, or did before it was deleted.
    private static func isVisible(_ attempt: ActionAttempt, _ call: Call, _ caller: Caller) async throws -> Bool {
        guard let visibleAccounts = caller.visibleAccounts else { return true }
        guard let deviceID = attempt.deviceID else { return false }
        let query = DeviceQuery(
            workspaceID: caller.workspaceID,
            ids: [deviceID],
            connectedAccountIDs: visibleAccounts,
            includesDeleted: true,
            limit: 1
        )
        return try await !call.services.store.devices(query).elements.isEmpty
    }

    private static func includesTimeline(_ call: Call) throws -> Bool {
        try call[include].contains(.timeline)
    }

    private static func body(of attempt: ActionAttempt, includesTimeline: Bool = false) -> ActionAttemptBody {
        ActionAttemptBody(attempt: attempt, includesTimeline: includesTimeline)
    }

    // MARK: Taking back

    private static let cancel = Endpoint(
        "/action_attempts/cancel",
        .action,
        accepts: .standardAndClientSession,
        "Takes back a pending action attempt whose command has not been sent. Taking one back again changes nothing. "
            + "Keyway's own.",
        parameters: [id],
        answer: [AnswerKey("action_attempt", .named(.actionAttempt))]
    ) { call, caller in
        let attempt = try await attempt(call, caller)
        let cancelled = try await call.once(caller) {
            if case .failure(let failure) = attempt.outcome, failure.cause == .cancelled { return attempt }
            return try await call.services.engine.cancel(attempt)
        }
        return ["action_attempt": body(of: cancelled)]
    }

    // MARK: Simulation

    private static let status = Parameter.required("status", .oneOf(Ending.self), "How the attempt ends.")
    private static let wasConfirmed = Parameter.optional(
        "was_confirmed_by_device",
        .boolean(),
        "Whether the device confirmed the success; left out of the result if left out here."
    )
    private static let result = Parameter.optional("result", .object([wasConfirmed]), "What a success says.")
    private static let errorType = Parameter.required("type", .oneOf(FailureCause.self), "The cause of the failure.")
    private static let errorMessage = Parameter.optional(
        "message",
        .nonEmptyString(),
        "A sentence for a person; by default the cause's own."
    )
    private static let error = Parameter.optional(
        "error",
        .object([errorType, errorMessage]),
        "What a failure says; by default an `uncategorized_error`."
    )

    private enum Ending: String, CaseIterable {
        case success
        case error
    }

    private static let simulateResolve = Endpoint(
        "/action_attempts/simulate/resolve",
        .action,
        accepts: .standard,
        "Ends a pending action attempt of a sandbox workspace. Keyway's own.",
        parameters: [id, status, result, error],
        rules: [.only(result, with: status, .success), .only(error, with: status, .error)],
        answer: [AnswerKey("action_attempt", .named(.actionAttempt))]
    ) { call, caller in
        let ending = try call[status]
        let outcome = try outcome(ending, call)
        try Simulation.requireSandbox(caller)
        let attempt = try await attempt(call, caller)
        let resolved = try await call.once(caller) {
            guard attempt.status == .pending else { throw APIError.attemptAlreadyResolved }
            guard let deviceID = attempt.deviceID,
                let device = try await call.services.engine.device(deviceID, in: caller.workspaceID)
            else { throw APIError.notFound("device") }
            let simulator = try Simulation.simulator(of: device, call)
            let resolved = try await call.services.engine.simulateOutcome(outcome, of: attempt)
            if ending == .success, let bolt = attempt.actionType.wantedState {
                // The virtual bolt goes where the attempt says it went, and a command still under way is dropped.
                await simulator.settle(device, at: bolt)
            }
            return resolved
        }
        return ["action_attempt": body(of: resolved)]
    }

    private static func outcome(_ ending: Ending, _ call: Call) throws -> Outcome {
        switch ending {
        case .success: return .success(wasConfirmedByDevice: try call[result]?[wasConfirmed])
        case .error:
            guard let error = try call[error] else { return .failure(.uncategorizedError) }
            return .failure(try error[errorType], try error[errorMessage])
        }
    }
}
