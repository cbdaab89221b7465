#if MQTT
import CMosquitto
import Glibc
import KeywayDriver
import KeywayModel

/// One connection to a broker, from the look-up of its name to its end; never used again after that.
///
/// Everything here happens on one thread, the only one that ever touches the library's handle, so there is no race to
/// be had between publishing, reading and destroying. The library's own thread and its reconnecting are not used: a
/// handle that reconnects sends again what it still holds, however late (G3).
///
/// The socket closes hard (SO_LINGER with 0 seconds), whoever closes it: Keyway, the library, or the system when the
/// process dies. So what the system still holds of a command when a connection is given up is never sent.
final class MosquittoLoop {
    /// What happens on a connection.
    enum Happening: Sendable {
        /// The broker took the connection.
        case connected(ConnectionPlan.Version)
        /// A message came.
        case received(InboundMessage)
        /// The broker does not let Keyway subscribe to these topic filters.
        case subscriptionsRefused([String])
    }

    private let options: BrokerOptions
    private let version: ConnectionPlan.Version
    private let isLimitedToIPv4: Bool
    private let generation: UInt64
    private let time: any TimeSource
    private let mailbox: LinkMailbox
    private let tell: (Happening) -> Void

    private var handle: OpaquePointer?
    /// A file that takes whatever is written, to be put in the place of a socket that must not send any more.
    private var nowhere: Int32 = -1
    private var isHard = false
    private var stage = Stage.opening
    private var trouble: ConnectionTrouble?
    private var lastLibraryError: String?

    private var ledger: PublishLedger
    private var jobs: [PublishLedger.Ticket: PublishJob] = [:]
    private var lastTicket: PublishLedger.Ticket = 0
    private var questions: [Question] = []
    private var trafficNumber: UInt64 = 0

    private var wantedTopics: Set<String> = []
    /// What was wanted no more at some time since the subscriptions were changed; the broker sends anew what it keeps
    /// for those that are wanted again.
    private var droppedTopics: Set<String> = []
    private var subscribedTopics: Set<String> = []
    private var subscriptions: [Int32: [String]] = [:]

    private enum Stage {
        /// The broker has not answered yet.
        case opening
        /// The broker has taken the connection.
        case open
    }

    /// Makes a connection that is not begun.
    init(
        _ options: BrokerOptions,
        version: ConnectionPlan.Version,
        isLimitedToIPv4: Bool,
        generation: UInt64,
        time: any TimeSource,
        mailbox: LinkMailbox,
        tell: @escaping (Happening) -> Void
    ) {
        self.options = options
        self.version = version
        self.isLimitedToIPv4 = isLimitedToIPv4
        self.generation = generation
        self.time = time
        self.mailbox = mailbox
        self.tell = tell
        ledger = PublishLedger(
            knowsExpiry: version == .five,
            maximumWaiting: options.maximumWaitingMessages,
            maximumInFlight: options.maximumMessagesInFlight
        )
    }

    /// Connects, and lives until the connection ends; returns why it did.
    ///
    /// When it returns, the handle is destroyed, and everybody who wanted to publish knows what became of it.
    func run() -> ConnectionTrouble {
        begin()
        while trouble == nil {
            for order in mailbox.take() { perform(order) }
            guard goesOn() else { break }
            if stage == .open {
                changeSubscriptions()
                publishWhatMayLeave()
                askWhatMayLeave()
            }
            if goesOn() { waitAndMove() }
        }
        let trouble = trouble ?? ConnectionTrouble(kind: .lost, reason: "The connection ended.")
        destroy(after: trouble)
        letGo(after: trouble)
        return trouble
    }

    private var now: MonotonicInstant { time.now().monotonic }

    private func end(_ kind: ConnectionTrouble.Kind, _ reason: String) {
        // The first reason is the cause of all that follow.
        if trouble == nil { trouble = ConnectionTrouble(kind: kind, reason: reason) }
    }

    /// Whether the connection lives on; it does not with a command on its way that is overdue.
    ///
    /// Asked before anything that may write, since the library then writes whatever it still holds (G3).
    private func goesOn() -> Bool {
        if trouble == nil, ledger.isOverdue(at: now) {
            end(.abandoned, "The broker has not acknowledged a command in time.")
        }
        return trouble == nil
    }

    // MARK: Beginning

    private func begin() {
        nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard nowhere >= 0, Self.isLibraryReady,
            let handle = mosquitto_new(options.clientID, true, Unmanaged.passUnretained(self).toOpaque())
        else { return end(.unavailable, "This system has no more room for a connection.") }
        self.handle = handle
        mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version == .five ? 5 : 4)
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        mosquitto_connect_v5_callback_set(handle, onConnect)
        mosquitto_disconnect_v5_callback_set(handle, onDisconnect)
        mosquitto_publish_v5_callback_set(handle, onPublish)
        mosquitto_subscribe_v5_callback_set(handle, onSubscribe)
        mosquitto_message_v5_callback_set(handle, onMessage)
        mosquitto_log_callback_set(handle, onLog)
        let offline = Array("offline".utf8)
        mosquitto_will_set_v5(handle, options.statusTopic, Int32(offline.count), offline, 1, true, nil)
        if options.user != nil || options.password != nil {
            mosquitto_username_pw_set(handle, options.user ?? "", options.password?.text)
        }
        guard encrypt(handle) else { return }
        // A thread that starts late may have been given up already, and must not put out a newer connection.
        for order in mailbox.take() { perform(order) }
        guard trouble == nil else { return }
        let keepAlive = Int32(clamping: options.keepAlive.components.seconds)
        let anyIPv4: String? = isLimitedToIPv4 ? "0.0.0.0" : nil
        let code = mosquitto_connect_bind_async(handle, options.host, Int32(options.port), keepAlive, anyIPv4)
        guard code == MOSQ_ERR_SUCCESS.code else { return fail(code, errno) }
        harden()
    }

    private func encrypt(_ handle: OpaquePointer) -> Bool {
        guard let tls = options.tls else { return true }
        for file in [tls.authorities, tls.certificate, tls.key].compactMap(\.self) where access(file, R_OK) != 0 {
            end(.unusable, "The file \(file) cannot be read.")
            return false
        }
        // The library wants to be told a place even if it shall use the system's certificates.
        let folder: String? = tls.authorities == nil ? "/etc/ssl/certs" : nil
        if tls.authorities == nil { mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1) }
        // Without a function to ask for it, the library would ask for the key's password at the terminal.
        let code = mosquitto_tls_set(handle, tls.authorities, folder, tls.certificate, tls.key, noPassword)
        guard code == MOSQ_ERR_SUCCESS.code else {
            end(.unusable, "The files for TLS cannot be used. \(lastLibraryError ?? "")")
            return false
        }
        return true
    }

    /// Makes the socket close hard, and give up early what the other side does not acknowledge.
    private func harden() {
        guard !isHard, let handle, case let socket = mosquitto_socket(handle), socket >= 0 else { return }
        isHard = true
        setLinger(linger(l_onoff: 1, l_linger: 0), socket)
        var limit = Int32(clamping: options.keepAlive.components.seconds * 1000)
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &limit, socklen_t(MemoryLayout<Int32>.size))
    }

    private func setLinger(_ value: linger, _ socket: Int32) {
        var value = value
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    private static let isLibraryReady = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.code

    // MARK: Living

    private func perform(_ order: LinkMailbox.Order) {
        switch order {
        case .publish(let job):
            lastTicket += 1
            if ledger.add(lastTicket, deadline: job.deadline) {
                jobs[lastTicket] = job
            } else {
                job.onEnd(.notSent(.tooMany))
            }
        case .ask(let question):
            if questions.count < options.maximumWaitingMessages { questions.append(question) }
        case .subscribe(let topics):
            droppedTopics.formUnion(subscribedTopics.subtracting(topics))
            wantedTopics = topics
        case .look: break
        case .end(let reason): end(reason.kind, reason.reason)
        }
    }

    /// Reads and writes what can be read and written, or waits for that, for a wish, or for the next deadline.
    private func waitAndMove() {
        guard let handle else { return end(.lost, "The connection ended.") }
        let socket = mosquitto_socket(handle)
        guard socket >= 0 else { return end(.lost, "The connection to the broker is lost.") }
        var interests = Int16(POLLIN)
        if mosquitto_want_write(handle) { interests |= Int16(POLLOUT) }
        var polled = [
            pollfd(fd: socket, events: interests, revents: 0),
            pollfd(fd: mailbox.bell, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&polled, nfds_t(polled.count), millisecondsToWait) >= 0 || errno == EINTR else {
            return end(.lost, "The connection cannot be watched: \(describe(errno)).")
        }
        guard goesOn() else { return }
        move(handle, polled[0].revents)
    }

    private func move(_ handle: OpaquePointer, _ events: Int16) {
        if events & Int16(POLLIN | POLLHUP | POLLERR) != 0 { check(read(from: handle)) }
        if goesOn(), events & Int16(POLLOUT) != 0 { check(mosquitto_loop_write(handle, 1)) }
        if goesOn() { check(mosquitto_loop_misc(handle)) }
    }

    /// Reads a packet, or all that TLS has decrypted already, which no poll would tell of.
    private func read(from handle: OpaquePointer) -> Int32 {
        // The library stops early if it finds the system's last error to be EAGAIN, whoever left it there.
        errno = 0
        return mosquitto_loop_read(handle, 1)
    }

    private func check(_ code: Int32) {
        if code != MOSQ_ERR_SUCCESS.code { fail(code, errno) }
    }

    private var millisecondsToWait: Int32 {
        // The library wants to look at its keep-alive about once a second.
        guard let deadline = ledger.nextDeadline else { return 1000 }
        let left = (deadline - now) / .milliseconds(1)
        return Int32(min(max(left.rounded(.up), 0), 1000))
    }

    // MARK: Subscribing

    private func changeSubscriptions() {
        guard wantedTopics != subscribedTopics || !droppedTopics.isEmpty, let handle else { return }
        let dropped = droppedTopics.sorted()
        let added = wantedTopics.subtracting(subscribedTopics.subtracting(droppedTopics))
        subscribedTopics = wantedTopics
        droppedTopics = []
        inPieces(dropped) { topics, count in
            mosquitto_unsubscribe_multiple(handle, nil, count, topics, nil)
        }
        let refused = inPieces(
            added.intersection(options.urgentTopics).sorted(),
            added.subtracting(options.urgentTopics).sorted()
        ) { topics, count in
            var messageID: Int32 = 0
            // With QoS 0: a broker queues what has a higher one behind what is unacknowledged, and so behind its own
            // acknowledgement of our command, and drops what does not fit into that queue, retained announcements too.
            let code = mosquitto_subscribe_multiple(handle, &messageID, count, topics, 0, 0, nil)
            if code == MOSQ_ERR_SUCCESS.code {
                subscriptions[messageID] = (0..<Int(count)).compactMap { topics[$0].map { String(cString: $0) } }
            }
            return code
        }
        if !refused.isEmpty { tell(.subscriptionsRefused(refused)) }
    }

    /// Does something with topics, several of one list at a time.
    ///
    /// A topic with which it cannot be done, as a device's own words may hold, costs neither the connection nor the
    /// topics beside it.
    ///
    /// - Returns: The topics with which it cannot be done.
    @discardableResult
    private func inPieces(
        _ lists: [String]...,
        with body: (UnsafePointer<UnsafeMutablePointer<CChar>?>, Int32) -> Int32
    ) -> [String] {
        func code(of topics: some Collection<String>) -> Int32 {
            let copies = topics.map { strdup($0) }
            defer { for copy in copies { free(copy) } }
            return body(copies, Int32(copies.count))
        }
        var refused: [String] = []
        let pieces = lists.flatMap { list in
            stride(from: 0, to: list.count, by: 16).map { list[$0..<min($0 + 16, list.count)] }
        }
        for piece in pieces where goesOn() {
            let codeOfAll = code(of: piece)
            guard Self.refusals.contains(codeOfAll) else {
                check(codeOfAll)
                continue
            }
            for topic in piece where goesOn() {
                let codeOfOne = code(of: CollectionOfOne(topic))
                if Self.refusals.contains(codeOfOne) { refused.append(topic) } else { check(codeOfOne) }
            }
        }
        return refused
    }

    // MARK: Publishing

    private func publishWhatMayLeave() {
        guard ledger.hasWaiting else { return }
        readWhatHasCome()
        while goesOn(), let turn = ledger.nextTurn(at: now) {
            switch turn {
            case .tooLate(let ticket): jobs.removeValue(forKey: ticket)?.onEnd(.notSent(.tooLate))
            case .publish(let entry, let expirySeconds): publish(entry, expirySeconds)
            }
        }
    }

    /// Reads what lies ready, so that it is not taken for something that came after what leaves next.
    private func readWhatHasCome() {
        guard let handle else { return }
        for _ in 0..<Self.maximumReadingsBeforeSending where goesOn() {
            var polled = pollfd(fd: mosquitto_socket(handle), events: Int16(POLLIN), revents: 0)
            guard polled.fd >= 0, poll(&polled, 1, 0) > 0 else { return }
            check(read(from: handle))
        }
    }

    /// A flood of messages must not keep a command waiting for long.
    private static let maximumReadingsBeforeSending = 256

    private func publish(_ entry: PublishLedger.Entry, _ expirySeconds: UInt32?) {
        guard let job = jobs[entry.ticket] else { return }
        let (code, messageID) = publish(job.topic, job.payload, withQoS: 1, expirySeconds)
        if Self.refusals.contains(code) {
            jobs[entry.ticket] = nil
            return job.onEnd(.notSent(.unsendable(String(cString: mosquitto_strerror(code)))))
        }
        // Whatever else the library says, it may have written some of it.
        ledger.sent(entry, as: messageID)
        job.onProgress(.sent)
        check(code)
    }

    /// Publishes questions for as long as the network takes all that it is given.
    private func askWhatMayLeave() {
        guard !questions.isEmpty, let handle else { return }
        readWhatHasCome()
        while goesOn(), !questions.isEmpty, !mosquitto_want_write(handle) {
            let question = questions.removeFirst()
            let left = (question.deadline - now).components.seconds
            guard question.deadline > now else { continue }
            let expirySeconds = version == .five ? UInt32(clamping: max(left, 1)) : nil
            let (code, _) = publish(question.topic, question.payload, withQoS: 0, expirySeconds)
            guard !Self.refusals.contains(code) else { continue }
            trafficNumber += 1
            question.onSent(TrafficStamp(generation: generation, number: trafficNumber))
            check(code)
        }
    }

    /// Publishes a message that the broker does not keep; returns what the library says, and the message's number.
    private func publish(
        _ topic: String,
        _ payload: [UInt8],
        withQoS qos: Int32,
        _ expirySeconds: UInt32?
    ) -> (code: Int32, messageID: Int32) {
        var properties: OpaquePointer?
        defer { mosquitto_property_free_all(&properties) }
        if let expirySeconds {
            mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL.rawValue), expirySeconds)
        }
        var messageID: Int32 = 0
        let code = mosquitto_publish_v5(
            handle,
            &messageID,
            topic,
            Int32(payload.count),
            payload,
            qos,
            false,
            properties
        )
        return (code, messageID)
    }

    /// What the library says about a message that it looked at, and did nothing with.
    private static let refusals: Set<Int32> = Set(
        [
            MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_NOMEM, MOSQ_ERR_NOT_SUPPORTED,
            MOSQ_ERR_OVERSIZE_PACKET, MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_QOS_NOT_SUPPORTED,
        ]
        .map(\.code)
    )

    // MARK: Ending

    private func destroy(after trouble: ConnectionTrouble) {
        if let handle {
            if trouble.kind == .stopped, stage == .open, ledger.isClear {
                takeLeave(handle)
            } else if case let socket = mosquitto_socket(handle), socket >= 0, nowhere >= 0 {
                // Closes the socket, hard, and lets the library say its last words to nobody: what it would write
                // when it closes the socket itself could bring along what it has not been able to write yet.
                dup2(nowhere, socket)
            }
            mosquitto_destroy(handle)
        }
        handle = nil
        if nowhere >= 0 { close(nowhere) }
    }

    /// Says goodbye to the broker, which then says `offline` to everybody; no command is on its way.
    private func takeLeave(_ handle: OpaquePointer) {
        let socket = mosquitto_socket(handle)
        guard socket >= 0 else { return }
        setLinger(linger(l_onoff: 0, l_linger: 0), socket)
        // MQTT 3.1.1 knows no goodbye with a last will.
        guard version == .five else { return }
        mosquitto_disconnect_v5(handle, Int32(MQTT_RC_DISCONNECT_WITH_WILL_MSG.rawValue), nil)
        var polled = pollfd(fd: mosquitto_socket(handle), events: Int16(POLLOUT), revents: 0)
        guard polled.fd >= 0, poll(&polled, 1, 100) > 0 else { return }
        _ = mosquitto_loop_write(handle, 1)
    }

    /// Tells everybody what became of their messages.
    private func letGo(after trouble: ConnectionTrouble) {
        let (notSent, unknown) = ledger.close()
        for ticket in notSent { jobs.removeValue(forKey: ticket)?.onEnd(.notSent(.notConnected(trouble.reason))) }
        for ticket in unknown { jobs.removeValue(forKey: ticket)?.onEnd(.unknown(trouble.reason)) }
        for case .publish(let job) in mailbox.close() { job.onEnd(.notSent(.notConnected(trouble.reason))) }
    }

    // MARK: What the library says

    fileprivate func connected(_ reason: Int32, _ properties: OpaquePointer?) {
        guard reason == 0 else {
            let refusal = ConnectRefusal(code: reason, version: version)
            return end(refusal.kind, refusal.reason)
        }
        var bound: UInt16 = 0
        if mosquitto_property_read_int16(properties, Int32(MQTT_PROP_RECEIVE_MAXIMUM.rawValue), &bound, false) != nil {
            ledger.lowerMaximumInFlight(to: Int(bound))
        }
        stage = .open
        let online = Array("online".utf8)
        // With QoS 0, as it must not take up one of the places for commands.
        mosquitto_publish_v5(handle, nil, options.statusTopic, Int32(online.count), online, 0, true, nil)
        tell(.connected(version))
    }

    fileprivate func disconnected(_ reason: Int32) {
        // Reasons of the broker itself begin at 0x80; smaller numbers are the library's, which it returns as well.
        guard reason >= 0x80 else { return }
        end(.lost, "The broker ended the connection: \(String(cString: mosquitto_reason_string(reason))).")
    }

    fileprivate func answered(_ messageID: Int32, _ reason: Int32) {
        guard let ticket = ledger.answered(messageID), let job = jobs.removeValue(forKey: ticket) else { return }
        switch reason {
        case Int32(MQTT_RC_NO_MATCHING_SUBSCRIBERS.rawValue): job.onEnd(.noSubscriber)
        case 0x80...:
            let text = String(cString: mosquitto_reason_string(reason))
            job.onEnd(.refused(code: UInt8(clamping: reason), text))
        default:
            trafficNumber += 1
            job.onProgress(.acknowledged(TrafficStamp(generation: generation, number: trafficNumber)))
            job.onEnd(.acknowledged)
        }
    }

    fileprivate func subscribed(_ messageID: Int32, _ granted: UnsafeBufferPointer<Int32>) {
        let topics = subscriptions.removeValue(forKey: messageID) ?? []
        let refused = zip(topics, granted).filter { $0.1 >= 0x80 }.map(\.0)
        if !refused.isEmpty { tell(.subscriptionsRefused(refused)) }
    }

    fileprivate func received(_ message: mosquitto_message) {
        guard let topic = message.topic else { return }
        trafficNumber += 1
        let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
        tell(
            .received(
                InboundMessage(
                    topic: String(cString: topic),
                    payload: Array(payload),
                    isRetained: message.retain,
                    receivedAt: now,
                    stamp: TrafficStamp(generation: generation, number: trafficNumber)
                )
            )
        )
    }

    fileprivate func logged(_ text: String) {
        lastLibraryError = text
    }

    /// Takes an error of the library for what it means.
    private func fail(_ code: Int32, _ systemCode: Int32) {
        let place = "\(options.host):\(options.port)"
        switch mosq_err_t(code) {
        case MOSQ_ERR_EAI, MOSQ_ERR_LOOKUP:
            end(.unreachable, "The name \(options.host) cannot be looked up.")
        case MOSQ_ERR_TLS, MOSQ_ERR_TLS_HANDSHAKE, MOSQ_ERR_OCSP:
            end(.insecure, "There is no trusted TLS connection to \(place). \(lastLibraryError ?? "")")
        case MOSQ_ERR_INVAL where stage == .opening:
            end(.unusable, "The connection cannot be made with these settings.")
        case MOSQ_ERR_KEEPALIVE:
            end(.lost, "The broker has not answered for too long.")
        case MOSQ_ERR_ERRNO where stage == .opening && !Self.hangUps.contains(systemCode):
            end(.unreachable, "There is no connection to \(place): \(describe(systemCode)).")
        case _ where stage == .opening:
            let reason = "The broker at \(place) hung up before it took the connection."
            end(version == .five ? .hungUp : .unavailable, reason)
        default:
            let error = code == MOSQ_ERR_ERRNO.code ? describe(systemCode) : String(cString: mosquitto_strerror(code))
            end(.lost, "The connection to the broker is lost: \(error)")
        }
    }

    /// How the system says that the other side closed a connection that stood.
    private static let hangUps: Set<Int32> = [0, ECONNRESET, EPIPE, EPROTO]

    private func describe(_ systemCode: Int32) -> String {
        String(cString: strerror(systemCode))
    }
}

extension mosq_err_t {
    /// As the library's functions return it.
    fileprivate var code: Int32 { Int32(rawValue) }

    fileprivate init(_ code: Int32) {
        self.init(rawValue: RawValue(truncatingIfNeeded: code))
    }
}

// MARK: Callbacks

// Functions, as closures written on the main actor would be bound to it and crash on another thread. They run inside
// the library's functions, so on the loop's own thread, and while the loop lives.

private nonisolated func loop(_ context: UnsafeMutableRawPointer?) -> MosquittoLoop? {
    context.map { Unmanaged<MosquittoLoop>.fromOpaque($0).takeUnretainedValue() }
}

private nonisolated func onConnect(
    _: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ reason: Int32,
    _: Int32,
    _ properties: OpaquePointer?
) {
    loop(context)?.connected(reason, properties)
}

private nonisolated func onDisconnect(
    _: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ reason: Int32,
    _: OpaquePointer?
) {
    loop(context)?.disconnected(reason)
}

private nonisolated func onPublish(
    _: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ messageID: Int32,
    _ reason: Int32,
    _: OpaquePointer?
) {
    loop(context)?.answered(messageID, reason)
}

private nonisolated func onSubscribe(
    _: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ messageID: Int32,
    _ count: Int32,
    _ granted: UnsafePointer<Int32>?,
    _: OpaquePointer?
) {
    loop(context)?.subscribed(messageID, UnsafeBufferPointer(start: granted, count: Int(count)))
}

private nonisolated func onMessage(
    _: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ message: UnsafePointer<mosquitto_message>?,
    _: OpaquePointer?
) {
    guard let message else { return }
    loop(context)?.received(message.pointee)
}

private nonisolated func onLog(
    _: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ level: Int32,
    _ text: UnsafePointer<CChar>?
) {
    guard level == MOSQ_LOG_ERR, let text else { return }
    loop(context)?.logged(String(cString: text))
}

private nonisolated func noPassword(
    _: UnsafeMutablePointer<CChar>?,
    _: Int32,
    _: Int32,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    0
}
#endif
