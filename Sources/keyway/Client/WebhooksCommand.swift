import ArgumentParser
import KeywayClient

/// The command `keyway webhooks`.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "List, make, change and delete the webhooks of a running server.",
        discussion: CommandEnd.help,
        subcommands: [List.self, Create.self, Update.self, Delete.self],
        defaultSubcommand: List.self
    )
}

extension WebhooksCommand {
    /// The command `keyway webhooks list`.
    struct List: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "List the webhooks.", discussion: CommandEnd.help)

        @OptionGroup var server: ClientOptions

        func run(_ client: KeywayClient) async throws {
            let webhooks = try await client.webhooks.list()
            try show(webhooks, otherwise: "There are no webhooks. Make one with: keyway webhooks create URL") {
                webhooks in
                Table(
                    ["URL", "TYPES", "STATE", "ID"],
                    webhooks.map { webhook in
                        let types = webhook.eventTypes
                        let words =
                            types.count > 3 ? "\(types.count) types" : types.map(\.rawValue).joined(separator: ", ")
                        return [
                            Table.Cell(webhook.url), Table.Cell(words), webhook.stateCell,
                            Table.Cell(webhook.id, .minor),
                        ]
                    }
                )
            }
        }
    }

    /// The command `keyway webhooks create`.
    struct Create: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a webhook, and show the secret that its deliveries are signed with.",
            discussion: CommandEnd.help
        )

        @Argument(help: "Where the events go: an absolute http or https URL.")
        var url: String

        @Option(help: "A type of event that goes there; can be given more than once. (default: all)")
        var type: [String] = []

        @OptionGroup var server: ClientOptions

        func run(_ client: KeywayClient) async throws {
            let types = type.isEmpty ? [.every] : type.map(KeywayClient.EventType.init(rawValue:))
            try show(try await client.webhooks.create(url: url, eventTypes: types)) { webhook in
                "Webhook: \(webhook.id)" + (webhook.secret.map { "\nSecret: \($0)" } ?? "")
            }
        }
    }

    /// The command `keyway webhooks update`.
    struct Update: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace the types of event that go to a webhook, and enable it if it was disabled.",
            discussion: CommandEnd.help
        )

        @Argument(help: "Its id.")
        var id: String

        @Option(help: "A type of event that goes there from now on, or * for all; can be given more than once.")
        var type: [String]

        @OptionGroup var server: ClientOptions

        func run(_ client: KeywayClient) async throws {
            try await client.webhooks.update(id, eventTypes: type.map(KeywayClient.EventType.init(rawValue:)))
            try show(try await client.webhooks.get(id)) { webhook in
                "The webhook \(webhook.id) gets: \(webhook.eventTypes.map(\.rawValue).joined(separator: ", "))"
            }
        }
    }

    /// The command `keyway webhooks delete`.
    struct Delete: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a webhook.", discussion: CommandEnd.help)

        @Argument(help: "Its id.")
        var id: String

        @OptionGroup var server: ClientOptions

        func run(_ client: KeywayClient) async throws {
            try await client.webhooks.delete(id)
            try show(["webhook_id": id]) { _ in "The webhook \(id) is deleted." }
        }
    }
}

extension KeywayClient.Webhook {
    /// Whether deliveries are sent, and if not, since when and why not.
    var stateCell: Table.Cell {
        guard !isEnabled else { return Table.Cell("enabled", .good) }
        let reason = disabledReason.map { " (\($0))" } ?? ""
        return Table.Cell("disabled \(TimeText.time(disabledAt))\(reason)", .bad)
    }
}
