import KeywayModel
import KeywayStore

extension World {
    /// Two workspaces, the devices spread over them, and everybody who will ever do something.
    func begin() throws(Violation) {
        for number in 0..<2 {
            let workspace = Workspace(id: ids.next(), name: "\(number)", isSandbox: true, createdAt: moment.wall)
            let account = ConnectedAccount(
                id: ids.next(),
                workspaceID: workspace.id,
                provider: .sandbox,
                displayName: "\(number)",
                createdAt: moment.wall
            )
            let mine = scenario.devices.enumerated().filter { $0.offset % 2 == number }
                .map { index, habits in (index, makeDevice(index, habits, of: account)) }
            do {
                try tables.add(workspace, accounts: [account], devices: mine.map(\.1))
            } catch {
                throw Violation(.sealed, "the tables refuse a workspace: \(error)", device: nil)
            }
        }
        devices.sort { $0.id < $1.id }
        shells = devices.map { _ in nil }
        checker.begin(devices: devices, tables)
        start()
        outside(.newCall, after: .zero)
        again(.clockStep, within: scenario.server.clockPause)
        again(.outageBegins, within: scenario.store.outagePause)
        for (index, device) in devices.enumerated() {
            again(.handMoves(device: index), within: device.habits.handPause)
            again(.goesOffline(device: index), within: device.habits.offlinePause)
            again(.replays(device: index), within: device.habits.replayPause)
        }
    }

    private func makeDevice(_ index: Int, _ habits: DeviceHabits, of account: ConnectedAccount) -> Device {
        let bolt = random.pick([BoltState.locked, .unlocked])
        // Of some devices nothing is known yet, and of some something that is no longer so.
        let known = random.pick([BoltState.unknown, .locked, .unlocked])
        let device = Device(
            id: ids.next(),
            workspaceID: account.workspaceID,
            connectedAccountID: account.id,
            provider: account.provider,
            nativeID: "\(index)",
            createdAt: moment.wall,
            description: DeviceDescription(
                deviceType: "simulated_lock",
                name: "\(index)",
                manufacturer: "simulated",
                manufacturerDisplayName: "Simulated",
                modelDisplayName: "Simulated",
                capabilities: [.canRemotelyLock, .canRemotelyUnlock, .canConfigureAutoLock]
            ),
            state: DeviceState(reportedBolt: known)
        )
        devices.append(
            SimulatedDevice(habits: habits, id: device.id, workspaceID: device.workspaceID, bolt: bolt)
        )
        return device
    }

    func happen(_ happening: Happening) throws(Violation) {
        switch happening {
        case .commitTakesEffect(let device): try commitTakesEffect(device)
        case .commitAnswered(let device, let answer): try commitAnswered(device, answer)
        case .timer(let device, let instant): try timer(device, instant)
        case .handOver(let device, let command): try handOver(device, command)
        case .leaves(let device, let command): try leaves(device, command)
        case .answered(let device, let id, let answer): try answered(device, id, answer)
        case .readingMade(let device, let id): readingMade(device, id)
        case .readingAnswered(let device, let id, let bolt, let madeAt):
            try readingAnswered(device, id, bolt, madeAt: madeAt)
        case .keyLookup(let call): try keyLookup(call)
        case .keysPruned: pruneKeys()
        case .stopBegins: try stopBegins()
        case .stopIsOver: stopIsOver()
        case .start: start()
        case .newCall: newCall()
        case .asks(let call): try asks(call)
        case .takesBack(let device, let id): try takesBack(device, id)
        case .testerDecides(let device, let id): try testerDecides(device, id)
        case .commandArrives(let device, let command): commandArrives(device, command)
        case .chatters(let device, let movement): chatters(device, movement)
        case .boltRests(let device, let movement): boltRests(device, movement)
        case .relocks(let device, let movement): relocks(device, movement)
        case .handMoves(let device): handMoves(device)
        case .goesOffline(let device): goesOffline(device)
        case .comesOnline(let device): comesOnline(device)
        case .replays(let device): replays(device)
        case .reportArrives(let device, let utterance): try reportArrives(device, utterance)
        case .clockStep: clockStep()
        case .outageBegins: outageBegins()
        case .outageEnds: outageEnds()
        }
    }

    /// Somebody sets the wall clock.
    private func clockStep() {
        let isForward = random.chance(0.5)
        let step = random.duration(in: scenario.server.clockStep)
        clock.stepWall(by: isForward ? step : .zero - step, at: now)
        checker.wallStepped(clock)
        coverage.note(isForward ? .clockForward : .clockBack)
        trace.note(nil, at: now, "the wall clock is set to \(self.moment.wall)")
        again(.clockStep, within: scenario.server.clockPause)
    }
}
