import KeywayModel

/// The driver: between the shell and the device, in the server's process.
extension World {
    /// Takes a command from the shell, as `DeviceDriver.perform` does.
    func perform(_ command: Command, on device: Int) {
        devices[device].commandsInHand += 1
        inProcess(.leaves(device: device, command), after: random.duration(in: devices[device].habits.leavingDelay))
    }

    /// The driver is ready to send: it looks at the deadline again, and the command leaves Keyway.
    func leaves(_ device: Int, _ command: Command) throws(Violation) {
        let habits = devices[device].habits
        let id = command.attemptID
        let isInTime = moment.monotonic < command.deadline
        if isInTime, command.parameters == .waitWhileOffline, !devices[device].isOnline {
            coverage.note(.commandHeldByDriver)
            let patience = min(Duration.seconds(1), command.deadline - moment.monotonic)
            return inProcess(.leaves(device: device, command), after: patience)
        }
        devices[device].commandsInHand -= 1
        if !isInTime {
            coverage.note(.commandExpiredAtDriver)
            inProcess(.answered(device: device, id, .refused(.actionAttemptExpired, nil)), after: .milliseconds(1))
            return
        }
        devices[device].lastLeft = now
        coverage.note(.commandLeft)
        trace.note(device, at: now, "the command of \(id.number) leaves")
        try checker.left(command, device: device)
        if strikes(habits.refuses) || !devices[device].isOnline && random.chance(0.7) {
            coverage.note(.commandRefused)
            let cause = devices[device].isOnline ? random.pick(Self.refusals) : .deviceOffline
            inProcess(
                .answered(device: device, id, .refused(cause, "simulated")),
                after: random.duration(in: habits.answerDelay)
            )
            return
        }
        let isLost = strikes(habits.losesCommand)
        if !isLost {
            let copies = strikes(habits.doublesCommand) ? 2 : 1
            if copies == 2 { coverage.note(.commandDoubled) }
            for _ in 0..<copies {
                outside(
                    .commandArrives(device: device, command),
                    after: random.duration(in: habits.commandDelay)
                )
            }
        }
        answer(command, on: device, isLost: isLost)
    }

    private func answer(_ command: Command, on device: Int, isLost: Bool) {
        let habits = devices[device].habits
        let answer: CommandAnswer
        if strikes(habits.doesNotKnow) {
            coverage.note(.answerUnknown)
            answer = .unanswered(random.pick([nil, "simulated"]))
        } else if command.actionType.wantedState == nil {
            if isLost { coverage.note(.commandLost) }
            answer = isLost ? .unanswered("simulated") : .completed
        } else if !habits.reports {
            answer = isLost ? .unanswered("simulated") : .delivered
        } else {
            if isLost { coverage.note(.commandLost) }
            answer = .acknowledged
        }
        let untilDeadline = command.deadline - moment.monotonic
        var delay = min(random.duration(in: habits.answerDelay), untilDeadline + .milliseconds(100))
        if strikes(habits.answersLate) {
            coverage.note(.answeredLate)
            delay = untilDeadline + random.duration(in: .milliseconds(1) ... .seconds(20))
        }
        inProcess(.answered(device: device, command.attemptID, answer), after: delay)
    }

    private static let refusals: [FailureCause] = [
        .deviceDisconnected, .deviceBusy, .rejectedByDevice, .notSupported, .remoteControlDisabled,
        .rateLimitedByProvider, .providerUnavailable, .lockJammed, .boltObstructed,
    ]

    // MARK: Reports

    /// A report reaches the driver, which marks it as replayed if it may be old, and hands it to the lane.
    func reportArrives(_ device: Int, _ utterance: Utterance) throws(Violation) {
        guard isUp else {
            coverage.note(.reportMissed)
            return
        }
        guard makeShell(device) else { return }
        let isReplay = devices[device].mayBeOld(utterance, driverSince: startedAt)
        if utterance.madeAt < startedAt { coverage.note(.reportAcrossRestart) }
        if isReplay { coverage.note(.reportReplayed) }
        if utterance.attemptID != nil { coverage.note(.reportNamed) }
        let report = DeviceReport(
            deviceID: devices[device].id,
            content: utterance.content,
            method: utterance.method,
            attemptID: utterance.attemptID,
            isReplay: isReplay
        )
        lastToken += 1
        if checker.isUnanswered(device) { coverage.note(.reportBeforeAnswer) }
        checker.heard(report, madeAt: utterance.madeAt, token: lastToken, device: device)
        try feed(.reported(report, token: lastToken), to: device)
    }

    // MARK: Readings

    /// Asks a device where its bolt is, as `DeviceDriver.readBolt` does.
    func ask(_ device: Int, for id: Identifier<ActionAttempt>) {
        inProcess(.readingMade(device: device, id), after: random.duration(in: devices[device].habits.readingDelay) / 2)
    }

    func readingMade(_ device: Int, _ id: Identifier<ActionAttempt>) {
        let habits = devices[device].habits
        let isSilent = !habits.reports || !devices[device].isOnline || strikes(habits.doesNotRead)
        var delay = random.duration(in: habits.readingDelay) / 2
        if strikes(habits.readsLate) {
            coverage.note(.readingLate)
            delay = random.duration(in: .seconds(1) ... .seconds(30))
        }
        coverage.note(isSilent ? .readingSilent : .readingAnswered)
        let bolt = isSilent ? nil : devices[device].reading
        inProcess(.readingAnswered(device: device, id, bolt, madeAt: now), after: delay)
    }

    func readingAnswered(
        _ device: Int,
        _ id: Identifier<ActionAttempt>,
        _ bolt: BoltState?,
        madeAt: WorldTime
    ) throws(Violation) {
        if let bolt { checker.heardReading(bolt, madeAt: madeAt, device: device) }
        try feed(.read(id, bolt), to: device)
    }
}
