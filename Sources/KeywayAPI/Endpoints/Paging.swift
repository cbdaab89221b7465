import KeywayModel
import KeywayStore

/// The parameters and the answer of lists that come in pages (wire contract, section 1.8).
enum Paging {
    /// How many rows a page has unless its caller says otherwise.
    static let defaultLimit = 500

    static let limit = limit(byDefault: defaultLimit)

    /// The parameter of a list for which the contract has another default.
    static func limit(byDefault count: Int) -> Parameter<Int> {
        .defaulted(
            "limit",
            .integer(1 ... .max),
            .number(Double(count)),
            "The most rows to return. More than the server's maximum page size, 1,000 unless configured otherwise, is "
                + "taken as that maximum."
        )
    }

    static let cursor = Parameter.nullable(
        "page_cursor",
        .string(),
        "The `next_page_cursor` of the page before. All other parameters must be the same as for that page."
    )
}

extension Call {
    /// The rows to return at most, within the server's page size.
    var pageSize: Int {
        get throws { min(try self[Paging.limit], services.configuration.maximumPageSize) }
    }

    /// Where the page begins; nil: at the start.
    ///
    /// - Throws: ``APIError``: `invalid_input` for a text that is no cursor, `mismatched_page_parameters` for the cursor
    ///   of another question.
    var pageStart: Int64? {
        get throws {
            guard let text = try self[Paging.cursor] else { return nil }
            guard let cursor = PageCursor(text) else {
                throw APIError.invalidInput(Paging.cursor, "Invalid page cursor")
            }
            guard cursor.belongs(to: question) else { throw APIError.mismatchedPageParameters }
            return cursor.position
        }
    }

    /// Tells where the page after a page is.
    func pagination(next: Int64?) -> PaginationBody {
        guard let next else { return PaginationBody(nextPageCursor: nil, nextPageURL: nil) }
        let cursor = PageCursor(position: next, question: question).text
        var values = arguments.values
        values[Paging.cursor.declaration.name] = .string(cursor)
        let url = "\(baseURL)\(endpoint.path)?\(QueryWriter.query(values))"
        return PaginationBody(nextPageCursor: cursor, nextPageURL: url)
    }

    /// What is asked, without the page.
    private var question: String { canonicalText(without: [Paging.cursor.declaration.name]) }
}
