import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit

/// The instant so many milliseconds after the start of a manual clock.
func at(_ milliseconds: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
}

/// A command to lock 1 for attempt `number`, with a deadline in milliseconds after the start.
func command(
    _ number: UInt64 = 1,
    _ actionType: ActionType = .unlockDoor,
    _ parameters: ActionParameters = .none,
    on device: Device = Samples.lock(),
    deadline: Int64 = 30000
) -> Command {
    Command(
        attemptID: Samples.id(number),
        deviceID: device.id,
        actionType: actionType,
        parameters: parameters,
        deadline: at(deadline),
        deadlineAt: Samples.start + .milliseconds(deadline)
    )
}

/// A behaviour that takes 200 ms.
func behavior(
    _ reaction: LockBehavior.Reaction,
    latency: ClosedRange<Int> = 200...200,
    autoRelock: Int? = nil
) -> LockBehavior {
    LockBehavior(reaction: reaction, latencyMilliseconds: latency, autoRelockMilliseconds: autoRelock)
}

/// What a lock says because of a command.
func report(_ content: DeviceReport.Content, of attempt: UInt64 = 1, on device: Device = Samples.lock())
    -> DeviceReport
{
    let isAboutBolt = if case .bolt = content { true } else { false }
    return DeviceReport(
        deviceID: device.id,
        content: content,
        method: isAboutBolt ? .remote : nil,
        attemptID: Samples.id(attempt)
    )
}

/// What a lock says by itself.
func ownReport(
    _ content: DeviceReport.Content,
    method: LockMethod? = nil,
    code: String? = nil,
    on device: Device = Samples.lock()
) -> DeviceReport {
    DeviceReport(deviceID: device.id, content: content, method: method, code: code)
}

/// Lock 1 without anything around it, locked and reached unless the state says otherwise.
func virtualLock(
    _ behavior: LockBehavior,
    state: DeviceState = DeviceState(reportedBolt: .locked)
) -> VirtualLock {
    VirtualLock(deviceID: Samples.lock().id, state: state, behavior: behavior)
}

/// A generator whose numbers are 0, 1, 2 … times a large step, so that draws differ and repeat on every run.
struct SteppingGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return state
    }
}
