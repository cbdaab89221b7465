/// What a reader of the API's description has to know before the first endpoint.
enum Overview {
    /// What Keyway is, in one paragraph.
    static let introduction = """
        Keyway performs actions on physical devices, first of all locking and unlocking doors, and tells the truth about \
        what happened. It speaks the Seam HTTP API, so a Seam SDK works against it by changing the endpoint. What is \
        marked as Keyway's own goes beyond that API.
        """

    /// One subject with its paragraphs, in which backticks stand around what is meant literally.
    struct Section: Hashable {
        let title: String
        let paragraphs: [String]
    }

    /// The subjects, in the order in which a reader meets them.
    static let sections = [requests, authentication, errors, pages, idempotency, waiting]

    private static let requests = Section(
        title: "Requests",
        paragraphs: [
            """
            Every endpoint answers POST with its parameters in a JSON body. One that reads also answers GET, one that \
            updates PATCH, one that replaces PUT, and one that deletes DELETE, with the same parameters in the query or \
            in the body; what is in the body wins. Unknown parameters are ignored.
            """,
            """
            In a query a list is repeated (`k=a&k=b`, and `k=` for an empty one), an object has dotted names \
            (`custom_metadata_has.floor=2`), and `k=` is null. With `_strict=true` these are the only notations. \
            Without it `k[]=a`, `k=a,b`, `yes`, `no`, `1`, `0` and spaces around numbers are understood as well.
            """,
            "A time is an ISO 8601 date and time such as `2026-03-01T09:30:00Z`, or a date alone.",
            "The header `seam-request-id` of every answer names the request in the server's log.",
        ]
    )

    static let authentication = Section(
        title: "Authentication",
        paragraphs: [
            """
            Send the credential as `Authorization: Bearer …`. With a personal access token the header `seam-workspace` \
            says which workspace is meant. Each endpoint says what it accepts; anything else is answered with 401.
            """,
            """
            A credential shows one workspace only, and a client session only some of its connected accounts. What a \
            credential does not show is answered exactly as what does not exist.
            """,
        ]
    )

    static let errors = Section(
        title: "Errors",
        paragraphs: [
            """
            An answer with status 200 has `"ok": true`. Every other answer has `"ok": false` and an `error` with a \
            `type` for programs and a `message` for people. An action attempt that fails is no such error: the request \
            for it was answered, and the attempt says what became of it.
            """
        ]
    )

    private static let pages = Section(
        title: "Pages",
        paragraphs: [
            """
            A long list comes in pages of `limit` rows. While `pagination.has_next_page` is true, repeat the request \
            with `page_cursor` set to `pagination.next_page_cursor` and all other parameters as they were, or follow \
            `pagination.next_page_url`.
            """
        ]
    )

    private static let idempotency = Section(
        title: "Idempotency",
        paragraphs: [
            """
            A request that acts takes the header `idempotency-key`, a text of your choice. For 24 hours a repetition \
            with the same key and the same parameters does nothing more, and is answered with what the first one did. \
            With other parameters it is answered with 422.
            """
        ]
    )

    private static let waiting = Section(
        title: "Waiting for an action",
        paragraphs: [
            """
            An action is answered at once with an action attempt that is `pending`. It then becomes `success` or \
            `error` exactly once, and never changes again. Ask `/action_attempts/get` for it every half second or so, \
            read `/events/list`, or have the answer held: with the header `prefer: wait=10` it comes when there is an \
            outcome, or after 10 seconds at the latest.
            """
        ]
    )
}
