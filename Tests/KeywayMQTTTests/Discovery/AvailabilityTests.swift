import Testing

@testable import KeywayMQTT

@Suite("Availability")
struct AvailabilityTests {
    private static func availability(
        _ mode: Availability.Mode,
        bridge: String? = nil,
        optional: String? = nil,
        _ topics: String...
    ) -> Availability {
        let rules = (topics + [bridge, optional].compactMap(\.self))
            .map {
                Availability.Rule(
                    topic: $0,
                    available: "online",
                    notAvailable: "offline",
                    template: nil,
                    isOfBridge: $0 == bridge,
                    isOptional: $0 == optional
                )
            }
        return Availability(mode: mode, rules: rules)
    }

    /// What is known after each statement, such as `a+` and `b-`.
    private static func reaches(_ availability: Availability, _ statements: String...) -> [Availability.Reach] {
        var availability = availability
        return statements.map {
            availability.take(topic: String($0.dropLast()), isAvailable: $0.hasSuffix("+"))
            return availability.reach
        }
    }

    @Test("With “all”, one topic is enough to be offline, and every topic is needed to be online")
    func all() {
        let availability = Self.availability(.all, "a", "b")
        #expect(availability.reach == .unknown)
        #expect(Self.reaches(availability, "a+", "b+", "a-", "a+") == [.unknown, .online, .offline, .online])
        #expect(
            Self.reaches(availability, "a-", "b+", "b-", "a+", "b+") == [
                .offline, .offline, .offline, .offline, .online,
            ]
        )
    }

    @Test("With “any”, one topic is enough to be online, and every topic is needed to be offline")
    func any() {
        let availability = Self.availability(.any, "a", "b")
        #expect(availability.reach == .unknown)
        #expect(Self.reaches(availability, "a-", "b+", "b-", "a+") == [.unknown, .online, .offline, .online])
    }

    @Test("With “latest”, the last statement counts")
    func latest() {
        let availability = Self.availability(.latest, "a", "b")
        #expect(availability.reach == .unknown)
        #expect(Self.reaches(availability, "a+", "b-", "a+", "a-") == [.online, .offline, .online, .offline])
    }

    @Test("A bridge that is down is told from a lock that is, and comes first")
    func bridge() {
        let availability = Self.availability(.all, bridge: "b", "a")
        #expect(Self.reaches(availability, "a-", "b-", "b+", "a+") == [.offline, .bridgeOffline, .offline, .online])
        #expect(Self.reaches(Self.availability(.latest, bridge: "b", "a"), "b-", "a-") == [.bridgeOffline, .offline])
        #expect(Self.reaches(Self.availability(.any, bridge: "b", "a"), "a-", "b-") == [.unknown, .bridgeOffline])
    }

    @Test("A topic that not every bridge has may be silent, but counts when it speaks")
    func optional() {
        let availability = Self.availability(.all, bridge: "b", optional: "a")
        #expect(Self.reaches(availability, "b+", "a-", "a+") == [.online, .offline, .online])
        #expect(Self.reaches(availability, "a+", "b+") == [.unknown, .online])
        #expect(Self.reaches(Self.availability(.any, optional: "a", "c"), "c-") == [.offline])
    }

    @Test("A topic without a rule changes nothing, and without any rule nothing is known")
    func strangers() {
        #expect(Self.reaches(Self.availability(.latest, "a"), "x-", "a+", "x-") == [.unknown, .online, .online])
        for mode in [Availability.Mode.all, .any, .latest] {
            #expect(Self.reaches(Self.availability(mode), "a+", "a-") == [.unknown, .unknown])
        }
    }

    @Test("Other rules keep what their topics said, and forget the rest")
    func following() {
        var availability = Self.availability(.all, "a", "b")
        availability.take(topic: "a", isAvailable: true)
        availability.take(topic: "b", isAvailable: false)
        let next = Self.availability(.all, "a")
        var followed = availability
        followed.follow(next)
        #expect(followed.reach == .online)
        followed = availability
        followed.follow(Self.availability(.latest, "a"))
        #expect(followed.reach == .unknown, "what was said last was said by a topic that is gone")
        availability.forget()
        #expect(availability == Self.availability(.all, "a", "b"))
    }
}
