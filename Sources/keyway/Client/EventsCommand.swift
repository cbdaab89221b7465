import ArgumentParser
import FoundationEssentials
import KeywayClient
import UnixSignals

/// The command `keyway events`.
struct EventsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened, and with --follow what happens from now on.",
        discussion: """
            With --json, events are a JSON array; with --follow, one JSON object on each line. Following goes on until \
            Ctrl-C, over lost connections and restarts of the server.

            \(CommandEnd.help)
            """
    )

    @Flag(help: "Go on until Ctrl-C with what happens.")
    var follow = false

    @Option(help: "Only events since then: 90s, 15m, 2h, 3d, a date, or a time such as 2026-01-01T12:00:00Z.")
    var since: String?

    @Option(help: "Only events of this type, such as lock.unlocked; can be given more than once.")
    var type: [String] = []

    @Option(help: "Only events about this device: its id, its name, or the beginning of its id.")
    var device: String?

    @Option(help: "The most events to list: the first since then, else the latest. Not with --follow. (default: 50)")
    var limit: Int?

    @OptionGroup var server: ClientOptions

    func validate() throws {
        guard limit.map((1...1000).contains) ?? true else { throw ValidationError("--limit must be from 1 to 1000.") }
        guard limit == nil || !follow else { throw ValidationError("--limit has no meaning with --follow.") }
        _ = try moment()
    }

    func run(_ client: KeywayClient) async throws {
        var filter = KeywayClient.EventFilter(since: try moment())
        if !type.isEmpty { filter.types = type.map(KeywayClient.EventType.init(rawValue:)) }
        if let device { filter.deviceIDs = [try await client.device(device).id] }
        if follow {
            try await EventFollower(client: client, filter: filter, isJSON: server.json).run()
        } else {
            let events = try await client.events.list(filter, limit: limit ?? 50)
            var names = DeviceNames(client)
            var rows: [[Table.Cell]] = []
            if !server.json {
                for event in events { rows.append(event.row(await names.name(of: event.deviceID))) }
            }
            try show(events, otherwise: "There are no such events.") { _ in
                Table(["OCCURRED", "TYPE", "DEVICE", "DETAILS"], rows)
            }
        }
    }

    private func moment() throws -> Date? {
        guard let since else { return nil }
        guard let moment = TimeText.moment(since, now: .now) else {
            throw ValidationError("--since must be such as 15m, 2h, 2026-01-01 or 2026-01-01T12:00:00Z.")
        }
        return moment
    }
}

/// Prints events as they happen, until a signal ends it or nobody reads any more.
private struct EventFollower: Sendable {
    let client: KeywayClient
    let filter: KeywayClient.EventFilter
    let isJSON: Bool

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { break } }
            group.addTask { try await follow() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func follow() async throws {
        var names = DeviceNames(client)
        let stream = client.events.stream(filter) { interruption in
            let seconds = max(1, interruption.pause.components.seconds)
            let notice = "keyway: \(interruption.reason) Connecting again in \(seconds) s."
            FileOutput.standardError.write(notice.withoutControls() + "\n")
        }
        for try await event in stream {
            let line =
                isJSON
                ? try event.json.json + "\n"
                : Table(line: event.row(await names.name(of: event.deviceID)), widths: [20, 36, 16])
                    .text(coloured: Terminal.output.isColoured)
            guard FileOutput.standardOutput.hasReader else { return }
            FileOutput.standardOutput.write(line)
        }
    }
}

extension KeywayClient.Event {
    fileprivate func row(_ device: String) -> [Table.Cell] {
        [Table.Cell(TimeText.time(occurredAt)), Table.Cell(type.rawValue, colour), Table.Cell(device), details]
    }

    private var colour: Table.Colour? {
        if type.rawValue.hasSuffix(".failed") || type == .deviceDisconnected { return .bad }
        return type.rawValue.hasSuffix(".succeeded") ? .good : nil
    }

    private var details: Table.Cell {
        let parts = [
            method, json["reason"]?["message"]?.stringValue, json["error_code"]?.stringValue,
            json["battery_level"]?.numberValue.map { "\(Int(($0 * 100).rounded())) %" },
            actionAttemptID.map { "attempt \($0)" },
        ]
        return Table.Cell(parts.compactMap(\.self).joined(separator: ", "), .minor)
    }
}
