import GRDBSQLite
import KeywayModel

/// A connection to SQLite by its C API, with the settings that Keyway's store uses.
final class Database {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let handle: OpaquePointer

    init(path: String) throws {
        var opened: OpaquePointer?
        guard sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil) == SQLITE_OK,
            let opened
        else { throw Failure(description: "cannot open \(path)") }
        handle = opened
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        try execute("PRAGMA secure_delete = ON")
        try execute("PRAGMA foreign_keys = ON")
    }

    deinit { sqlite3_close_v2(handle) }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// Makes a statement that is kept.
    func statement(_ sql: String) throws -> Statement {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil) == SQLITE_OK,
            let prepared
        else { throw failure() }
        return Statement(prepared, self)
    }

    func failure() -> Failure { Failure(description: String(cString: sqlite3_errmsg(handle))) }
}

/// A prepared statement.
final class Statement {
    private let handle: OpaquePointer
    private let database: Database

    fileprivate init(_ handle: OpaquePointer, _ database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs the statement with these values.
    func run(_ values: [Value]) throws {
        for (index, value) in values.enumerated() { bind(value, at: Int32(index + 1)) }
        guard sqlite3_step(handle) == SQLITE_DONE else { throw database.failure() }
        sqlite3_reset(handle)
    }

    private func bind(_ value: Value, at index: Int32) {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .real(let number): sqlite3_bind_double(handle, index, number)
        case .text(let text):
            // The text outlives the step, and so need not be copied; nil stands for SQLITE_STATIC.
            text.withUnsafeBufferPointer { buffer in
                _ = buffer.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), nil)
                }
            }
        }
    }
}

/// A value in a column.
enum Value {
    case null
    case integer(Int64)
    case real(Double)
    case text(ContiguousArray<UInt8>)

    init(_ text: String) { self = .text(ContiguousArray(text.utf8)) }
    init(_ text: String?) { self = text.map { Value($0) } ?? .null }
    init(_ time: Timestamp?) { self = time.map { .integer($0.microseconds) } ?? .null }
    init(_ flag: Bool?) { self = flag.map { .integer($0 ? 1 : 0) } ?? .null }
    init(_ number: Double?) { self = number.map { .real($0) } ?? .null }
}
