import Testing

@testable import KeywayClient

@Suite("Lists in pages")
struct PagedListTests {
    private static func page(_ ids: [String], next: String?) -> String {
        let devices = ids.map {
            #"{"device_id":"\#($0)","device_type":"t","display_name":"N","workspace_id":"W"}"#
        }
        let cursor = next.map { "\"\($0)\"" } ?? "null"
        return """
            {"devices":[\(devices.joined(separator: ","))],"pagination":{"has_next_page":\(next != nil),\
            "next_page_cursor":\(cursor),"next_page_url":null},"ok":true}
            """
    }

    @Test("pages are fetched one after the other, with the same parameters")
    func walk() async throws {
        try await ScriptedServer.run { server, url in
            server.on(
                "GET /devices/list",
                .answer(200, Self.page(["1", "2"], next: "c1")),
                .answer(200, Self.page([], next: "c2")),
                .answer(200, Self.page(["3"], next: nil))
            )
            let client = try KeywayClient.testing(url, ManualClock())
            let devices = try await client.devices.list(.init(manufacturer: "august"), pageSize: 2).all()
            #expect(devices.map(\.id) == ["1", "2", "3"])
            let queries = ["", "&page_cursor=c1", "&page_cursor=c2"]
                .map { "limit=2&manufacturer=august\($0)&_strict=true" }
            #expect(server.requests.map(\.query) == queries)
        }
    }

    @Test("a page is fetched only when it is needed")
    func lazy() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /devices/list", .answer(200, Self.page(["1", "2"], next: "c1")))
            let client = try KeywayClient.testing(url, ManualClock())
            for try await device in client.devices.list() where device.id == "2" { break }
            #expect(server.requests.count == 1)
        }
    }

    @Test("a server that repeats a page does not keep the walk going for ever")
    func repetition() async throws {
        try await ScriptedServer.run { server, url in
            server.on("GET /devices/list", .answer(200, Self.page(["1"], next: "same")))
            let client = try KeywayClient.testing(url, ManualClock())
            #expect(try await client.devices.list().all().count == 2)
        }
    }
}
