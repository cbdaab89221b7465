package import KeywayDriver
package import KeywayModel
import Synchronization

/// A driver that does what a test says, and shows each command it is given.
package final class ScriptedDriver: DeviceDriver {
    private struct State {
        var answer: CommandAnswer
        var bolt: BoltState?
        var sink: (any ReportSink)?
    }

    /// The provider it was made for.
    package let provider: Provider
    /// The commands it was given, in order; a test awaits the next one.
    package let commands: AsyncStream<Command>

    private let continuation: AsyncStream<Command>.Continuation
    private let state: Mutex<State>
    private let reportsAtOnce: Bool

    /// Makes a driver.
    ///
    /// - Parameters:
    ///   - provider: The provider it speaks to.
    ///   - answer: What it says to each command, until told otherwise.
    ///   - reportsAtOnce: Whether each command is followed by a report of the wanted state.
    package init(
        provider: Provider = .sandbox,
        answering answer: CommandAnswer = .acknowledged,
        reportsAtOnce: Bool = false
    ) {
        self.provider = provider
        self.reportsAtOnce = reportsAtOnce
        state = Mutex(State(answer: answer))
        (commands, continuation) = AsyncStream.makeStream()
    }

    /// What it says to the commands from now on.
    package func answer(_ answer: CommandAnswer) {
        state.withLock { $0.answer = answer }
    }

    /// What it reads from now on; nil: the device does not answer.
    package func read(_ bolt: BoltState?) {
        state.withLock { $0.bolt = bolt }
    }

    /// Keeps the sink, and returns when cancelled.
    package func run(reportingTo sink: any ReportSink) async throws {
        state.withLock { $0.sink = sink }
        let (never, _) = AsyncStream<Never>.makeStream()
        for await _ in never {}
    }

    /// Shows the command to the test and answers as told; an action that is not about the bolt is done at once.
    package func perform(_ command: Command, on device: Device) async -> CommandAnswer {
        continuation.yield(command)
        let (answer, sink) = state.withLock { ($0.answer, $0.sink) }
        guard let wanted = command.actionType.wantedState else { return .completed }
        if reportsAtOnce, let sink {
            let report = DeviceReport(
                deviceID: device.id,
                content: .bolt(wanted),
                attemptID: command.attemptID
            )
            try? await sink.deliver(report)
        }
        return answer
    }

    /// Reads what it was told.
    package func readBolt(of device: Device) async -> BoltState? {
        state.withLock { $0.bolt }
    }
}
