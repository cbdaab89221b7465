extension NamedSchema {
    /// The shape of a ``PaginationBody``.
    static let pagination = NamedSchema(
        "pagination",
        .object([
            .always("has_next_page", .boolean, "Whether there is more."),
            .always("next_page_cursor", .nullable(.text), "The `page_cursor` of the next page; null on the last one."),
            .always("next_page_url", .nullable(.url), "The address of the next page; null on the last one."),
        ]),
        "Where the next page is."
    )
}
