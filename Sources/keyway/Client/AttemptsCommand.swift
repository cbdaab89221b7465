import ArgumentParser
import KeywayClient

/// The command `keyway attempts`.
struct AttemptsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attempts",
        abstract: "Show and take back the action attempts of a running server.",
        discussion: CommandEnd.help,
        subcommands: [List.self, Get.self, Cancel.self],
        defaultSubcommand: List.self
    )
}

extension AttemptsCommand {
    /// The command `keyway attempts list`.
    struct List: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the latest attempts.",
            discussion: CommandEnd.help
        )

        @Option(help: "Only those on this device: its id, its name, or the beginning of its id.")
        var device: String?

        @Option(help: "The most attempts to list, 1 to 500.")
        var limit = 20

        @OptionGroup var server: ClientOptions

        func validate() throws {
            guard (1...500).contains(limit) else { throw ValidationError("--limit must be from 1 to 500.") }
        }

        func run(_ client: KeywayClient) async throws {
            var deviceID: String?
            if let device { deviceID = try await client.device(device).id }
            var attempts: [KeywayClient.ActionAttempt] = []
            for try await attempt in client.actionAttempts.list(deviceID: deviceID, pageSize: limit) {
                attempts.append(attempt)
                if attempts.count == limit { break }
            }
            var names = DeviceNames(client)
            var rows: [[Table.Cell]] = []
            if !server.json {
                for attempt in attempts { rows.append(attempt.row(await names.name(of: attempt.deviceID))) }
            }
            try show(attempts, otherwise: "There are no such attempts.") { _ in
                Table(["CREATED", "ACTION", "DEVICE", "STATUS", "TOOK", "ID"], rows)
            }
        }
    }

    /// The command `keyway attempts get`.
    struct Get: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one attempt, and what happened to it.",
            discussion: CommandEnd.help
        )

        @Argument(help: "Its id.")
        var id: String

        @OptionGroup var server: ClientOptions

        func run(_ client: KeywayClient) async throws {
            let attempt = try await client.actionAttempts.get(id, includesTimeline: true)
            if server.json { return try show(attempt) { _ in "" } }
            var names = DeviceNames(client)
            let facts = attempt.facts(await names.name(of: attempt.deviceID))
            FileOutput.standardOutput.write(facts.text(coloured: Terminal.output.isColoured))
        }
    }

    /// The command `keyway attempts cancel`.
    struct Cancel: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back an attempt whose command has not been sent.",
            discussion: CommandEnd.help
        )

        @Argument(help: "Its id.")
        var id: String

        @OptionGroup var server: ClientOptions

        func run(_ client: KeywayClient) async throws {
            let attempt = try await client.actionAttempts.cancel(id)
            try show(attempt) { "The attempt \($0.id) is cancelled." }
        }
    }
}

extension KeywayClient.ActionAttempt {
    /// How it stands, with the cause if it failed.
    fileprivate var statusCell: Table.Cell {
        switch status {
        case .success: wasConfirmedByDevice == true ? Table.Cell("success", .good) : Table.Cell("success, unconfirmed")
        case .error: Table.Cell(failure.map { "error: \($0.cause)" } ?? "error", .bad)
        default: Table.Cell(status.rawValue, .notable)
        }
    }

    fileprivate func row(_ device: String) -> [Table.Cell] {
        [
            Table.Cell(TimeText.time(createdAt)), Table.Cell(actionType.rawValue), Table.Cell(device), statusCell,
            Table.Cell(TimeText.duration(from: createdAt, to: resolvedAt)), Table.Cell(id, .minor),
        ]
    }

    fileprivate func facts(_ device: String) -> Table {
        let happenings = timeline.map { entry in
            ("", Table.Cell("\(TimeText.time(entry.at))  \(entry.kind)\(entry.detail.map { ": \($0)" } ?? "")"))
        }
        return Table(
            facts: [
                ("Action", Table.Cell(actionType.rawValue)),
                ("Device", Table.Cell(device)),
                ("Status", statusCell),
                ("Message", failure.map { Table.Cell($0.message) }),
                ("Created", Table.Cell(TimeText.time(createdAt))),
                ("Took", resolvedAt.map { Table.Cell(TimeText.duration(from: createdAt, to: $0)) }),
                ("By", requestedBy.map { Table.Cell($0) }),
                ("Id", Table.Cell(id)),
            ] + (happenings.isEmpty ? [] : [("Timeline", "")] + happenings)
        )
    }
}
