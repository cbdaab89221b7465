extension KeywayClient {
    /// The action attempts, and waiting for their outcomes.
    public struct ActionAttempts: Sendable {
        let connection: ServerConnection

        /// The attempt with an identity, as it is now.
        ///
        /// - Parameters:
        ///   - id: The identity.
        ///   - includesTimeline: Whether everything that happened to it is returned as well.
        /// - Returns: The attempt.
        /// - Throws: ``APIError`` `action_attempt_not_found`, or what any request throws.
        public func get(_ id: String, includesTimeline: Bool = false) async throws -> ActionAttempt {
            try await connection.send(connection.attempt(id, includesTimeline: includesTimeline))
                .object("action_attempt")
        }

        /// The attempts that fit everything given, the latest first.
        ///
        /// - Parameters:
        ///   - ids: Only these; nil: any. None at all if empty.
        ///   - deviceID: Only those on this device.
        ///   - pageSize: How many are fetched at once; nil: what the server thinks fit.
        /// - Returns: The attempts, fetched as they are walked through.
        public func list(
            ids: [String]? = nil,
            deviceID: String? = nil,
            pageSize: Int? = nil
        ) -> PagedList<ActionAttempt> {
            var query = Query()
            query["action_attempt_ids"] = ids.map(Query.Value.list)
            query["device_id"] = deviceID.map(Query.Value.text)
            return connection.list("/action_attempts/list", key: "action_attempts", query, pageSize: pageSize)
        }

        /// Takes back an attempt that has not been sent.
        ///
        /// - Returns: The attempt as it ended.
        /// - Throws: ``APIError`` `action_attempt_already_sent` or `action_attempt_already_resolved` if it is too late,
        ///   or what any request throws.
        @discardableResult
        public func cancel(_ id: String) async throws -> ActionAttempt {
            let request = APIRequest.act(
                "/action_attempts/cancel",
                ["action_attempt_id": .string(id)],
                idempotencyKey: connection.surroundings.uniqueText()
            )
            return try await connection.send(request).object("action_attempt")
        }

        /// Waits for the outcome of an attempt.
        ///
        /// - Parameters:
        ///   - attempt: The attempt as it was last seen.
        ///   - patience: How long to wait; nil: as long as the configuration says.
        /// - Returns: The success.
        /// - Throws: ``ActionFailed`` if it failed, ``ActionNotResolved`` if that is not known in time, or what any
        ///   request throws.
        @discardableResult
        public func outcome(of attempt: ActionAttempt, patience: Duration? = nil) async throws -> ActionSuccess {
            let patience = patience ?? connection.configuration.patience
            let wait = AttemptWait(
                from: connection.clock.now,
                patience: patience,
                longestHold: connection.configuration.longestHold
            )
            // As if the server had held the answer: so it is asked at once, and from then on knows that somebody waits.
            return try await connection.outcome(of: attempt, wasHeld: true, wait, patience: patience)
        }
    }
}
