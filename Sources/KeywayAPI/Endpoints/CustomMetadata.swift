import KeywayModel

/// The limits of the owners' own keys and values (wire contract, section 4.3).
enum CustomMetadata {
    /// The most pairs that one device or account has.
    static let maximumPairs = 50
    /// The longest key in characters.
    static let longestKey = 40

    /// What keys look like.
    static let key = TextPattern(
        "[^.]{1,\(longestKey)}",
        fault: "Keys must contain 1 to \(longestKey) character(s), and no period",
        sample: "floor"
    )

    /// What an owner sets and unsets.
    static let changes = Parameter.optional(
        "custom_metadata",
        .metadataChanges(),
        "The owner's own keys and values: texts of at most 500 characters, or truth values; null or an empty text "
            + "unsets its key. At most \(maximumPairs) keys of at most \(longestKey) characters without a period."
    )

    /// Sets and unsets pairs.
    ///
    /// - Throws: ``APIError`` of type `invalid_input` if there would be too many of them.
    static func merge(
        _ changes: [String: MetadataValue?],
        into metadata: inout [String: MetadataValue]
    ) throws(APIError) {
        for (key, value) in changes { metadata[key] = value }
        guard metadata.count <= maximumPairs else {
            throw .invalidInput(Self.changes, "Record must contain at most \(maximumPairs) pair(s)")
        }
    }
}
