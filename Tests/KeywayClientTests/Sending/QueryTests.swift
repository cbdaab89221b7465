import Testing

@testable import KeywayClient

@Suite("Queries")
struct QueryTests {
    @Test("parameters are sorted, lists repeated, and everything escaped as the API reads it")
    func notation() {
        var query = Query()
        query["name"] = .text("Tür 1+2&~*-._")
        query["ids"] = .list(["b", "a,c"])
        query["empty"] = .list([])
        query["absent"] = nil
        #expect(query.text == "?empty=&ids=b&ids=a%2Cc&name=T%C3%BCr+1%2B2%26%7E*-._&_strict=true")
    }

    @Test("without parameters there is no query")
    func empty() {
        #expect(Query().text.isEmpty)
    }
}
