import KeywayModel
import KeywayTestKit
import Testing

@Suite("A lane and what a device says beside its bolt")
struct LanePresenceTests {
    private func events(_ lane: inout LaneHarness, _ content: DeviceReport.Content) -> [EventType] {
        let commit = lane.report(content).commit
        if commit != nil { _ = lane.feed(.committed) }
        return commit?.events.map(\.type) ?? []
    }

    @Test("a bridge that is down is told as such, and commands fail for it")
    func bridge() throws {
        var lane = LaneHarness()
        let event = try #require(lane.report(.bridgeOffline).commit?.events.first)
        guard case .disconnection(let cause, let health) = event.details else {
            Issue.record("no disconnection")
            return
        }
        #expect(cause == .hub)
        #expect(health.deviceErrors.map(\.errorCode) == ["hub_disconnected"])
        _ = lane.feed(.committed)
        _ = lane.request(Samples.attempt(1))
        let resolved = try #require(lane.feed(.committed).commit?.resolved.first)
        #expect(resolved.outcome == .failure(.deviceDisconnected))
        _ = lane.feed(.committed)
        #expect(events(&lane, .online(true)) == [.deviceConnected])
        #expect(lane.lane.device.state.offlineCause == nil)
    }

    @Test("what keeps an unreachable device from being reached may change without another event")
    func changingCause() {
        var lane = LaneHarness()
        #expect(events(&lane, .online(false)) == [.deviceDisconnected])
        #expect(events(&lane, .bridgeOffline).isEmpty)
        #expect(lane.lane.device.healthIssues.map(\.errorCode) == ["hub_disconnected"])
        #expect(events(&lane, .online(false)).isEmpty)
        #expect(lane.lane.device.healthIssues.map(\.errorCode) == ["device_offline"])
    }

    @Test("a removed device comes back only by being added")
    func removal() throws {
        var lane = LaneHarness()
        #expect(events(&lane, .added).isEmpty)
        #expect(events(&lane, .removed) == [.deviceRemoved])
        #expect(lane.lane.device.healthIssues.map(\.errorCode) == ["device_removed"])
        for content in [DeviceReport.Content.removed, .online(true), .online(false), .bridgeOffline] {
            #expect(events(&lane, content).isEmpty)
            #expect(lane.lane.device.state.offlineCause == .removed)
        }
        _ = lane.request(Samples.attempt(1))
        let resolved = try #require(lane.feed(.committed).commit?.resolved.first)
        #expect(resolved.outcome == .failure(.deviceDisconnected))
        _ = lane.feed(.committed)
        #expect(events(&lane, .added) == [.deviceAdded])
        #expect(lane.lane.device.state.isOnline)
        #expect(lane.lane.device.healthIssues.isEmpty)
    }

    @Test("a device that was offline and is removed is told as removed")
    func removalWhileOffline() {
        var lane = LaneHarness()
        #expect(events(&lane, .online(false)) == [.deviceDisconnected])
        #expect(events(&lane, .removed) == [.deviceRemoved])
        #expect(events(&lane, .added) == [.deviceAdded])
    }

    @Test("a low battery is told once, until it was charged or changed")
    func battery() throws {
        var lane = LaneHarness()
        #expect(events(&lane, .battery(0.25)).isEmpty)
        let low = try #require(lane.report(.battery(0.24)).commit?.events.first)
        #expect(low.type == .deviceLowBattery)
        #expect(low.details == .battery(level: 0.24))
        _ = lane.feed(.committed)
        #expect(events(&lane, .battery(0.1)).isEmpty)
        #expect(events(&lane, .battery(0.49)).isEmpty)
        #expect(events(&lane, .batteryLow(0.2)).isEmpty)
        #expect(events(&lane, .battery(0.5)).isEmpty)
        // The device may have a higher mark of its own.
        #expect(events(&lane, .batteryLow(0.3)) == [.deviceLowBattery])
        #expect(events(&lane, .battery(0.3)).isEmpty)
        #expect(lane.lane.device.state.batteryLevel == 0.3)
    }

    @Test("a warning is there from its first report to its end")
    func warning() {
        var lane = LaneHarness()
        let code = DeviceWarning.Code.timeWrong
        #expect(events(&lane, .warning(code, isPresent: true)).isEmpty)
        #expect(lane.lane.device.state.warnings == [DeviceWarning(code, createdAt: Samples.start)])
        lane.clock.advance(by: .seconds(5))
        #expect(lane.report(.warning(code, isPresent: true)).isEmpty)
        #expect(lane.lane.device.state.warnings == [DeviceWarning(code, createdAt: Samples.start)])
        #expect(lane.report(.warning(code, isPresent: false)).commit?.state?.warnings.isEmpty == true)
    }
}
