/// What happened, step by step: always as a hash, and in words for a run that is replayed to be read.
struct Trace: Sendable {
    /// Whether to keep words; off in the first run, since writing them takes most of the time.
    let isReadable: Bool
    /// The same for two runs exactly if the same things happened in the same order.
    ///
    /// FNV-1a over whole words.
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private var lines: [(device: Int?, text: String)] = []

    /// More than a reader wants to see.
    private static let maximumLines = 20000

    init(isReadable: Bool) {
        self.isReadable = isReadable
    }

    mutating func mix(_ number: UInt64) {
        hash = (hash ^ number) &* 0x100_0000_01B3
    }

    /// Notes a line about a device, or, without one, about all.
    mutating func note(_ device: Int?, at now: WorldTime, _ text: @autoclosure () -> String) {
        guard isReadable else { return }
        if lines.count == Self.maximumLines { lines.removeFirst(Self.maximumLines / 2) }
        lines.append((device, "\(now) \(device.map { "device \($0)" } ?? "server"): \(text())"))
    }

    /// The last lines about a device, and those about all between them.
    func last(_ count: Int, of device: Int?) -> [String] {
        lines.filter { device == nil || $0.device == nil || $0.device == device }.suffix(count).map(\.text)
    }
}
