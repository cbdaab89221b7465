import KeywayModel
import KeywayStore

/// What leaves Keyway: G3, G4 and G5.
extension Checker {
    /// The lane wants a command to be sent.
    mutating func wished(_ id: Identifier<ActionAttempt>) {
        wished.insert(id)
    }

    /// The shell gives a command to the driver.
    mutating func handedOver(_ command: Command, _ tables: MemoryTables, device: Int) throws(Violation) {
        let id = command.attemptID
        wished.remove(id)
        guard var file = files[id], file.device == device else {
            throw Violation(.sealed, "a command of another device", device: device)
        }
        let name = "the command of \(id.number)"
        if let (guarantee, reason) = file.ban {
            throw Violation(guarantee, "\(name) leaves, although \(reason)", device: device)
        }
        guard file.handedOverAt == nil else {
            throw Violation(.noBlindRepeat, "\(name) leaves twice", device: device)
        }
        guard let stored = tables.attempt(id, in: devices[device].workspaceID) else {
            throw Violation(.noBlindRepeat, "\(name) leaves, although the attempt is not stored", device: device)
        }
        guard stored.status == .pending else {
            throw Violation(.noLateActuation, "\(name) leaves, although the attempt is resolved", device: device)
        }
        guard stored.dispatchedAt != nil else {
            throw Violation(.noBlindRepeat, "\(name) leaves without a durable mark", device: device)
        }
        guard time.now < file.deadline else {
            let message = "\(name) leaves at \(time.now), the deadline was at \(file.deadline)"
            throw Violation(.noLateActuation, message, device: device)
        }
        guard devices[device].unresolved.first == id else {
            let message = "\(name) leaves while earlier attempts are unresolved"
            throw Violation(.oneAtATime, message, device: device)
        }
        guard command.actionType == file.request.actionType, command.deviceID == devices[device].id else {
            throw Violation(.truth, "\(name) is not what was asked for", device: device)
        }
        file.handedOverAt = time.now
        files[id] = file
    }

    /// A command leaves the driver.
    mutating func left(_ command: Command, device: Int) throws(Violation) {
        let id = command.attemptID
        guard let file = files[id] else { return }
        guard file.leftAt == nil else {
            throw Violation(.noBlindRepeat, "the command of \(id.number) leaves twice", device: device)
        }
        // A tester may end an attempt while the driver waits for its connection; nobody else can.
        guard file.isPending || !file.decided.isEmpty else {
            let message = "the command of \(id.number) leaves the driver, although the attempt is resolved"
            throw Violation(.noLateActuation, message, device: device)
        }
        guard time.now < file.deadline else {
            throw Violation(.noLateActuation, "the command of \(id.number) leaves the driver too late", device: device)
        }
        files[id]?.leftAt = time.now
    }

    /// Whether the driver has a command of the device and has not answered.
    func isUnanswered(_ device: Int) -> Bool {
        guard let id = devices[device].unresolved.first, let file = files[id] else { return false }
        return file.leftAt != nil && file.answers.isEmpty
    }

    mutating func heard(_ answer: CommandAnswer, to id: Identifier<ActionAttempt>) {
        files[id]?.answers.append(answer)
        if answer == .delivered, let device = files[id]?.device { devices[device].unsettledWall = time.wall }
    }
}
