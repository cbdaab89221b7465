import KeywayModel

/// The devices as they really are, and the network to them.
extension World {
    func commandArrives(_ device: Int, _ command: Command) {
        let habits = devices[device].habits
        guard devices[device].isOnline else {
            trace.note(device, at: now, "the command of \(command.attemptID.number) does not arrive: offline")
            return
        }
        trace.note(device, at: now, "the command of \(command.attemptID.number) arrives")
        // An action that moves no bolt is told by the driver's answer alone.
        guard let wanted = command.actionType.wantedState, let moving = command.actionType.movingState else { return }
        if strikes(habits.fails) {
            let cause = random.pick([FailureCause.deviceBusy, .rejectedByDevice, .boltObstructed])
            say(device, .commandFailed(cause, "simulated"), attemptID: command.attemptID)
        } else if devices[device].movingTo == nil, devices[device].bolt == wanted {
            say(device, .bolt(wanted), attemptID: command.attemptID)
        } else {
            devices[device].movement += 1
            devices[device].movingTo = wanted
            devices[device].movedBy = command.attemptID
            if random.chance(habits.reportsMoving) {
                say(device, .bolt(moving), attemptID: command.attemptID)
            }
            outside(
                .boltRests(device: device, movement: devices[device].movement),
                after: random.duration(in: habits.travel)
            )
            if strikes(habits.chatters) {
                coverage.note(.chattered)
                outside(.chatters(device: device, movement: devices[device].movement), after: .milliseconds(50))
            }
        }
    }

    func chatters(_ device: Int, _ movement: Int) {
        guard devices[device].movement == movement, devices[device].movingTo != nil else { return }
        say(device, .bolt(devices[device].reading), attemptID: devices[device].movedBy)
        outside(.chatters(device: device, movement: movement), after: .milliseconds(50))
    }

    func boltRests(_ device: Int, _ movement: Int) {
        guard devices[device].movement == movement, let target = devices[device].movingTo else { return }
        let habits = devices[device].habits
        devices[device].movingTo = nil
        if strikes(habits.jams) {
            coverage.note(.boltJammed)
            devices[device].bolt = .jammed
            let content: DeviceReport.Content =
                random.chance(0.5) ? .bolt(.jammed) : .commandFailed(.lockJammed, "simulated")
            say(device, content, attemptID: devices[device].movedBy)
            return
        }
        devices[device].bolt = target
        let method: LockMethod? = devices[device].movedBy == nil ? .automatic : random.pick([nil, .remote])
        say(device, .bolt(target), method: method, attemptID: devices[device].movedBy)
        if target == .unlocked, let after = habits.relocksAfter, !isHealing {
            outside(.relocks(device: device, movement: movement), after: random.duration(in: after))
        }
    }

    func relocks(_ device: Int, _ movement: Int) {
        guard devices[device].movement == movement, devices[device].bolt == .unlocked else { return }
        coverage.note(.relocked)
        devices[device].movement += 1
        devices[device].movingTo = .locked
        devices[device].movedBy = nil
        outside(
            .boltRests(device: device, movement: devices[device].movement),
            after: random.duration(in: devices[device].habits.travel)
        )
    }

    func handMoves(_ device: Int) {
        guard !isHealing else { return }
        coverage.note(.movedByHand)
        devices[device].movement += 1
        devices[device].movingTo = nil
        devices[device].movedBy = nil
        devices[device].bolt = devices[device].bolt == .locked ? .unlocked : .locked
        say(device, .bolt(devices[device].bolt), method: random.pick([nil, .manual, .keycode, .unknown]))
        if random.chance(0.1) { say(device, .battery(random.fraction())) }
        again(.handMoves(device: device), within: devices[device].habits.handPause)
    }

    func goesOffline(_ device: Int) {
        guard !isHealing else { return }
        coverage.note(.wentOffline)
        devices[device].isOnline = false
        tellConnection(device)
        outside(.comesOnline(device: device), after: random.duration(in: devices[device].habits.offlineFor))
    }

    func comesOnline(_ device: Int) {
        coverage.note(.cameOnline)
        devices[device].isOnline = true
        tellConnection(device)
        again(.goesOffline(device: device), within: devices[device].habits.offlinePause)
    }

    /// The driver notices by itself whether the device is there; the device needs not say so.
    private func tellConnection(_ device: Int) {
        trace.note(device, at: now, "is \(self.devices[device].isOnline ? "online" : "offline")")
        let utterance = Utterance(content: .online(devices[device].isOnline), madeAt: now)
        outside(.reportArrives(device: device, utterance), after: .milliseconds(20))
    }

    func replays(_ device: Int) {
        resendLastWord(of: device)
        again(.replays(device: device), within: devices[device].habits.replayPause)
    }

    private func resendLastWord(of device: Int) {
        guard devices[device].isOnline, var word = devices[device].lastWord else { return }
        word.isRetained = true
        outside(.reportArrives(device: device, word), after: .milliseconds(5))
    }

    /// A driver that has just connected learns who is there, and gets what the broker has retained.
    func connect(_ device: Int) {
        tellConnection(device)
        if devices[device].habits.replayPause != nil { resendLastWord(of: device) }
    }

    /// The device says something, which may or may not arrive, once or twice, early or late.
    private func say(
        _ device: Int,
        _ content: DeviceReport.Content,
        method: LockMethod? = nil,
        attemptID: Identifier<ActionAttempt>? = nil
    ) {
        let habits = devices[device].habits
        guard habits.reports else { return }
        let isNamed = attemptID != nil && random.chance(habits.namesAttempt)
        let utterance = Utterance(
            content: content,
            method: method,
            attemptID: isNamed ? attemptID : nil,
            madeAt: now
        )
        if case .bolt = content { devices[device].lastWord = utterance }
        trace.note(device, at: now, "says \(content)\(isNamed ? ", naming its attempt" : "")")
        guard devices[device].isOnline, !strikes(habits.dropsReport) else {
            coverage.note(.reportDropped)
            return
        }
        let copies = strikes(habits.doublesReport) ? 2 : 1
        if copies == 2 { coverage.note(.reportDoubled) }
        for _ in 0..<copies {
            var delay = random.duration(in: habits.reportDelay)
            if strikes(habits.delaysReport) {
                coverage.note(.reportDelayed)
                delay += random.duration(in: .seconds(1) ... .seconds(30))
            }
            outside(.reportArrives(device: device, utterance), after: delay)
        }
    }
}
