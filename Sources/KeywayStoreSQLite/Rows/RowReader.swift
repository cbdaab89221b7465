import GRDB

/// Reads the columns of one row from left to right.
///
/// Takes them by position, since finding a column by its name costs more than reading it; and throws where GRDB's
/// subscripts would trap, since a person can change a database file by hand.
struct RowReader {
    private let row: Row
    private var column = 0

    /// Begins at the first column.
    private init(_ row: Row) {
        self.row = row
    }

    /// Reads a row with a function that takes its columns in their order.
    ///
    /// - Throws: ``DamagedRow`` if a column holds something else than expected.
    static func read<Value>(
        _ row: Row,
        of table: String,
        _ body: (inout RowReader) throws -> Value
    ) throws -> Value {
        do {
            var reader = RowReader(row)
            return try body(&reader)
        } catch {
            throw DamagedRow(table: table, id: row.isEmpty ? "" : "\(row[0] ?? "")")
        }
    }

    /// Takes the next column; an optional type takes NULL.
    mutating func take<Value: DatabaseValueConvertible>(_: Value.Type = Value.self) throws -> Value {
        defer { column += 1 }
        return try row.decode(Value.self, atIndex: column)
    }

    /// Takes the next column.
    mutating func takeJSON<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
        try JSONText.decode(from: take(String.self))
    }

    /// Takes the next column, in which NULL stands for a usual value.
    mutating func takeJSON<Value: Decodable>(ifNull usual: Value) throws -> Value {
        try take(String?.self).map { try JSONText.decode(from: $0) } ?? usual
    }
}
