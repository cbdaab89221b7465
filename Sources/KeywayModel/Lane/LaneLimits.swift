/// The bounds of a lane (G12).
///
/// Each is a setting of the server but for the pauses between tries to write.
package struct LaneLimits: Hashable, Sendable {
    /// The most attempts unresolved at one device, the one in flight included.
    ///
    /// Default 64.
    package var maximumLength: Int
    /// How long after its deadline an attempt may stay pending while the device's state is read once more (G2).
    ///
    /// Default 2 s.
    package var resolutionGrace: Duration
    /// How long after its resolution an attempt's outcome can be contradicted by a report (G8).
    ///
    /// Default 1 h.
    package var lateReportWindow: Duration
    /// The pause after a failed write; it doubles with each failure up to `longestWriteRetryDelay`.
    ///
    /// Default 100 ms.
    package var firstWriteRetryDelay: Duration
    /// The longest pause between two tries to write.
    ///
    /// Default 5 s.
    package var longestWriteRetryDelay: Duration
    /// The most reports kept on one attempt's timeline; later ones still count but are not listed.
    ///
    /// Default 32.
    package var maximumTimelineReports: Int

    /// Makes limits; every value has its default.
    package init(
        maximumLength: Int = 64,
        resolutionGrace: Duration = .seconds(2),
        lateReportWindow: Duration = .seconds(3600),
        firstWriteRetryDelay: Duration = .milliseconds(100),
        longestWriteRetryDelay: Duration = .seconds(5),
        maximumTimelineReports: Int = 32
    ) {
        self.maximumLength = maximumLength
        self.resolutionGrace = resolutionGrace
        self.lateReportWindow = lateReportWindow
        self.firstWriteRetryDelay = firstWriteRetryDelay
        self.longestWriteRetryDelay = longestWriteRetryDelay
        self.maximumTimelineReports = maximumTimelineReports
    }
}
