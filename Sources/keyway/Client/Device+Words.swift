import KeywayClient

extension KeywayClient.Device {
    /// Where its bolt is, in one word.
    var stateCell: Table.Cell {
        let state = lockState?.inProgress ?? lockState?.reported
        switch state {
        case .locked?: return Table.Cell("locked", .good)
        case .unlocked?: return Table.Cell("unlocked", .notable)
        case .jammed?: return Table.Cell("jammed", .bad)
        case let state?: return Table.Cell(state.rawValue)
        case nil: return isLocked.map { $0 ? Table.Cell("locked", .good) : Table.Cell("unlocked", .notable) } ?? "-"
        }
    }

    /// Whether it can be reached, in one word.
    var reachCell: Table.Cell {
        isOnline.map { $0 ? Table.Cell("online", .good) : Table.Cell("offline", .bad) } ?? "-"
    }

    /// How full its battery is.
    var batteryCell: Table.Cell {
        guard let batteryLevel else { return "-" }
        let text = "\(Int((batteryLevel * 100).rounded())) %"
        return Table.Cell(text, batteryLevel < 0.2 ? .bad : nil)
    }

    /// Everything that a person wants to know about it.
    var facts: Table {
        let issues = (errors + warnings).map { "\($0.message) (\($0.code))" }
        return Table(
            facts: [
                ("Name", Table.Cell(displayName)),
                ("State", stateCell),
                ("Network", reachCell),
                ("Battery", batteryCell),
                ("Wanted", lockState?.wanted.map { Table.Cell($0.rawValue) }),
                ("Reported", lockState?.reportedAt.map { Table.Cell(TimeText.time($0)) }),
                ("Type", Table.Cell(deviceType)),
                ("Maker", manufacturer.map { Table.Cell($0) }),
                ("Model", model.map { Table.Cell($0) }),
                ("Id", Table.Cell(id)),
            ] + issues.map { ("Trouble", Table.Cell($0, .bad)) }
        )
    }
}
