/// Colours in the words of CSS, as the owner of a workspace chooses them for its pages.
enum CSSColor {
    /// What a colour looks like, such as `#2b6cb0`, `teal` or `rgb(0 128 128 / 50%)`.
    ///
    /// Browsers know which colours there are. What matters here is that the text can be nothing else in a style sheet: it
    /// ends no declaration, opens no block or comment, and names no address.
    static let pattern = TextPattern(
        "#[0-9A-Fa-f]{3,8}|[A-Za-z]{3,32}|"
            + #"(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([0-9A-Za-z.,% -]*(/[0-9A-Za-z.,% -]*)?\)"#,
        fault: "Invalid color",
        sample: "#2b6cb0"
    )

    /// Whether a text can be a colour.
    static func isPlausible(_ text: String) -> Bool { pattern.fits(text) }
}
