/// Reads server-sent events from bytes, however they are cut.
///
/// See [the HTML standard](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
struct ServerSentEventParser {
    /// What a stream brings.
    enum Element: Hashable {
        /// A whole event.
        case event(type: String, data: String)
        /// From here on the stream is at this position.
        case position(String)
        /// The server says how long to wait before connecting again.
        case retry(Duration)
    }

    /// An event is larger than it may be.
    struct TooLarge: Error {}

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let maximumBytes: Int
    private var line: [UInt8] = []
    private var isFirstLine = true
    private var endsAfterReturn = false
    private var type = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id: String?

    /// Makes a parser for the beginning of a stream.
    ///
    /// - Parameter maximumBytes: The most bytes of one line, and of the data of one event.
    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Takes in more bytes, and returns what they completed.
    ///
    /// - Throws: ``TooLarge``; the parser is of no use then.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(TooLarge) -> [Element] {
        var elements: [Element] = []
        for byte in bytes {
            // A line ends with a return, a line feed, or both; the feed after a return may come later.
            let isSecondHalf = endsAfterReturn && byte == UInt8(ascii: "\n")
            endsAfterReturn = byte == UInt8(ascii: "\r")
            if isSecondHalf { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                try endLine(&elements)
            } else {
                guard line.count < maximumBytes else { throw TooLarge() }
                line.append(byte)
            }
        }
        return elements
    }

    private mutating func endLine(_ elements: inout [Element]) throws(TooLarge) {
        var line = self.line[...]
        self.line.removeAll(keepingCapacity: true)
        if isFirstLine, line.starts(with: Self.byteOrderMark) { line = line.dropFirst(Self.byteOrderMark.count) }
        isFirstLine = false
        guard !line.isEmpty else { return endEvent(&elements) }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return try field(line, [], &elements) }
        var value = line[line.index(after: colon)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        // A line that begins with the colon is a comment, and its field has no name.
        try field(line[..<colon], value, &elements)
    }

    private mutating func field(
        _ name: ArraySlice<UInt8>,
        _ value: ArraySlice<UInt8>,
        _ elements: inout [Element]
    ) throws(TooLarge) {
        switch String(decoding: name, as: UTF8.self) {
        case "event": type = String(decoding: value, as: UTF8.self)
        case "data":
            guard data.count + value.count < maximumBytes else { throw TooLarge() }
            if hasData { data.append(UInt8(ascii: "\n")) }
            data += value
            hasData = true
        case "id":
            if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case "retry":
            let isNumber = value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if isNumber, let milliseconds = Int32(String(decoding: value, as: UTF8.self)) {
                elements.append(.retry(.milliseconds(milliseconds)))
            }
        default: break
        }
    }

    private mutating func endEvent(_ elements: inout [Element]) {
        // The position comes first: whoever takes the event knows where it stands.
        if let id { elements.append(.position(id)) }
        if hasData {
            elements.append(.event(type: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self)))
        }
        id = nil
        type = ""
        data.removeAll(keepingCapacity: true)
        hasData = false
    }
}
