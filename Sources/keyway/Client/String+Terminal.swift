extension String {
    /// The text without what could move the cursor, change colours or turn the reading direction.
    ///
    /// Names come from devices and their makers, and must not be able to write over what stands beside them.
    func withoutControls(exceptLineFeed: Bool = false) -> String {
        let scalars = unicodeScalars.map { scalar -> Unicode.Scalar in
            if exceptLineFeed && scalar == "\n" { return scalar }
            switch scalar.value {
            // Controls; Arabic letter mark, left-to-right and right-to-left mark; separators of lines and paragraphs, and
            // embeddings; isolates, and the deprecated controls of shaping (https://www.unicode.org/reports/tr9/).
            case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x206F: return "\u{FFFD}"
            default: return scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// How many columns of a terminal the text takes.
    var columns: Int { reduce(0) { $0 + ($1.isWide ? 2 : 1) } }
}

extension Character {
    /// Whether terminals give it two columns, as most of East Asia's characters and pictures.
    fileprivate var isWide: Bool {
        switch unicodeScalars.first?.value ?? 0 {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
