extension KeywayClient {
    /// The events, as a list and as a stream.
    public struct Events: Sendable {
        let connection: ServerConnection

        /// The events that fit a filter, in the order in which they were written.
        ///
        /// - Parameters:
        ///   - filter: Which ones; by default all.
        ///   - limit: The most: the first ones after `since`, else the latest. Nil: 500.
        /// - Returns: The events.
        /// - Throws: What any request throws.
        public func list(_ filter: EventFilter = EventFilter(), limit: Int? = nil) async throws -> [Event] {
            var query = filter.query
            query["limit"] = limit.map { .text("\($0)") }
            return try await connection.send(.read("/events/list", query)).objects("events")
        }

        /// The events that fit a filter, as they happen, without end.
        ///
        /// The stream resumes by itself: a connection that is lost or silent is made again, and continues after the last
        /// event, without a gap or a repetition.
        ///
        /// - Parameters:
        ///   - filter: Which ones; by default all. Without `since` and a position it begins with what happens next.
        ///   - position: The ``Event/streamPosition`` of the last event that was seen, to continue after it.
        ///   - onInterruption: Is told when the connection is lost, before it is made again.
        /// - Returns: The stream; it connects when it is first iterated.
        public func stream(
            _ filter: EventFilter = EventFilter(),
            after position: String? = nil,
            onInterruption: @escaping @Sendable (StreamInterruption) -> Void = { _ in }
        ) -> EventStream {
            EventStream(
                connection: connection,
                query: filter.query,
                position: position,
                onInterruption: onInterruption
            )
        }
    }
}
