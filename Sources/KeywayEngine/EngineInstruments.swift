import KeywayModel
import Metrics

/// What the engine measures; made once, as looking a metric up costs more than moving it.
struct EngineInstruments: Sendable {
    /// How many attempts have no outcome yet.
    private let unresolved: Meter
    private let laneDepth: Recorder
    private let stages: [StageClock.Stage: Timer]
    private let resolutions: [ActionType: Resolutions]

    /// How many attempts of one type were resolved, by their outcome.
    private struct Resolutions: Sendable {
        let successes: Counter
        let failures: [FailureCause: Counter]
    }

    /// Makes instruments that say to a factory what they measure.
    init(_ metrics: any MetricsFactory) {
        unresolved = Meter(label: "keyway_action_attempts_unresolved", factory: metrics)
        laneDepth = Recorder(label: "keyway_lane_depth", aggregate: true, factory: metrics)
        stages = StageClock.Stage.allCases.keyed { stage in
            Timer(
                label: "keyway_action_attempt_stage_seconds",
                dimensions: [("stage", stage.rawValue)],
                factory: metrics
            )
        }
        resolutions = ActionType.allCases.keyed { actionType in
            func counter(_ outcome: String) -> Counter {
                Counter(
                    label: "keyway_action_attempts_total",
                    dimensions: [("action_type", actionType.rawValue), ("outcome", outcome)],
                    factory: metrics
                )
            }
            return Resolutions(
                successes: counter("success"),
                failures: FailureCause.allCases.keyed { counter($0.rawValue) }
            )
        }
    }

    /// Takes that an attempt was accepted in a lane that now has so many unresolved ones.
    func accepted(laneDepth depth: Int) {
        laneDepth.record(depth)
    }

    /// Takes by how much the number of unresolved attempts has changed.
    func changeUnresolved(by difference: Int) {
        unresolved.increment(by: Double(difference))
    }

    /// Takes how long a stage of an attempt took; nil if that is not known.
    func ended(_ lap: StageClock.Lap?) {
        guard let lap else { return }
        stages[lap.stage]?.record(duration: lap.time)
    }

    /// Takes that an attempt's outcome is durable.
    func resolved(_ attempt: ActionAttempt) {
        switch attempt.outcome {
        case .success?: resolutions[attempt.actionType]?.successes.increment()
        case .failure(let failure)?: resolutions[attempt.actionType]?.failures[failure.cause]?.increment()
        case nil: break
        }
    }
}

extension Sequence where Element: Hashable {
    /// A value for each element.
    fileprivate func keyed<Value>(_ value: (Element) -> Value) -> [Element: Value] {
        Dictionary(uniqueKeysWithValues: map { ($0, value($0)) })
    }
}
