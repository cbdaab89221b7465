import ArgumentParser
import KeywayClient
import Testing

@testable import keyway

@Suite("Commands for a running server")
struct CommandTests {
    @Test(
        "a command line that cannot be meant is refused",
        arguments: [
            ["unlock"], ["unlock", "x", "--deadline", "0.5"], ["unlock", "x", "--timeout", "0"],
            ["events", "--since", "soon"],
            ["events", "--limit", "0"], ["events", "--follow", "--limit", "5"], ["attempts", "list", "--limit", "501"],
            ["webhooks", "create"], ["webhooks", "update", "x"], ["devices", "get"],
        ]
    )
    func refused(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Keyway.parseAsRoot(arguments) }
        #expect(error.map { Keyway.exitCode(for: $0) } == .validationFailure)
    }

    @Test("`devices`, `attempts` and `webhooks` alone list", arguments: ["devices", "attempts", "webhooks"])
    func lists(name: String) throws {
        let command = try Keyway.parseAsRoot([name])
        #expect(type(of: command).configuration.abstract.hasPrefix("List"))
    }

    @Test("the kind of credential is told by its beginning")
    func credentials() throws {
        func make(_ arguments: [String], _ environment: [String: String] = [:]) throws {
            _ = try ClientOptions.parse(arguments).makeClient(environment: environment)
        }
        try make(["--api-key", "seam_test1_x"])
        try make([], ["KEYWAY_API_KEY": "seam_cst1_x"])
        try make(["--workspace", "W"], ["KEYWAY_API_KEY": "seam_at1_x", "KEYWAY_ENDPOINT": "https://example.org/k"])
        #expect(throws: ValidationError.self) { try make([]) }
        #expect(throws: ValidationError.self) { try make([], ["KEYWAY_API_KEY": ""]) }
        #expect(throws: ValidationError.self) { try make([], ["KEYWAY_API_KEY": "seam_at1_x"]) }
        #expect(throws: ValidationError.self) { try make(["--api-key", "a", "--api-key-file", "b"]) }
        #expect(throws: ValidationError.self) { try make(["--api-key-file", "/nowhere/at/all"]) }
        #expect(throws: ValidationError.self) { try make(["--api-key", "a", "--endpoint", "nonsense"]) }
    }

    @Test("the list of webhooks says which are disabled, since when and why")
    func webhookState() throws {
        func cell(_ more: [String: KeywayClient.JSONValue]) throws -> Table.Cell {
            let webhook = ["webhook_id": .string("H"), "url": .string("https://a.example")].merging(more) { $1 }
            return try KeywayClient.Webhook(json: .object(webhook)).stateCell
        }
        #expect(try cell(["is_enabled": .bool(true)]).text == "enabled")
        #expect(try cell([:]).text == "enabled")
        let disabled = try cell([
            "is_enabled": .bool(false), "disabled_at": .string("2026-01-02T03:04:05.000Z"),
            "disabled_reason": .string("gone"),
        ])
        #expect(disabled.text == "disabled 2026-01-02T03:04:05Z (gone)")
        #expect(disabled.colour == .bad)
    }

    @Test("what an error carries cannot make a line of its own")
    func lines() throws {
        let cause = ["type": "lock_jammed", "message": "Jammed.\nkeyway: forged"]
        let json: [String: KeywayClient.JSONValue] = [
            "action_attempt_id": .string("A"), "action_type": .string("UNLOCK_DOOR"), "status": .string("error"),
            "error": .object(cause.mapValues { .string($0) }),
        ]
        let attempt = try KeywayClient.ActionAttempt(json: .object(json))
        do {
            let success = try attempt.outcome()
            Issue.record("it did not fail: \(String(describing: success))")
        } catch {
            let trouble = try #require(CommandTrouble(error))
            let lines = trouble.message.split(whereSeparator: \.isNewline)
            #expect(lines.count == 1)
        }
    }

    @Test("every exit status has its line in the help")
    func help() {
        for end in CommandEnd.allCases { #expect(CommandEnd.help.contains("\n  \(end.rawValue)  ")) }
        #expect(Keyway.helpMessage(for: UnlockCommand.self).contains(CommandEnd.help))
    }
}
