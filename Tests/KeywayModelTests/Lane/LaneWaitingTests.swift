import KeywayModel
import KeywayTestKit
import Testing

@Suite("A lane and attempts that wait for an offline device")
struct LaneWaitingTests {
    private func offline() -> LaneHarness {
        var lane = LaneHarness()
        _ = lane.report(.online(false))
        _ = lane.feed(.committed)
        return lane
    }

    private func patient(_ number: UInt64) -> ActionAttempt {
        Samples.attempt(number, .unlockDoor, .waitWhileOffline)
    }

    @Test("such an attempt is sent when the device comes back")
    func waits() {
        var lane = offline()
        _ = lane.request(patient(1))
        #expect(lane.feed(.committed).commit == nil)
        #expect(lane.lane.length == 1)
        #expect(lane.report(.online(true)).commit?.dispatched == [Samples.id(1)])
        #expect(lane.feed(.committed).sent == [Samples.id(1)])
    }

    @Test("G3 it ends at its deadline as never sent, and is not sent when the device comes back after that")
    func expires() throws {
        var lane = offline()
        _ = lane.request(patient(1), after: .seconds(10))
        _ = lane.feed(.committed)
        let resolved = try #require(lane.pass(.seconds(10)).commit?.resolved.first)
        #expect(resolved.outcome == .failure(.actionAttemptExpired))
        #expect(resolved.dispatchedAt == nil)
        _ = lane.feed(.committed)
        #expect(lane.report(.online(true)).commit?.dispatched == [])
        #expect(lane.feed(.committed).sent.isEmpty)
    }

    @Test("G5 those behind it keep their place, but who does not want to wait fails at once")
    func order() throws {
        var lane = offline()
        _ = lane.request(patient(1))
        _ = lane.feed(.committed)
        _ = lane.request(Samples.attempt(2))
        let resolved = try #require(lane.feed(.committed).commit?.resolved.first)
        #expect(resolved.id == Samples.id(2))
        #expect(resolved.outcome == .failure(.deviceOffline))
        _ = lane.feed(.committed)
        _ = lane.request(patient(3))
        _ = lane.feed(.committed)
        #expect(lane.report(.online(true)).commit?.dispatched == [Samples.id(1)])
        #expect(lane.feed(.committed).sent == [Samples.id(1)])
        #expect(lane.lane.length == 2)
    }

    @Test("it can be cancelled while it waits")
    func cancelled() throws {
        var lane = offline()
        _ = lane.request(patient(1))
        _ = lane.feed(.committed)
        let resolved = try #require(lane.feed(.cancel(Samples.id(1))).commit?.resolved.first)
        #expect(resolved.outcome == .failure(.cancelled))
    }

    @Test("a device that goes offline between the dispatch mark and the sending is waited for by its driver")
    func goesOffline() {
        var lane = LaneHarness()
        _ = lane.request(patient(1))
        _ = lane.feedWithoutLeaving(
            .reported(DeviceReport(deviceID: lane.lane.device.id, content: .online(false)), token: nil)
        )
        #expect(lane.feed(.committed).sent == [Samples.id(1)])
        #expect(lane.lane.progress(of: Samples.id(1)) == .sent)
    }

    @Test("it waits for a device that was offline before a restart, too")
    func recovers() {
        var device = Samples.lock()
        device.state.isOnline = false
        var lane = LaneHarness(recovering: [patient(1)], device: device)
        #expect(lane.feed(.woken).isEmpty)
        #expect(lane.report(.online(true)).commit?.dispatched == [Samples.id(1)])
    }

    @Test("waiting is for reachability alone: a device that takes no commands fails it")
    func refused() throws {
        var lane = LaneHarness()
        _ = lane.report(.subscription(isExpired: true))
        _ = lane.feed(.committed)
        _ = lane.request(patient(1))
        let resolved = try #require(lane.feed(.committed).commit?.resolved.first)
        #expect(resolved.outcome == .failure(.remoteControlDisabled))
    }
}
