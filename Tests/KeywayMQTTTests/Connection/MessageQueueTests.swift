import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("Messages that wait")
struct MessageQueueTests {
    private static func message(_ topic: String, _ number: UInt64, bytes: Int = 1) -> InboundMessage {
        InboundMessage(
            topic: topic,
            payload: Array(repeating: 0, count: bytes),
            isRetained: false,
            receivedAt: MonotonicInstant(nanoseconds: 0),
            stamp: TrafficStamp(generation: 1, number: number)
        )
    }

    private static func queue(messages: Int = 100, ofOneTopic: Int = 100, bytes: Int = 10_000) -> MessageQueue {
        MessageQueue(.init(messages: messages, messagesOfOneTopic: ofOneTopic, bytes: bytes))
    }

    private static func rest(_ queue: inout MessageQueue) -> [UInt64] {
        var numbers: [UInt64] = []
        while let message = queue.popFirst() { numbers.append(message.stamp.number) }
        return numbers
    }

    @Test("come out in their order")
    func order() {
        var queue = Self.queue()
        for number in 1...6 as ClosedRange<UInt64> { queue.append(Self.message("t\(number % 3)", number)) }
        #expect(Self.rest(&queue) == [1, 2, 3, 4, 5, 6])
        #expect(queue.droppedCount == 0)
    }

    @Test("come out up to a place in the order, and the others stay")
    func limit() {
        var queue = Self.queue()
        queue.append(Self.message("a", 1))
        queue.append(Self.message("b", 2))
        let place = queue.lastPlace
        queue.append(Self.message("a", 3))
        var numbers: [UInt64] = []
        while let message = queue.popFirst(upTo: place) { numbers.append(message.stamp.number) }
        #expect(numbers == [1, 2])
        #expect(Self.rest(&queue) == [3])
    }

    @Test("of one topic give way to its newer ones")
    func crowdedTopic() {
        var queue = Self.queue(ofOneTopic: 2)
        queue.append(Self.message("quiet", 0))
        for number in 1...5 as ClosedRange<UInt64> { queue.append(Self.message("loud", number)) }
        #expect(queue.droppedCount == 3)
        #expect(Self.rest(&queue) == [0, 4, 5])
    }

    @Test("keep the newest of each topic when there are too many in all")
    func full() {
        var queue = Self.queue(messages: 3)
        for number in 1...3 as ClosedRange<UInt64> { queue.append(Self.message("loud", number)) }
        queue.append(Self.message("new", 4))
        queue.append(Self.message("newer", 5))
        #expect(queue.count == 3)
        // Each is the only one of its topic, so this one cannot be taken.
        queue.append(Self.message("newest", 6))
        queue.append(Self.message("new", 7))
        #expect(Self.rest(&queue) == [3, 5, 7])
        #expect(queue.droppedCount == 4)
    }

    @Test("are bounded by their bytes, too")
    func bytes() {
        var queue = Self.queue(bytes: 100)
        queue.append(Self.message("a", 1, bytes: 50))
        queue.append(Self.message("a", 2, bytes: 60))
        queue.append(Self.message("b", 3, bytes: 100))
        #expect(Self.rest(&queue) == [2])
        #expect(queue.droppedCount == 2)
    }

    @Test("that nobody reads take no more room however many come")
    func endless() {
        var queue = Self.queue(messages: 10, ofOneTopic: 2)
        for number in 1...100_000 as ClosedRange<UInt64> { queue.append(Self.message("t\(number % 5)", number)) }
        #expect(queue.count == 10)
        #expect(queue.orderLength < 4096)
        #expect(Self.rest(&queue) == Array(99_991...100_000))
    }
}
