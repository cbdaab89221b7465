import FoundationEssentials
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayWebhooks

@Suite("The sender and its receivers", .timeLimit(.minutes(1)))
struct WebhookSenderTests {
    /// A sender with one webhook, which calls a receiver.
    private static func run(
        _ harness: SenderHarness = SenderHarness(),
        _ body: (SenderHarness, Receiver, Webhook) async throws -> Void
    ) async throws {
        try await SenderHarness.prepared(harness) { harness, receiver, webhook in
            try await harness.run { try await body(harness, receiver, webhook) }
        }
    }

    @Test("the bare event is posted, signed over exactly its bytes, and a 2xx is a success")
    func success() async throws {
        try await Self.run { harness, receiver, webhook in
            receiver.on(.answer(201, "thanks"))
            try await harness.tell(1...1)
            let delivery = try #require(try await harness.deliveries { $0.status == .succeeded }.first)
            let request = try #require(receiver.requests.first)
            #expect(receiver.requests.count == 1)
            #expect(request.method == "POST")
            #expect(request.path == "/hook?a=b")
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.headers["host"]?.hasPrefix("127.0.0.1:") == true)
            let event = try JSONDecoder().decode(Event.self, from: Data(request.body.utf8))
            #expect(event == SenderHarness.event(1))
            let seconds = Samples.start.microseconds / 1_000_000
            let content = "\(delivery.id).\(seconds).\(request.body)"
            let signature = try #require(SigningKey(webhook.secret)).signature(of: content)
            for family in ["svix", "webhook"] {
                #expect(request.headers["\(family)-id"] == "\(delivery.id)")
                #expect(request.headers["\(family)-timestamp"] == "\(seconds)")
                #expect(request.headers["\(family)-signature"] == signature)
            }
            #expect(delivery.tries.map(\.status) == [201])
            #expect(delivery.tries.map(\.answer) == ["thanks"])
        }
    }

    @Test("G10 a failure is tried again by the schedule, with the same id and a fresh time")
    func retries() async throws {
        try await Self.run { harness, receiver, webhook in
            receiver.on(.answer(500, "no"))
            try await harness.tell(1...1)
            for failures in 1...7 {
                await receiver.wait(for: failures)
                await harness.advanceToRetry(after: failures)
            }
            let delivery = try #require(try await harness.deliveries { $0.status == .failed }.first)
            #expect(receiver.requests.count == 8)
            #expect(delivery.reason == .triesUsedUp)
            #expect(delivery.tryCount == 8)
            #expect(Set(receiver.requests.compactMap { $0.headers["svix-id"] }) == ["\(delivery.id)"])
            let times = receiver.requests.compactMap { $0.headers["svix-timestamp"].flatMap { Int64($0) } }
            #expect(times == times.sorted() && Set(times).count == 8)
            #expect(Set(receiver.requests.compactMap { $0.headers["svix-signature"] }).count == 8)
            #expect(try await harness.stored(webhook)?.health.failingSince == Samples.start)
        }
    }

    @Test("an endpoint that comes back is healthy again, and gets what waited")
    func recovery() async throws {
        try await Self.run { harness, receiver, webhook in
            receiver.on(.answer(503))
            try await harness.tell(1...3)
            await receiver.wait(for: 1)
            receiver.on(.answer(200))
            await harness.advanceToRetry(after: 1)
            try await harness.deliveries { $0.status == .succeeded }
            let expected = ([1, 1, 2, 3] as [UInt64]).map(SenderHarness.eventID)
            #expect(receiver.requests.map(\.eventID) == expected)
            #expect(try await harness.stored(webhook)?.health == EndpointHealth())
        }
    }

    @Test("every try is counted by what it led to, and the lag of an event until it is taken, but of none sent again")
    func measured() async throws {
        try await Self.run { harness, receiver, webhook in
            func tries(_ result: String, are count: Int) async {
                while harness.metrics.shown(#"keyway_webhook_tries_total{result="\#(result)"}"#) != "\(count)" {
                    await Task.yield()
                }
            }
            receiver.on(.answer(503))
            try await harness.tell(1...1)
            await tries("retried", are: 1)
            receiver.on(.answer(200))
            await harness.advanceToRetry(after: 1)
            await tries("taken", are: 1)
            let delay = SenderHarness.delay(1).wholeMicroseconds / 1_000_000
            #expect(harness.metrics.shown("keyway_webhook_lag_seconds_sum") == "\(delay)")
            receiver.on(.answer(500, headers: ["webhook-delivery": "abort-message"]))
            try await harness.tell(2...2)
            await tries("failed", are: 1)
            receiver.on(.answer(200))
            harness.clock.advance(by: .seconds(3600))
            let query = DeliveryQuery(workspaceID: SenderHarness.home.id, limit: 10)
            #expect(try await harness.store.redeliver(query, at: harness.clock.now().wall) == 2)
            await tries("taken", are: 3)
            #expect(harness.metrics.shown("keyway_webhook_lag_seconds_count") == "1")
            receiver.on(.answer(410))
            try await harness.tell(3...3)
            await tries("failed", are: 2)
        }
    }

    @Test("Retry-After is honoured")
    func retryAfter() async throws {
        try await Self.run { harness, receiver, _ in
            receiver.on(.answer(429, headers: ["Retry-After": "77"]))
            try await harness.tell(1...1)
            await harness.clock.waitForSleeper(at: MonotonicInstant(nanoseconds: 77_000_000_000))
            #expect(try await harness.deliveries.first?.nextTryAt == Samples.start + .seconds(77))
        }
    }

    @Test("a redirect is a failure and is not followed", arguments: [301, 302, 307, 308])
    func redirects(status: Int) async throws {
        try await Self.run { harness, receiver, _ in
            receiver.on(.answer(status, headers: ["Location": "/elsewhere"]))
            try await harness.tell(1...1)
            let delivery = try #require(try await harness.deliveries { $0.tryCount == 1 }.first)
            #expect(delivery.status == .pending)
            #expect(delivery.tries.map(\.status) == [status])
            #expect(receiver.requests.map(\.path) == ["/hook?a=b"])
        }
    }

    @Test("410 stops: the webhook is disabled, what waits is abandoned, and an event tells the others")
    func gone() async throws {
        try await Self.run { harness, receiver, webhook in
            receiver.on(.hold)
            try await harness.tell(1...1)
            try await harness.tell(2...3, on: SenderHarness.backDoor)
            await receiver.wait(for: 2)
            receiver.answerHeld(410)
            while try await harness.stored(webhook)?.health.isEnabled == true { await Task.yield() }
            let events = try await harness.store.events(EventQuery(workspaceID: SenderHarness.home.id))
            #expect(events.map(\.type).filter { $0 == .webhookDisabled }.count == 1)
            #expect(events.last?.details == .webhookDisabled(WebhookDisablement(webhook, because: .gone)))
            // The next round of housekeeping.
            harness.clock.advance(by: harness.configuration.pollInterval)
            let deliveries = try await harness.deliveries { $0.status != .pending }
            #expect(deliveries.count == 3)
            #expect(deliveries.last?.reason == .webhookStopped)
            #expect(try await harness.stored(webhook)?.health.disabledReason == .gone)
        }
    }

    @Test(
        "a receiver that hangs fails after 15 s, whether before or in the middle of its answer",
        arguments: [
            Receiver.Reaction.hold, .raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", closes: false),
        ]
    )
    func hangs(reaction: Receiver.Reaction) async throws {
        try await Self.run { harness, receiver, _ in
            receiver.on(reaction)
            try await harness.tell(1...1)
            await receiver.wait(for: 1)
            await harness.clock.waitForSleeper(at: MonotonicInstant(nanoseconds: 15_000_000_000))
            harness.clock.advance(by: .milliseconds(14_999))
            #expect(try await harness.deliveries.map(\.tryCount) == [0])
            harness.clock.advance(by: .milliseconds(1))
            let delivery = try #require(try await harness.deliveries { $0.tryCount == 1 }.first)
            #expect(delivery.tries.map(\.trouble) == [.timedOut])
            #expect(delivery.tries.map(\.latencyMilliseconds) == [15_000])
            #expect(delivery.status == .pending)
        }
    }

    @Test(
        "what is no HTTP, or no answer, is a failure",
        arguments: [
            (Receiver.Reaction.close, DeliveryTry.Trouble.badAnswer),
            (.raw("SSH-2.0-OpenSSH_9.2\r\n\r\n", closes: true), .badAnswer),
        ]
    )
    func nonsense(reaction: Receiver.Reaction, trouble: DeliveryTry.Trouble) async throws {
        try await Self.run { harness, receiver, _ in
            receiver.on(reaction)
            try await harness.tell(1...1)
            let delivery = try #require(try await harness.deliveries { $0.tryCount == 1 }.first)
            #expect(delivery.tries.map(\.trouble) == [trouble])
            #expect(delivery.status == .pending)
        }
    }

    @Test(
        "G12 of an answer no more than 1 KiB is read and kept, whatever it says of its length",
        arguments: [
            ("content-length: 99999999999", 5000, 1024), ("content-length: 5000", 5, 5), ("content-length: 3", 8, 3),
            ("connection: close", 13, 13), ("transfer-encoding: chunked\r\n\r\n1388", 5000, 1024),
        ]
    )
    func lies(headers: String, sent: Int, kept: Int) async throws {
        let end = headers.contains("chunked") ? "\r\n" : "\r\n\r\n"
        let answer = "HTTP/1.1 200 OK\r\n\(headers)\(end)" + String(repeating: "x", count: sent)
        try await Self.run { harness, receiver, _ in
            receiver.on(.raw(answer, closes: kept != 1024))
            try await harness.tell(1...1)
            let delivery = try #require(try await harness.deliveries { $0.status == .succeeded }.first)
            #expect(delivery.tries.first?.answer?.utf8.count == kept)
        }
    }

    @Test("an answer that is no text is kept as far as it is one")
    func binary() async throws {
        try await Self.run { harness, receiver, _ in
            receiver.on(.answer(200, String(repeating: "é", count: 600)))
            try await harness.tell(1...1)
            let delivery = try #require(try await harness.deliveries { $0.status == .succeeded }.first)
            #expect(delivery.tries.first?.answer?.unicodeScalars.count == 512)
        }
    }

    @Test("nobody listens, the name is unknown, and the server speaks no TLS: each is said")
    func unreachable() async throws {
        try await Receiver.run { _, port in
            var harness = SenderHarness()
            harness.resolver = HostResolver { host in
                host == "there.test" ? [IPAddress("127.0.0.1")].compactMap { $0 } : []
            }
            try await harness.addTenant()
            let urls = [
                "http://127.0.0.1:1/", "http://nowhere.test/", "https://there.test:\(port)/", "gopher://there.test/",
            ]
            for (index, url) in urls.enumerated() {
                try await harness.store.add(
                    Samples.webhook(UInt64(index + 1), in: SenderHarness.home, url: url),
                    events: []
                )
            }
            try await harness.run {
                try await harness.tell(1...1)
                let troubles = try await harness.deliveries { $0.tryCount == 1 }.map { $0.tries.first?.trouble }
                #expect(troubles == [.connectionFailed, .hostNotFound, .tlsFailed, .badURL])
            }
        }
    }

    @Test("a secret that is being replaced signs as well, and after its time no more")
    func rotation() async throws {
        try await Self.run { harness, receiver, webhook in
            _ = try await harness.store.update(webhook.id, in: webhook.workspaceID) { webhook throws(Never) in
                webhook.rotateSecret(to: "whsec_bmV3", keepingOldUntil: Samples.start + .seconds(60))
                return []
            }
            try await harness.tell(1...1)
            try await harness.deliveries { $0.status == .succeeded }
            harness.clock.advance(by: .seconds(60))
            try await harness.tell(2...2)
            try await harness.deliveries { $0.status == .succeeded }
            let counts = receiver.requests.map { $0.headers["svix-signature"]?.split(separator: " ").count }
            #expect(counts == [2, 1])
        }
    }

    @Test("a sealed secret signs as it did before, and without its key nothing is sent")
    func sealed() async throws {
        let key = try #require(SecretKey(Data(repeating: 7, count: 32).base64EncodedString()))
        let box = SecretBox(key: key)
        try await Receiver.run { receiver, port in
            var harness = SenderHarness()
            try await harness.addTenant()
            let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            let sealed = try box.seal(secret, of: Samples.id(1))
            try await harness.addWebhook(port: port, secret: sealed)
            try await harness.run {
                try await harness.tell(1...1)
                let delivery = try #require(try await harness.deliveries { $0.tryCount == 1 }.first)
                #expect(delivery.tries.map(\.trouble) == [.secretUnusable])
                #expect(receiver.requests.isEmpty)
            }
            harness.safety = WebhookSafety(addresses: .testing, secrets: box)
            try await harness.run {
                await harness.advanceToRetry(after: 1)
                let delivery = try #require(try await harness.deliveries { $0.status == .succeeded }.first)
                let request = try #require(receiver.requests.first)
                let time = try #require(request.headers["svix-timestamp"])
                let signature = SigningKey(secret)?.signature(of: "\(delivery.id).\(time).\(request.body)")
                #expect(request.headers["svix-signature"] == signature)
            }
        }
    }

    // MARK: Addresses

    @Test("an address that is not allowed is not connected to, whether the URL or the DNS says it")
    func refusedAddresses() async throws {
        try await Receiver.run { receiver, port in
            var harness = SenderHarness()
            harness.safety = WebhookSafety()
            // A name with a good address and a bad one is bad: the next look could bring the bad one first.
            harness.resolver = HostResolver { host in
                let texts = host == "mixed.test" ? ["8.8.8.8", "127.0.0.1"] : ["127.0.0.1"]
                return texts.compactMap { IPAddress($0) }
            }
            try await harness.addTenant()
            for (number, host) in ["127.0.0.1", "rebound.test", "mixed.test", "[::1]", "[::ffff:7f00:1]"].enumerated() {
                try await harness.addWebhook(UInt64(number + 1), port: port, host: host)
            }
            try await harness.run {
                try await harness.tell(1...1)
                let deliveries = try await harness.deliveries { $0.tryCount == 1 }
                #expect(deliveries.count == 5)
                #expect(deliveries.allSatisfy { $0.tries.map(\.trouble) == [.addressNotAllowed] })
                #expect(receiver.connectionCount == 0)
            }
        }
    }

    @Test("a name is looked up once for each try, and the connection goes to the address that was checked")
    func pinned() async throws {
        try await Receiver.run { receiver, port in
            var harness = SenderHarness()
            let lookUps = Counter()
            // Nobody but this resolver knows the name.
            harness.resolver = HostResolver { _ in
                lookUps.increment()
                return [IPAddress("127.0.0.1")].compactMap { $0 }
            }
            try await harness.addTenant()
            try await harness.addWebhook(port: port, host: "Pinned.invalid")
            try await harness.run {
                try await harness.tell(1...2)
                try await harness.deliveries { $0.status == .succeeded }
                #expect(
                    receiver.requests.map { $0.headers["host"] } == [
                        "Pinned.invalid:\(port)", "Pinned.invalid:\(port)",
                    ]
                )
                #expect(lookUps.value == 2)
            }
        }
    }

    @Test("each try takes the next address of a host that has several")
    func nextAddress() async throws {
        try await Receiver.run { receiver, port in
            var harness = SenderHarness()
            harness.resolver = HostResolver { _ in ["127.0.0.2", "127.0.0.1"].compactMap { IPAddress($0) } }
            try await harness.addTenant()
            // The receiver listens on the second address only.
            try await harness.addWebhook(port: port, host: "two.test")
            try await harness.run {
                try await harness.tell(1...1)
                await harness.advanceToRetry(after: 1)
                let delivery = try #require(try await harness.deliveries { $0.status == .succeeded }.first)
                #expect(delivery.tries.map(\.trouble) == [.connectionFailed, nil])
                #expect(receiver.requests.count == 1)
            }
        }
    }
}
