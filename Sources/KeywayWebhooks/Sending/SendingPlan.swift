import KeywayModel
import KeywayStore

/// Which deliveries may be sent now, given what is under way: the rules by which no endpoint harms another (G10, G12).
///
/// - One at a time of each webhook and device, so that they arrive in order.
/// - Endpoints take turns, and each has so many requests under way at most.
/// - The last quarter of all places is for endpoints that have none, so that a few slow ones do not hold up the others.
/// - An endpoint whose latest try failed has one request under way, to see whether it is back. Those endpoints, and those
///   whose latest try took long, have half of the places together, so that what is quick always finds one.
struct SendingPlan: Sendable {
    /// What keeps an order of its own.
    private struct Lane: Hashable {
        let webhookID: Identifier<Webhook>
        let deviceID: Identifier<Device>?

        init(_ delivery: Delivery) {
            webhookID = delivery.webhookID
            deviceID = delivery.deviceID
        }
    }

    private struct Place {
        let lane: Lane
        let isTroubled: Bool
    }

    private let maximum: Int
    private let maximumPerEndpoint: Int
    private var places: [Identifier<Delivery>: Place] = [:]
    private var lanes: Set<Lane> = []
    private var counts: [Identifier<Webhook>: Int] = [:]
    private var troubledCount = 0
    /// The endpoints whose latest try took longer than ``patience``.
    private var slow: Set<Identifier<Webhook>> = []
    /// What has ended since the store was last asked what is due, so that its answer may be older.
    private var endedSinceLook: Set<Identifier<Delivery>> = []

    /// Begins with nothing under way.
    init(maximum: Int, maximumPerEndpoint: Int) {
        precondition(maximum > 0 && maximumPerEndpoint > 0)
        self.maximum = maximum
        self.maximumPerEndpoint = maximumPerEndpoint
    }

    /// How long a try of a quick endpoint takes at most.
    static let patience: Duration = .seconds(1)

    /// How many requests are under way.
    var count: Int { places.count }

    /// Whether nothing can be started before something ends.
    var isFull: Bool { places.count >= maximum }

    /// Takes note that the store is being asked what is due.
    mutating func look() {
        endedSinceLook = []
    }

    /// Starts as many of some deliveries as the rules allow.
    ///
    /// - Parameter due: What the store answered since ``look()``, webhook by webhook. What has ended meanwhile may stand
    ///   there as it was before, and is not sent again.
    /// - Returns: Those that are under way from now on, until ``end(_:)``.
    mutating func start(_ due: [DueDelivery]) -> [DueDelivery] {
        var started: [DueDelivery] = []
        var waiting = Self.byWebhook(due)
        while !waiting.isEmpty, places.count < maximum {
            // One of each webhook, and then again.
            for index in waiting.indices {
                while let next = waiting[index].popFirst() {
                    guard mayStart(next) else { continue }
                    enter(next)
                    started.append(next)
                    break
                }
            }
            waiting.removeAll(where: \.isEmpty)
        }
        return started
    }

    private static func byWebhook(_ due: [DueDelivery]) -> [ArraySlice<DueDelivery>] {
        var groups: [ArraySlice<DueDelivery>] = []
        for delivery in due {
            if groups.last?.first?.webhook.id == delivery.webhook.id {
                groups[groups.count - 1].append(delivery)
            } else {
                groups.append([delivery])
            }
        }
        return groups
    }

    private func mayStart(_ due: DueDelivery) -> Bool {
        let count = counts[due.webhook.id] ?? 0
        guard places.count < maximum, places[due.delivery.id] == nil, !lanes.contains(Lane(due.delivery)),
            !endedSinceLook.contains(due.delivery.id)
        else { return false }
        if isTroubled(due.webhook), troubledCount >= max(1, maximum / 2) { return false }
        if due.webhook.health.isFailing { return count == 0 }
        return count == 0 || count < maximumPerEndpoint && places.count < maximum - maximum / 4
    }

    private func isTroubled(_ webhook: Webhook) -> Bool { webhook.health.isFailing || slow.contains(webhook.id) }

    private mutating func enter(_ due: DueDelivery) {
        let place = Place(lane: Lane(due.delivery), isTroubled: isTroubled(due.webhook))
        places[due.delivery.id] = place
        lanes.insert(place.lane)
        counts[due.webhook.id, default: 0] += 1
        if place.isTroubled { troubledCount += 1 }
    }

    /// Takes note that a delivery is no longer under way, and how long its try took.
    mutating func end(_ id: Identifier<Delivery>, after duration: Duration) {
        guard let lane = leave(id) else { return }
        endedSinceLook.insert(id)
        lanes.remove(lane)
        if duration > Self.patience { slow.insert(lane.webhookID) } else { slow.remove(lane.webhookID) }
    }

    /// Takes note that the end of a delivery's try cannot be written: nothing more of its webhook and device is started,
    /// since it would be this one again and again.
    mutating func giveUp(_ id: Identifier<Delivery>) {
        _ = leave(id)
    }

    /// Frees the place of a delivery, but not its lane.
    private mutating func leave(_ id: Identifier<Delivery>) -> Lane? {
        guard let place = places.removeValue(forKey: id) else { return nil }
        if place.isTroubled { troubledCount -= 1 }
        let count = (counts[place.lane.webhookID] ?? 1) - 1
        counts[place.lane.webhookID] = count == 0 ? nil : count
        return place.lane
    }
}
