import GRDB
import KeywayModel

/// The WHERE clause of a query: conditions joined by AND, with their arguments.
struct Conditions {
    private var texts: [String] = []
    /// The arguments, in the order of their question marks.
    private(set) var arguments = StatementArguments()

    /// Begins with the tenant.
    init(in workspaceID: Identifier<Workspace>) {
        add("workspace_id = ?", [workspaceID])
    }

    /// Begins with the tenant, and with the ids that are asked for, if any.
    ///
    /// - Parameters:
    ///   - workspaceID: The tenant.
    ///   - idColumn: The column of the ids.
    ///   - ids: The ids; nil lets everything pass, an empty list nothing.
    /// - Throws: What ``JSONText/encode(_:)`` throws, which it never does for texts.
    init<Subject>(
        in workspaceID: Identifier<Workspace>,
        _ idColumn: String,
        isOneOf ids: [Identifier<Subject>]?
    ) throws {
        // The plus sign takes the column out of the choice of index. Without it SQLite would walk through all of the
        // tenant's rows, which are in the right order, instead of looking up the ids:
        // https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_
        add(ids == nil ? "workspace_id = ?" : "+workspace_id = ?", [workspaceID])
        try add(idColumn, isOneOf: ids)
    }

    /// The clause.
    var clause: String { "WHERE " + texts.joined(separator: " AND ") }

    /// Adds a condition.
    mutating func add(_ text: String, _ arguments: StatementArguments = []) {
        texts.append(text)
        self.arguments += arguments
    }

    /// Adds that a column is one of some values; nil lets everything pass, an empty list nothing.
    ///
    /// The list goes in as one JSON text: so it may be of any length, and the statement is the same for all lengths.
    mutating func add(_ column: String, isOneOf values: [String]?) throws {
        guard let values else { return }
        add("\(column) IN (SELECT value FROM json_each(?))", [try JSONText.encode(values)])
    }

    /// Adds that a column is one of some identifiers; nil lets everything pass, an empty list nothing.
    mutating func add<Subject>(_ column: String, isOneOf ids: [Identifier<Subject>]?) throws {
        try add(column, isOneOf: ids?.map(\.description))
    }

    /// Adds that the column `custom_metadata` has each of some pairs, as queries ask for them.
    mutating func addMetadata(_ pairs: [String: String?]) {
        for (key, text) in pairs {
            guard let text else {
                add("NOT EXISTS (SELECT 1 FROM json_each(custom_metadata) AS pair WHERE pair.key = ?)", [key])
                continue
            }
            // json_each gives truth values as 1 and 0.
            add(
                """
                EXISTS (SELECT 1 FROM json_each(custom_metadata) AS pair WHERE pair.key = ?
                    AND CASE pair.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE pair.value END = ?)
                """,
                [key, text]
            )
        }
    }
}
