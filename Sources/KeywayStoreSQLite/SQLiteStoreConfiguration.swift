/// How a ``SQLiteStore`` opens and treats its file.
package struct SQLiteStoreConfiguration: Hashable, Sendable {
    /// The database file; made if it is not there.
    package var path: String
    /// How long a write waits for another process to let go of the database before it fails as `busy`.
    ///
    /// Default 2 s.
    package var busyTimeout: Duration
    /// The most writes waiting for their turn; one more is refused as `overloaded`.
    ///
    /// Default 10,000.
    package var maximumQueueLength: Int
    /// The most connections that read at once.
    ///
    /// Default 4.
    package var maximumReaderCount: Int
    /// The most pages of 4096 bytes that the file may have, after which writes fail as `full`; nil: until the disk is
    /// full.
    ///
    /// Default nil. Does not shrink a file that is longer already.
    package var maximumPageCount: Int?
    /// The most deliveries that wait for one webhook; further ones have failed from the beginning, with the reason
    /// `queue_full`, and can be sent again from the list.
    ///
    /// Default 1,000,000. The newest ones give way, since the oldest may be on its way, and the next ones would overtake it.
    package var maximumPendingDeliveries: Int

    /// Makes a configuration; everything but the path has its default.
    package init(
        path: String,
        busyTimeout: Duration = .seconds(2),
        maximumQueueLength: Int = 10_000,
        maximumReaderCount: Int = 4,
        maximumPageCount: Int? = nil,
        maximumPendingDeliveries: Int = 1_000_000
    ) {
        self.path = path
        self.busyTimeout = busyTimeout
        self.maximumQueueLength = maximumQueueLength
        self.maximumReaderCount = maximumReaderCount
        self.maximumPageCount = maximumPageCount
        self.maximumPendingDeliveries = maximumPendingDeliveries
    }
}
