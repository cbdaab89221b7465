/// Where a stream stands, and whether what it brings is new.
struct StreamPosition: Hashable {
    /// The last position that was seen; nil before the first.
    private(set) var last: String?

    init(_ last: String? = nil) {
        self.last = last
    }

    /// Moves to the position of what has come.
    ///
    /// - Returns: Whether it is new; false for what came before, as after a connection was made again. Positions are
    ///   numbers that grow; of any others only a repetition of the last is known to be old.
    mutating func advance(to position: String) -> Bool {
        if let last {
            if let old = UInt64(last), let new = UInt64(position) {
                guard new > old else { return false }
            } else if last == position {
                return false
            }
        }
        last = position
        return true
    }
}
