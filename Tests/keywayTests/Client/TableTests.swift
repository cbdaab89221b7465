import Testing

@testable import keyway

@Suite("Tables")
struct TableTests {
    @Test("columns line up, also with characters that take two columns, and no line ends with spaces")
    func alignment() {
        let table = Table(["NAME", "STATE", "ID"], [["Tür", "locked", "1"], ["玄関", "open", ""], ["", "", "3"]])
        #expect(
            table.text(coloured: false) == """
                NAME  STATE   ID
                Tür   locked  1
                玄関  open
                              3

                """
        )
    }

    @Test("facts are their names and what they are; those without are left out")
    func facts() {
        let table = Table(facts: [("Name", "Front Door"), ("Nickname", nil), ("Id", "1")])
        #expect(table.text(coloured: false) == "Name  Front Door\nId    1\n")
    }

    @Test("a single line keeps to the widths that it is given, and widens for what is longer")
    func line() {
        let widths = [4, 3]
        #expect(Table(line: ["a", "b", "c"], widths: widths).text(coloured: false) == "a     b    c\n")
        #expect(Table(line: ["abcdef", "b", "c"], widths: widths).text(coloured: false) == "abcdef  b    c\n")
    }

    @Test("colours surround the text alone, and only if they are wanted")
    func colours() {
        let table = Table(line: [Table.Cell("a", .bad), "b"], widths: [3])
        #expect(table.text(coloured: true) == "\u{1B}[31ma\u{1B}[0m    b\n")
        #expect(table.text(coloured: false) == "a    b\n")
    }

    @Test(
        "a name cannot disturb the terminal",
        arguments: [
            "\u{1B}[2J", "a\nb", "a\rb", "a\u{9B}b", "a\u{202E}b", "a\u{2067}b", "a\u{2028}b", "\0", "\u{7F}",
            "a\u{200E}b", "a\u{200F}b", "a\u{61C}b", "a\u{206A}b",
        ]
    )
    func controls(name: String) {
        let text = Table(line: [Table.Cell(name)], widths: []).text(coloured: false)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(text.unicodeScalars.filter { $0 == "\n" }.count == 1)
        #expect(text.contains("\u{FFFD}"))
    }

    @Test("colours and lines that are written over are for terminals that can and people who want them")
    func terminals() {
        let plain = Terminal(isTerminal: true, environment: [:])
        #expect(plain.isColoured && plain.isInteractive)
        let pipe = Terminal(isTerminal: false, environment: [:])
        #expect(!pipe.isColoured && !pipe.isInteractive)
        let grey = Terminal(isTerminal: true, environment: ["NO_COLOR": "1"])
        #expect(!grey.isColoured && grey.isInteractive)
        #expect(Terminal(isTerminal: true, environment: ["NO_COLOR": ""]).isColoured)
        let dumb = Terminal(isTerminal: true, environment: ["TERM": "dumb"])
        #expect(!dumb.isColoured && !dumb.isInteractive)
    }
}
