import KeywayModel
import KeywayStore

// Owned records that pass a filter. The store knows none for them, because a workspace has few.

extension Store {
    /// How many rows are read at a time.
    private var chunk: Int { 500 }

    /// Returns the first record of a workspace that is wanted, in the order of addition; nil if there is none.
    func firstRecord<Record: OwnedRecord>(
        _: Record.Type,
        in workspaceID: Identifier<Workspace>,
        where isWanted: (Record) -> Bool
    ) async throws -> Record? {
        try await page(in: workspaceID, limit: 1, after: nil, where: isWanted).elements.first
    }

    /// Returns every record of a workspace that is wanted, in the order of addition.
    ///
    /// - Throws: ``APIError`` of type `too_many_results` if there are more than a limit.
    func records<Record: OwnedRecord>(
        _: Record.Type,
        in workspaceID: Identifier<Workspace>,
        atMost limit: Int,
        where isWanted: (Record) -> Bool
    ) async throws -> [Record] {
        let page = try await page(in: workspaceID, limit: limit, after: nil, where: isWanted)
        guard page.next == nil else { throw APIError.tooManyResults(limit: limit) }
        return page.elements
    }

    /// Returns a page of the records of a workspace that are wanted, in the order of addition.
    ///
    /// - Parameters:
    ///   - workspaceID: The workspace.
    ///   - limit: The most rows to return, at least 1.
    ///   - after: Where to begin: `next` of the page before; nil for the first page.
    ///   - isWanted: Whether a record passes the filter.
    /// - Returns: The page, whose `next` is nil if no more records pass the filter.
    /// - Throws: What the store throws.
    func page<Record: OwnedRecord>(
        in workspaceID: Identifier<Workspace>,
        limit: Int,
        after: Int64?,
        where isWanted: (Record) -> Bool
    ) async throws -> Page<Record> {
        var found: [Record] = []
        var (position, end) = (after, Int64?.none)
        repeat {
            let rows = try await records(Record.self, in: workspaceID, limit: chunk, after: position)
            for (index, record) in rows.elements.enumerated() where isWanted(record) {
                // One more than asked for: so there is a next page.
                if found.count == limit { return Page(elements: found, next: end) }
                found.append(record)
                if found.count == limit {
                    let read = index + 1
                    // Only the end of what is read has a position, so the rows up to this one are read again.
                    end =
                        read == rows.elements.count
                        ? rows.next
                        : try await records(Record.self, in: workspaceID, limit: read, after: position).next
                }
            }
            position = rows.next
        } while position != nil
        return Page(elements: found, next: nil)
    }

    /// Changes every client session of a workspace that is wanted.
    func updateSessions(
        in workspaceID: Identifier<Workspace>,
        where isWanted: (ClientSession) -> Bool,
        change: @escaping @Sendable (inout ClientSession) -> Void
    ) async throws {
        _ = try await updateEach(ClientSession.self, in: workspaceID, where: isWanted, change: change)
    }
}
