import KeywayModel

/// What drivers pass on, and that late truth is kept: G8.
extension Checker {
    /// More than any attempt gets to hear in its life.
    private static var maximumHearings: Int { 512 }

    mutating func heardReading(_ bolt: BoltState, madeAt: WorldTime, device: Int) {
        keep(Hearing(content: .bolt(bolt), attemptID: nil, isReplay: false, isReading: true, madeAt: madeAt), device)
    }

    mutating func heard(_ report: DeviceReport, madeAt: WorldTime, token: UInt64, device: Int) {
        let hearing = Hearing(
            content: report.content,
            attemptID: report.attemptID,
            isReplay: report.isReplay,
            isReading: false,
            madeAt: madeAt
        )
        keep(hearing, device)
        devices[device].pendingTokens.insert(token)
        if case .online(let isOnline) = report.content, !isOnline { devices[device].offlineSeenAt = time.now }
        if let expectation = expectation(from: report, device) { devices[device].expectations[token] = expectation }
    }

    private mutating func keep(_ hearing: Hearing, _ device: Int) {
        if devices[device].hearings.count == Self.maximumHearings {
            devices[device].hearings.removeFirst(Self.maximumHearings / 2)
        }
        devices[device].hearings.append(hearing)
        switch hearing.content {
        case .bolt(.jammed), .commandFailed(.lockJammed, _): devices[device].unsettledWall = time.wall
        default: break
        }
    }

    /// What the store must hold in the end if a report contradicts an outcome.
    private func expectation(from report: DeviceReport, _ device: Int) -> DeviceFile.Expectation? {
        let file = devices[device]
        guard !report.isReplay else { return nil }
        let watched = file.watched.filter { time.now < $0.until }
        if let id = report.attemptID {
            guard watched.contains(where: { $0.id == id }) else { return nil }
            switch report.content {
            case .bolt(let bolt) where bolt.isSettled: break
            case .commandFailed: break
            default: return nil
            }
            return .init(lateReportsBefore: file.lateReports, id: id, contradicted: [id])
        }
        guard case .bolt(let bolt) = report.content, bolt.isSettled, report.method == nil || report.method == .remote
        else { return nil }
        let contradicted = watched.filter { files[$0.id]?.request.actionType.wantedState == bolt }.map(\.id)
        if contradicted.isEmpty { return nil }
        // If an attempt in flight wants the same, the report is its confirmation.
        if let inFlight = file.unresolved.first, let attempt = files[inFlight],
            attempt.marked != nil, attempt.request.actionType.wantedState == bolt
        {
            return nil
        }
        return .init(lateReportsBefore: file.lateReports, id: nil, contradicted: contradicted)
    }

    /// The driver is told that its report is durable.
    mutating func recorded(_ token: UInt64, device: Int) throws(Violation) {
        guard devices[device].pendingTokens.remove(token) != nil else {
            throw Violation(.agreement, "a report is recorded twice", device: device)
        }
        guard let expectation = devices[device].expectations.removeValue(forKey: token) else { return }
        if let id = expectation.id {
            guard files[id]?.stored?.timeline.contains(where: { $0.kind == .lateReport }) == true else {
                throw Violation(.lateTruth, "a report naming \(id.number) is not on its timeline", device: device)
            }
        } else if devices[device].lateReports == expectation.lateReportsBefore {
            let message = "a report that contradicts \(expectation.contradicted.map(\.number)) is on no timeline"
            throw Violation(.lateTruth, message, device: device)
        }
    }
}
