/// The address that every Zigbee device has from its maker, such as `0x00158d0001a2b3c4`.
enum ZigbeeAddress {
    /// The addresses that a text mentions, in lower case.
    static func mentioned(in text: String) -> [String] {
        let bytes = Array(text.lowercased().utf8)
        var addresses: [String] = []
        var index = 0
        while index + 18 <= bytes.count {
            let candidate = bytes[index..<(index + 18)]
            if candidate.starts(with: [0x30, 0x78]), candidate.dropFirst(2).allSatisfy(isHexDigit) {
                addresses.append(String(decoding: candidate, as: UTF8.self))
                index += 18
            } else {
                index += 1
            }
        }
        return addresses
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
