extension KeywayClient {
    /// A word of a list that grows: those known today are constants, and any other text is a value as well.
    public protocol OpenWord: RawRepresentable, Codable, Hashable, Sendable, ExpressibleByStringLiteral,
        CustomStringConvertible
    where RawValue == String {
        /// Makes a word of the text that stands for it on the wire.
        init(rawValue: String)
    }
}

extension KeywayClient.OpenWord {
    /// Makes a word of the text that stands for it on the wire.
    public init(stringLiteral text: String) {
        self.init(rawValue: text)
    }

    /// The text that stands for it on the wire.
    public var description: String { rawValue }
}
