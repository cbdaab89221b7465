/// Rows of texts in columns, for a person.
struct Table: Hashable {
    /// A text and its colour.
    struct Cell: Hashable, ExpressibleByStringLiteral {
        let text: String
        var colour: Colour?

        /// Makes a cell; whatever could disturb the terminal is taken out of the text.
        init(_ text: String, _ colour: Colour? = nil) {
            self.text = text.withoutControls()
            self.colour = colour
        }

        init(stringLiteral text: String) {
            self.init(text)
        }
    }

    /// The colours, by what they say.
    enum Colour: String, Hashable {
        case good = "32"
        case bad = "31"
        case notable = "33"
        case minor = "2"
    }

    private static let gap = "  "

    private let rows: [[Cell]]
    private let widths: [Int]

    /// Makes a table with titles.
    ///
    /// - Parameters:
    ///   - titles: One for each column.
    ///   - rows: Each with a cell for each column.
    init(_ titles: [String], _ rows: [[Cell]]) {
        self.init([titles.map { Cell($0, .minor) }] + rows, widths: [])
    }

    /// Makes a list of facts: their names, and what they are.
    init(facts: [(name: String, value: Cell?)]) {
        self.init(
            facts.compactMap { fact in fact.value.map { [Cell(fact.name, .minor), $0] } },
            widths: []
        )
    }

    /// Makes one line that lines up with others.
    ///
    /// - Parameters:
    ///   - cells: The cells.
    ///   - widths: The columns that each takes at least.
    init(line cells: [Cell], widths: [Int]) {
        self.init([cells], widths: widths)
    }

    private init(_ rows: [[Cell]], widths: [Int]) {
        self.rows = rows
        let count = rows.map(\.count).max() ?? 0
        self.widths = (0..<count)
            .map { column in
                let cells = rows.compactMap { $0.count > column ? $0[column].text.columns : nil }
                return max(cells.max() ?? 0, column < widths.count ? widths[column] : 0)
            }
    }

    /// The table as text that ends with a line feed.
    func text(coloured: Bool) -> String {
        rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += coloured ? cell.colouredText : cell.text
                let isLast = row[(column + 1)...].allSatisfy(\.text.isEmpty)
                if isLast { break }
                line += String(repeating: " ", count: widths[column] - cell.text.columns) + Self.gap
            }
            return line + "\n"
        }
        .joined()
    }
}

extension Table.Cell {
    fileprivate var colouredText: String {
        guard let colour, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}
