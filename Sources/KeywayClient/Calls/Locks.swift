extension KeywayClient {
    /// The locks, and what can be done with them.
    public struct Locks: Sendable {
        let connection: ServerConnection

        /// The locks that fit everything given, the oldest first.
        ///
        /// - Parameters:
        ///   - deviceType: Only this kind, such as `august_lock`; nil: any.
        ///   - manufacturer: Only this maker's, such as `august`; nil: any.
        ///   - connectedAccountID: Only those of this connected account; nil: any.
        /// - Returns: The locks.
        /// - Throws: ``APIError`` `too_many_results` where only ``Devices/list(_:pageSize:)`` can show them all, or what
        ///   any request throws.
        public func list(
            deviceType: String? = nil,
            manufacturer: String? = nil,
            connectedAccountID: String? = nil
        ) async throws -> [Device] {
            let filter = DeviceFilter(
                deviceType: deviceType,
                manufacturer: manufacturer,
                connectedAccountID: connectedAccountID
            )
            return try await connection.send(.read("/locks/list", filter.query)).objects("devices")
        }

        /// The lock with an identity.
        ///
        /// - Throws: ``APIError`` `device_not_found`, or what any request throws.
        public func get(_ id: String) async throws -> Device {
            var query = Query()
            query["device_id"] = .text(id)
            return try await connection.send(.read("/locks/get", query)).object("device")
        }

        /// The lock with a name; if there are several, the oldest.
        ///
        /// - Throws: ``APIError`` `device_not_found`, or what any request throws.
        public func get(named name: String) async throws -> Device {
            var query = Query()
            query["name"] = .text(name)
            return try await connection.send(.read("/locks/get", query)).object("device")
        }

        /// Locks a door and returns when it has answered.
        ///
        /// - Parameters:
        ///   - id: The identity of the lock.
        ///   - options: How it is to be done.
        /// - Returns: The success; that the door is locked now is certain only if the device confirmed it.
        /// - Throws: ``ActionFailed`` if the door was not locked, ``ActionNotResolved`` if that is not known in time, or
        ///   what any request throws.
        @discardableResult
        public func lockDoor(_ id: String, _ options: ActionOptions = ActionOptions()) async throws -> ActionSuccess {
            try await perform("/locks/lock_door", id, options)
        }

        /// Unlocks a door and returns when it has answered.
        ///
        /// - Parameters:
        ///   - id: The identity of the lock.
        ///   - options: How it is to be done.
        /// - Returns: The success; that the door is unlocked now is certain only if the device confirmed it.
        /// - Throws: ``ActionFailed`` if the door was not unlocked, ``ActionNotResolved`` if that is not known in time,
        ///   or what any request throws.
        @discardableResult
        public func unlockDoor(_ id: String, _ options: ActionOptions = ActionOptions()) async throws -> ActionSuccess {
            try await perform("/locks/unlock_door", id, options)
        }

        /// Asks for a door to be locked and returns when that is accepted, without waiting for the outcome.
        ///
        /// - Parameters:
        ///   - id: The identity of the lock.
        ///   - options: How it is to be done; its patience is how long the client tries to have it accepted.
        /// - Returns: The attempt, pending as a rule; see ``ActionAttempts/outcome(of:patience:)``.
        /// - Throws: What any request throws.
        public func requestLockDoor(
            _ id: String,
            _ options: ActionOptions = ActionOptions()
        ) async throws -> ActionAttempt {
            try await request("/locks/lock_door", id, options, wait(options), hold: nil).object("action_attempt")
        }

        /// Asks for a door to be unlocked and returns when that is accepted, without waiting for the outcome.
        ///
        /// - Parameters:
        ///   - id: The identity of the lock.
        ///   - options: How it is to be done; its patience is how long the client tries to have it accepted.
        /// - Returns: The attempt, pending as a rule; see ``ActionAttempts/outcome(of:patience:)``.
        /// - Throws: What any request throws.
        public func requestUnlockDoor(
            _ id: String,
            _ options: ActionOptions = ActionOptions()
        ) async throws -> ActionAttempt {
            try await request("/locks/unlock_door", id, options, wait(options), hold: nil).object("action_attempt")
        }

        private func perform(_ path: String, _ id: String, _ options: ActionOptions) async throws -> ActionSuccess {
            let wait = wait(options)
            let answer = try await request(path, id, options, wait, hold: wait.hold(at: connection.clock.now))
            return try await connection.outcome(
                of: try answer.object("action_attempt"),
                wasHeld: answer.wasHeld,
                wait,
                patience: patience(options)
            )
        }

        private func request(
            _ path: String,
            _ id: String,
            _ options: ActionOptions,
            _ wait: AttemptWait,
            hold: Int?
        ) async throws -> Answer {
            var parameters: [String: JSONValue] = ["device_id": .string(id)]
            parameters["deadline_seconds"] = options.deadline.map { .number($0 / .seconds(1)) }
            parameters["overlap"] = options.overlap.map { .string($0.rawValue) }
            parameters["when_offline"] = options.whenOffline.map { .string($0.rawValue) }
            let key = options.idempotencyKey ?? connection.surroundings.uniqueText()
            var request = APIRequest.act(path, parameters, idempotencyKey: key)
            request.hold = hold
            // Nobody wants a door moved that was asked for long ago: a request that the server may not have had is not
            // sent again after its own deadline, nor when nobody waits any more.
            let now = connection.clock.now
            let end = min(wait.end, now + (options.deadline ?? .seconds(86400)))
            return try await connection.send(request, until: end, patienceUntil: wait.end)
        }

        private func patience(_ options: ActionOptions) -> Duration {
            options.patience
                ?? max(connection.configuration.patience, (options.deadline ?? .zero) + .seconds(10))
        }

        private func wait(_ options: ActionOptions) -> AttemptWait {
            AttemptWait(
                from: connection.clock.now,
                patience: patience(options),
                longestHold: connection.configuration.longestHold
            )
        }
    }
}
