package import KeywayModel
import Synchronization

/// Tells whether reads of devices may give other answers than before, without reading them.
///
/// A workspace's number has grown by the time at which a write is answered that may change what ``Store/devices(_:)`` returns
/// for it. So who takes the number first and reads then may go on using what was read for as long as the number stays the
/// same, and still sees every write that returned before. What another process writes to the same database is not
/// counted.
package final class DeviceRevisions: Sendable {
    /// What a write may change of devices.
    package enum Touch: Hashable, Sendable {
        /// Nothing that a read of devices shows.
        case nothing
        /// Devices of one workspace.
        case workspace(Identifier<Workspace>)
        /// Anything: what every kind of write is taken for that does not say better.
        case anything

        /// What a lane's commit may change: devices, if it changes the state, deletes its device or makes it anew.
        package init(_ commit: LaneCommit) {
            let touchesDevice =
                commit.state != nil
                || commit.changes.contains { change in
                    switch change {
                    case .delete, .reset: true
                    case .accept, .join, .dispatch, .resolve, .lateReport, .report: false
                    }
                }
            self = touchesDevice ? .workspace(commit.workspaceID) : .nothing
        }
    }

    private struct State {
        var everywhere: UInt64 = 0
        var byWorkspace: [Identifier<Workspace>: UInt64] = [:]
    }

    private let state = Mutex(State())

    /// Makes numbers that begin at 0.
    package init() {}

    /// The number of a workspace, which only grows.
    package subscript(workspaceID: Identifier<Workspace>) -> UInt64 {
        state.withLock { $0.everywhere + $0.byWorkspace[workspaceID, default: 0] }
    }

    /// Takes note of writes that are durable, or may be; to be called before they are answered.
    package func changed(_ touches: some Sequence<Touch>) {
        state.withLock { state in
            for touch in touches {
                switch touch {
                case .nothing: break
                case .workspace(let id): state.byWorkspace[id, default: 0] += 1
                case .anything: state.everywhere += 1
                }
            }
        }
    }
}
