import KeywayDriver
package import KeywayModel
import Synchronization

/// A sink that keeps every report it takes, and can be told to fail or to keep a device waiting.
package final class CollectingSink: ReportSink {
    /// What it throws when told to fail.
    package struct Failure: Error {
        /// Makes a failure.
        package init() {}
    }

    private struct State {
        var reports: [DeviceReport] = []
        var devices: [Device] = []
        var tries = 0
        /// Whether each of the next tries succeeds; all do once this is empty.
        var script: [Bool] = []
        var blocked: Set<Identifier<Device>> = []
        var deliveries: [(deviceID: Identifier<Device>, continuation: CheckedContinuation<Void, Never>)] = []
        var readers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var watchers: [(deviceID: Identifier<Device>, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Makes a sink that takes everything.
    package init() {}

    /// Everything it took, in order.
    package var reports: [DeviceReport] { state.withLock { $0.reports } }

    /// The devices it was shown, in order.
    package var devices: [Device] { state.withLock { $0.devices } }

    /// How often a report was brought, failures included.
    package var tries: Int { state.withLock { $0.tries } }

    /// Makes so many tries fail with ``Failure``, after those already spoken of.
    package func fail(next count: Int) {
        state.withLock { $0.script += Array(repeating: false, count: count) }
    }

    /// Lets so many tries succeed, after those already spoken of.
    package func succeed(next count: Int) {
        state.withLock { $0.script += Array(repeating: true, count: count) }
    }

    /// Keeps a device's reports waiting until it is released.
    package func block(_ deviceID: Identifier<Device>) {
        state.withLock { _ = $0.blocked.insert(deviceID) }
    }

    /// Takes the reports of a blocked device again.
    package func release(_ deviceID: Identifier<Device>) {
        let released = state.withLock { state in
            state.blocked.remove(deviceID)
            let released = state.deliveries.filter { $0.deviceID == deviceID }
            state.deliveries.removeAll { $0.deviceID == deviceID }
            return released
        }
        for delivery in released { delivery.continuation.resume() }
    }

    /// Returns once a report of a blocked device waits.
    package func waitForBlocked(_ deviceID: Identifier<Device>) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.deliveries.contains(where: { $0.deviceID == deviceID }) { return true }
                state.watchers.append((deviceID, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Returns once it has taken so many reports; all of them, should there be more.
    package func reports(count: Int) async -> [DeviceReport] {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.reports.count >= count { return true }
                state.readers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return reports
    }

    /// Takes a device.
    ///
    /// - Throws: ``Failure`` as often as ``fail(next:)`` said, reports counted.
    package func discovered(_ device: Device) async throws {
        let hasFailed = state.withLock { state in
            state.tries += 1
            if !state.script.isEmpty, !state.script.removeFirst() { return true }
            state.devices.append(device)
            return false
        }
        if hasFailed { throw Failure() }
    }

    /// Takes a report.
    ///
    /// - Throws: ``Failure`` as often as ``fail(next:)`` said.
    package func deliver(_ report: DeviceReport) async throws {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                guard state.blocked.contains(report.deviceID) else { return [continuation] }
                state.deliveries.append((report.deviceID, continuation))
                let watchers = state.watchers.filter { $0.deviceID == report.deviceID }
                state.watchers.removeAll { $0.deviceID == report.deviceID }
                return watchers.map(\.continuation)
            }
            for waiting in ready { waiting.resume() }
        }
        let (hasFailed, ready) = state.withLock { state -> (Bool, [CheckedContinuation<Void, Never>]) in
            state.tries += 1
            if !state.script.isEmpty, !state.script.removeFirst() { return (true, []) }
            state.reports.append(report)
            let count = state.reports.count
            let ready = state.readers.filter { $0.count <= count }.map(\.continuation)
            state.readers.removeAll { $0.count <= count }
            return (false, ready)
        }
        for reader in ready { reader.resume() }
        if hasFailed { throw Failure() }
    }
}
