import KeywayModel
import KeywayStoreSQLite
import KeywayTestKit

/// The commits that the engine makes for unlocking doors, made by the lanes themselves, ahead of time.
struct Traffic {
    /// A sandbox workspace with one lock for each writer.
    let workspace: Workspace
    let account: ConnectedAccount
    let locks: [Device]
    /// The commits of each lock, in order: acceptances and resolutions in turns.
    private(set) var commits: [[LaneCommit]] = []

    init(writers: Int, attemptsEach: Int) {
        let workspace = Samples.workspace()
        let account = Samples.account(in: workspace)
        self.workspace = workspace
        self.account = account
        locks = (1...UInt64(writers)).map { Samples.lock($0, in: workspace, account: account.id) }
        commits = locks.map { Self.commits(of: $0, count: attemptsEach) }
    }

    /// Makes the workspace and its locks in a new database.
    func prepare(_ store: SQLiteStore) async throws {
        try await store.add(workspace, accounts: [account], devices: locks, reachedBy: nil)
    }

    private static func commits(of device: Device, count: Int) -> [LaneCommit] {
        var lane = AttemptLane(device: device)
        var commits: [LaneCommit] = []
        func handle(_ input: AttemptLane.Input) {
            for action in lane.handle(input, at: Clocks.system.now(), ids: Clocks.identifiers) {
                guard case .commit(let commit) = action else { continue }
                commits.append(commit)
                handle(.committed)
            }
        }
        for _ in 0..<count {
            let moment = Clocks.system.now()
            let attempt = ActionAttempt(
                id: Clocks.identifiers.next(),
                workspaceID: device.workspaceID,
                deviceID: device.id,
                actionType: .unlockDoor,
                requestedBy: .apiKey(Samples.id(1)),
                createdAt: moment.wall,
                deadlineAt: moment.wall + .seconds(30)
            )
            handle(.request(AttemptLane.Request(attempt, deadline: moment.monotonic + .seconds(30))))
            handle(.leaving(attempt.id))
            handle(.answered(attempt.id, .acknowledged))
            handle(
                .reported(
                    DeviceReport(deviceID: device.id, content: .bolt(.unlocked), attemptID: attempt.id),
                    token: nil
                )
            )
        }
        return commits
    }
}
