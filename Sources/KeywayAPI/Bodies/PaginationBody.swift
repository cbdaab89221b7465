/// Where the next page is; all three keys are always present (wire contract, section 1.8).
struct PaginationBody: Encodable {
    /// The cursor of the next page; nil if this is the last one.
    let nextPageCursor: String?
    /// The address of the next page; nil if this is the last one.
    let nextPageURL: String?

    private enum CodingKeys: String, CodingKey {
        case hasNextPage = "has_next_page"
        case nextPageCursor = "next_page_cursor"
        case nextPageURL = "next_page_url"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(nextPageCursor != nil, forKey: .hasNextPage)
        try container.encode(nextPageCursor, forKey: .nextPageCursor)
        try container.encode(nextPageURL, forKey: .nextPageURL)
    }
}
