import KeywayModel

extension MetricDescription {
    /// Everything that Keyway measures.
    ///
    /// The rooms name these when they measure; a name or a label value that is not here stops the program, so what is
    /// served is this and nothing else. docs/metrics.md explains each to an operator.
    package static let all: [MetricDescription] = [
        MetricDescription(
            "keyway_action_attempts_total",
            "Action attempts that were resolved, durably, since the server started.",
            .counter,
            labels: [
                Label("action_type", ActionType.allCases.map(\.rawValue)),
                Label("outcome", ["success"] + FailureCause.allCases.map(\.rawValue)),
            ]
        ),
        MetricDescription(
            "keyway_action_attempts_unresolved",
            "Action attempts that wait for their outcome.",
            .gauge
        ),
        MetricDescription(
            "keyway_action_attempt_stage_seconds",
            "How long action attempts took to be accepted durably (accept), to wait for their turn (queue), to be carried "
                + "out (device), and to have their outcome made durable (resolve).",
            .histogram(upTo: latencies),
            labels: [Label("stage", ["accept", "queue", "device", "resolve"])]
        ),
        MetricDescription(
            "keyway_lane_depth",
            "How many unresolved attempts the device had when an attempt was accepted, that one included.",
            .histogram(upTo: [1, 2, 4, 8, 16, 32, 64, 128])
        ),
        MetricDescription(
            "keyway_store_commit_writes",
            "How many writes shared a transaction.",
            .histogram(upTo: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
        ),
        MetricDescription(
            "keyway_store_commit_seconds",
            "How long a transaction took, from its beginning until it was durable.",
            .histogram(upTo: [0.0001, 0.00025] + latencies.filter { $0 <= 10 })
        ),
        MetricDescription(
            "keyway_store_commit_failures_total",
            "Transactions that failed as a whole.",
            .counter
        ),
        MetricDescription(
            "keyway_webhook_lag_seconds",
            "How long after its event a webhook delivery was taken; without those that were tried and asked for again.",
            .histogram(upTo: latencies.filter { $0 >= 0.005 } + [1800, 7200, 36_000, 86_400])
        ),
        MetricDescription(
            "keyway_webhook_tries_total",
            "Tries to deliver an event to a webhook, by what they led to: it was taken, is tried again (retried), or is "
                + "not (failed, or abandoned as the webhook is disabled or gone).",
            .counter,
            labels: [Label("result", ["taken", "retried", "failed", "abandoned"])]
        ),
        MetricDescription("keyway_event_streams_open", "Event streams that are open.", .gauge),
        MetricDescription(
            "keyway_connected_accounts",
            "Connected accounts that are served, by whether their provider can be reached.",
            .gauge,
            labels: [
                Label("provider", [Provider.deviceCloud, .mqtt].map(\.rawValue)),
                Label("state", ["connected", "disconnected"]),
            ]
        ),
    ]

    /// Bounds for how long things take, in seconds: from a write to a fast disk to the longest usual deadline.
    private static let latencies = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]
}
