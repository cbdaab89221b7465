import GRDB
import KeywayModel
import KeywayStore

/// An attempt on its way into the database: what takes time is done before it gets in line.
struct ActionAttemptRow: Sendable {
    private let attempt: ActionAttempt
    private let timeline: String
    /// NULL for none, as almost every attempt has.
    private let parameters: String?

    /// Prepares an attempt.
    init(_ attempt: ActionAttempt) throws(StoreError) {
        self.attempt = attempt
        timeline = try JSONText.encode(attempt.timeline)
        parameters = attempt.parameters == .none ? nil : try JSONText.encode(attempt.parameters)
    }

    /// The columns that ``read(_:)`` takes, in its order.
    static let columns = """
        action_attempt_id, workspace_id, device_id, action_type, parameters, requested_by, created_at, deadline_at, \
        dispatched_at, acknowledged_at, resolved_at, status, was_confirmed, error_type, error_message, timeline
        """

    /// Reads an attempt.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> ActionAttempt {
        try RowReader.read(row, of: "action_attempts") { columns in
            ActionAttempt(
                id: try columns.take(),
                workspaceID: try columns.take(),
                deviceID: try columns.take(),
                actionType: try columns.take(),
                parameters: try columns.takeJSON(ifNull: .none),
                requestedBy: try columns.take(),
                createdAt: try columns.take(),
                deadlineAt: try columns.take(),
                dispatchedAt: try columns.take(),
                acknowledgedAt: try columns.take(),
                resolvedAt: try columns.take(),
                outcome: try readOutcome(&columns),
                timeline: try columns.takeJSON()
            )
        }
    }

    private static func readOutcome(_ columns: inout RowReader) throws -> Outcome? {
        let status = try columns.take(ActionAttempt.Status.self)
        let wasConfirmed = try columns.take(Bool?.self)
        let cause = try columns.take(FailureCause?.self)
        let message = try columns.take(String?.self)
        return switch status {
        case .pending: nil
        case .success: .success(wasConfirmedByDevice: wasConfirmed)
        case .error: .failure(cause ?? .uncategorizedError, message)
        }
    }

    /// Inserts the attempt, unless its id is there already.
    func insert(_ db: Database) throws {
        let outcome = OutcomeColumns(attempt.outcome)
        try db.cachedStatement(
            sql: """
                INSERT INTO action_attempts (\(Self.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (action_attempt_id) DO NOTHING
                """
        )
        .execute(
            arguments: [
                attempt.id, attempt.workspaceID, attempt.deviceID, attempt.actionType, parameters, attempt.requestedBy,
                attempt.createdAt, attempt.deadlineAt, attempt.dispatchedAt, attempt.acknowledgedAt,
                attempt.resolvedAt, attempt.status, outcome.wasConfirmed, outcome.cause, outcome.message, timeline,
            ]
        )
    }

    /// Gives the attempt in the database its outcome, if it is still pending.
    ///
    /// - Returns: Whether it was.
    func resolve(_ db: Database) throws -> Bool {
        let outcome = OutcomeColumns(attempt.outcome)
        try db.cachedStatement(
            sql: """
                UPDATE action_attempts
                SET dispatched_at = ?, acknowledged_at = ?, resolved_at = ?, status = ?, was_confirmed = ?,
                    error_type = ?, error_message = ?, timeline = ?
                WHERE action_attempt_id = ? AND workspace_id = ? AND status = 'pending'
                """
        )
        .execute(
            arguments: [
                attempt.dispatchedAt, attempt.acknowledgedAt, attempt.resolvedAt, attempt.status,
                outcome.wasConfirmed, outcome.cause, outcome.message, timeline, attempt.id, attempt.workspaceID,
            ]
        )
        return db.changesCount == 1
    }

    /// The columns of an outcome but the status.
    private struct OutcomeColumns {
        var wasConfirmed: Bool?
        var cause: FailureCause?
        var message: String?

        init(_ outcome: Outcome?) {
            switch outcome {
            case nil: break
            case .success(let result): wasConfirmed = result.wasConfirmedByDevice
            case .failure(let failure):
                cause = failure.cause
                message = failure.message
            }
        }
    }
}
