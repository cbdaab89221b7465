import KeywayModel

/// What the store does, by hand and at its simplest: every text is made before, every statement is kept, and a number of
/// commits share a transaction.
enum HandWrittenStore {
    /// One statement with its values.
    private struct Step {
        let statement: Statement
        let values: [Value]
    }

    static func measure(_ traffic: Traffic, database path: String, batch: Int) throws -> [String: Double] {
        let database = try Database(path: path)
        let statements = try Statements(database)
        // In the order in which the lanes take turns, as in the store's queue.
        var commits: [[Step]] = []
        var sequence: Int64 = 0
        for round in 0..<(traffic.commits.map(\.count).max() ?? 0) {
            for lane in traffic.commits where round < lane.count {
                commits.append(try statements.steps(of: lane[round], sequence: &sequence))
            }
        }
        let workspace = Value(traffic.workspace.id.description)
        let start = Clocks.nanoseconds()
        var transactions = 0
        for first in stride(from: 0, to: commits.count, by: batch) {
            try database.execute("BEGIN IMMEDIATE")
            for commit in commits[first..<min(first + batch, commits.count)] {
                for step in commit { try step.statement.run(step.values) }
            }
            try statements.lastEvent.run([.integer(Int64(first)), .integer(Int64(first)), workspace])
            try database.execute("COMMIT")
            transactions += 1
        }
        let seconds = Double(Clocks.nanoseconds() - start) / 1e9
        return [
            "attempts_per_second": Double(commits.count) / 2 / seconds,
            "commits_per_transaction": Double(batch),
            "transactions_per_second": Double(transactions) / seconds,
        ]
    }

    /// How long acceptances take, each in a transaction of its own at a rate.
    ///
    /// Each resolution follows at once and does not count. Nor does a first span of the same length, in which the log
    /// becomes what it is on any day.
    static func acceptances(
        of traffic: Traffic,
        database path: String,
        rate: Int,
        seconds: Int
    ) async throws -> Latencies {
        let database = try Database(path: path)
        let statements = try Statements(database)
        var sequence: Int64 = 0
        var latencies = Latencies()
        for tick in Ticks(perSecond: rate, seconds: 2 * seconds) {
            let lane = traffic.commits[tick.number % traffic.commits.count]
            let first = tick.number / traffic.commits.count * 2
            let acceptance = try statements.steps(of: lane[first], sequence: &sequence)
            let resolution = try statements.steps(of: lane[first + 1], sequence: &sequence)
            try await tick.wait()
            let start = Clocks.nanoseconds()
            try commit(acceptance, database)
            if tick.number >= rate * seconds { latencies.add(Clocks.nanoseconds() - start) }
            try commit(resolution, database)
        }
        return latencies
    }

    private static func commit(_ steps: [Step], _ database: Database) throws {
        try database.execute("BEGIN IMMEDIATE")
        for step in steps { try step.statement.run(step.values) }
        try database.execute("COMMIT")
    }

    /// The statements of the store, for the changes that unlocking a door makes.
    private struct Statements {
        let accept: Statement
        let resolve: Statement
        let state: Statement
        let event: Statement
        let lastEvent: Statement

        init(_ database: Database) throws {
            accept = try database.statement(
                """
                INSERT INTO action_attempts (action_attempt_id, workspace_id, device_id, action_type, requested_by, created_at,
                    deadline_at, dispatched_at, status, timeline)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            )
            resolve = try database.statement(
                """
                UPDATE action_attempts SET dispatched_at = ?, acknowledged_at = ?, resolved_at = ?, status = ?,
                    was_confirmed = ?, timeline = ?
                WHERE action_attempt_id = ? AND workspace_id = ? AND status = 'pending'
                """
            )
            state = try database.statement(
                """
                UPDATE device_states SET is_online = ?, online_changed_at = ?, reported_bolt = ?, reported_at = ?,
                    is_assumed = ?, wanted_bolt = ?, moving_bolt = ?, battery_level = ?, is_battery_low = ?,
                    is_door_open = ?, bolt_claimed_at = ?, online_claimed_at = ?, battery_claimed_at = ?
                WHERE workspace_id = ? AND device_id = ?
                """
            )
            event = try database.statement(
                """
                INSERT INTO events (workspace_id, sequence, event_id, event_type, written_at, connected_account_id, device_id,
                    action_attempt_id, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            )
            lastEvent = try database.statement(
                "UPDATE workspaces SET last_event_sequence = ?, last_event_written_at = ? WHERE workspace_id = ?"
            )
        }

        func steps(of commit: LaneCommit, sequence: inout Int64) throws -> [Step] {
            var steps: [Step] = []
            if let state = commit.state { steps.append(Step(statement: self.state, values: values(state, commit))) }
            for change in commit.changes {
                switch change {
                case .accept(let attempt, _): steps.append(Step(statement: accept, values: try acceptance(attempt)))
                case .resolve(let attempt, let events):
                    steps.append(Step(statement: resolve, values: try resolution(attempt)))
                    for event in events {
                        sequence += 1
                        steps.append(Step(statement: self.event, values: try values(event, sequence)))
                    }
                default: throw Database.Failure(description: "unlocking a door made a change of another kind")
                }
            }
            return steps
        }

        private func acceptance(_ attempt: ActionAttempt) throws -> [Value] {
            [
                Value(attempt.id.description), Value(attempt.workspaceID.description),
                Value(attempt.deviceID?.description), Value(attempt.actionType.rawValue),
                Value(attempt.requestedBy.description), Value(attempt.createdAt), Value(attempt.deadlineAt),
                Value(attempt.dispatchedAt), Value(attempt.status.rawValue),
                Value(try JSONWriter.text(of: attempt.timeline)),
            ]
        }

        private func resolution(_ attempt: ActionAttempt) throws -> [Value] {
            [
                Value(attempt.dispatchedAt), Value(attempt.acknowledgedAt), Value(attempt.resolvedAt),
                Value(attempt.status.rawValue), Value(true), Value(try JSONWriter.text(of: attempt.timeline)),
                Value(attempt.id.description), Value(attempt.workspaceID.description),
            ]
        }

        private func values(_ state: DeviceState, _ commit: LaneCommit) -> [Value] {
            [
                Value(state.isOnline), Value(state.onlineChangedAt), Value(state.reportedBolt.rawValue),
                Value(state.reportedAt), Value(state.isAssumed), Value(state.wantedBolt?.rawValue),
                Value(state.movingBolt?.rawValue), Value(state.batteryLevel), Value(state.isBatteryLow),
                Value(state.isDoorOpen), Value(state.boltClaimedAt), Value(state.onlineClaimedAt),
                Value(state.batteryClaimedAt), Value(commit.workspaceID.description),
                Value(commit.deviceID.description),
            ]
        }

        private func values(_ event: Event, _ sequence: Int64) throws -> [Value] {
            [
                Value(event.workspaceID.description), .integer(sequence), Value(event.id.description),
                Value(event.type.rawValue), Value(event.createdAt), Value(event.connectedAccountID?.description),
                Value(event.deviceID?.description), Value(event.actionAttemptID?.description),
                Value(try JSONWriter.text(of: event)),
            ]
        }
    }
}
