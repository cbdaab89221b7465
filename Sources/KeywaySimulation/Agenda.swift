/// What is going to happen, the earliest first.
///
/// What happens at the same instant is ordered by a draw, so that a seed decides who is first.
struct Agenda<Happening> {
    private struct Entry {
        let time: WorldTime
        let draw: UInt64
        let happening: Happening

        func isBefore(_ other: Entry) -> Bool {
            (time, draw) < (other.time, other.draw)
        }
    }

    /// A binary heap: an entry is never before the one at half its position.
    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ happening: Happening, at time: WorldTime, draw: UInt64) {
        entries.append(Entry(time: time, draw: draw, happening: happening))
        var position = entries.count - 1
        while position > 0 {
            let parent = (position - 1) / 2
            guard entries[position].isBefore(entries[parent]) else { return }
            entries.swapAt(position, parent)
            position = parent
        }
    }

    /// Takes out the earliest; nil if nothing is left to happen.
    mutating func next() -> (time: WorldTime, happening: Happening)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            sink()
        }
        return (first.time, first.happening)
    }

    private mutating func sink() {
        var position = 0
        while true {
            var least = position
            for child in [2 * position + 1, 2 * position + 2]
            where child < entries.count && entries[child].isBefore(entries[least]) {
                least = child
            }
            if least == position { return }
            entries.swapAt(position, least)
            position = least
        }
    }
}
