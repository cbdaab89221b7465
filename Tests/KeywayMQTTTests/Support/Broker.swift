import Foundation
import Synchronization

/// A mosquitto of the test's own, on a free port of this machine.
///
/// It ends with the test, and also with the whole process of the tests, however that ends: a shell watches over it,
/// and kills it when nobody holds the other end of the shell's input any more.
final class Broker: Sendable {
    /// How it is set up, beside the port.
    struct Setup: Sendable {
        /// The user and the password that it wants; nil: it takes anybody.
        var user: (name: String, password: String)?
        /// Whether it speaks TLS, and whether it wants a client's certificate.
        var tls: TLS?
        /// More lines of its configuration.
        var more: [String] = []

        enum TLS: Sendable { case serverOnly, clientToo }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    let folder: URL
    /// The certificates of a broker that speaks TLS.
    let certificates: Certificates?
    private let leash = Mutex<FileHandle?>(nil)
    private let hasExited = Watched(false)
    private let log = Watched("")

    /// Runs a broker for as long as the body does.
    static func run<Result>(
        _ setup: Setup = Setup(),
        _ body: (Broker) async throws -> Result
    ) async throws -> Result {
        let broker = try await Broker(setup)
        do {
            try await broker.start()
            let result = try await body(broker)
            await broker.end()
            return result
        } catch {
            await broker.end()
            throw error
        }
    }

    private init(_ setup: Setup) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "keyway-broker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try Self.freePort()
        certificates = setup.tls == nil ? nil : try await Certificates(in: folder)
        var lines = [
            "listener \(port) 127.0.0.1", "persistence false", "set_tcp_nodelay true", "log_dest stderr",
            "connection_messages true", "log_type all", "user root", "sys_interval 1",
        ]
        if let user = setup.user {
            let file = folder.appending(path: "passwords").path
            try await Self.call("mosquitto_passwd", ["-c", "-b", file, user.name, user.password])
            lines += ["allow_anonymous false", "password_file \(file)"]
        } else {
            lines.append("allow_anonymous true")
        }
        if let certificates {
            lines += [
                "cafile \(certificates.authority)", "certfile \(certificates.server.certificate)",
                "keyfile \(certificates.server.key)",
            ]
            if setup.tls == .clientToo { lines.append("require_certificate true") }
        }
        let text = (lines + setup.more).joined(separator: "\n") + "\n"
        try text.write(to: folder.appending(path: "mosquitto.conf"), atomically: true, encoding: .utf8)
    }

    /// Runs a program as its own child, kills it when it is told so by a line, and when its input ends without one
    /// removes the folder as well, since then there is nobody left to do that.
    ///
    /// Bash, since other shells wait for ever where the signal of a child's end is blocked, as on threads of Dispatch.
    private static let keeper = """
        exec 3<&0
        folder=$1
        shift
        "$@" </dev/null 3<&- &
        child=$!
        { read -r _ <&3 || rm -rf "$folder"; kill -KILL $child 2>/dev/null; } &
        guard=$!
        wait $child
        kill -KILL $guard 2>/dev/null
        """

    /// Starts it, for the first time or again on the same port; returns when it listens.
    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            "-c", Self.keeper, "bash", folder.path, "/usr/sbin/mosquitto", "-c",
            folder.appending(path: "mosquitto.conf").path,
        ]
        let (input, output) = (Pipe(), Pipe())
        // Another child that is started meanwhile must not hold the leash.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        process.standardError = output
        process.standardOutput = FileHandle.nullDevice
        log.change { $0 = "" }
        hasExited.change { $0 = false }
        process.terminationHandler = { _ in
            // In this order, as who waits for its end may start the next one.
            self.log.change { $0 += "\n(ended)" }
            self.hasExited.change { $0 = true }
        }
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self.log.change { $0 += String(decoding: data, as: UTF8.self) }
        }
        try process.run()
        leash.withLock { $0 = input.fileHandleForWriting }
        let text = await log.wait { $0.contains(" running\n") || $0.contains("(ended)") }
        guard text.contains(" running\n") else { throw Failure(description: "mosquitto does not start: \(text)") }
    }

    /// What it has written down since it was started.
    func waitForLog(_ isMet: @escaping @Sendable (String) -> Bool) async {
        await log.wait(until: isMet)
    }

    /// Kills it, as a crash does; returns when it is gone.
    func kill() async {
        guard let leash = takeLeash() else { return }
        try? leash.write(contentsOf: Data("kill\n".utf8))
        try? leash.close()
        await hasExited.wait { $0 }
    }

    /// Leaves it alone, as a process of tests that is killed does; returns when it is gone.
    func abandon() async {
        try? takeLeash()?.close()
        await hasExited.wait { $0 }
    }

    private func takeLeash() -> FileHandle? {
        leash.withLock { leash in
            defer { leash = nil }
            return leash
        }
    }

    private func end() async {
        await kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// A port that nobody used a moment ago, and that no outgoing connection is given by the system meanwhile.
    static func freePort() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 10_000..<32_000)
            if isFree(port) { return port }
        }
        throw Failure(description: "there is no free port")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Calls a program and waits for it.
    static func call(_ program: String, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let status = Watched<Int32?>(nil)
        process.terminationHandler = { process in status.change { $0 = process.terminationStatus } }
        try process.run()
        guard await status.wait(until: { $0 != nil }) == 0 else { throw Failure(description: "\(program) failed") }
    }
}

/// Certificates for a broker on this machine and for a client, and the authority that vouches for both.
struct Certificates: Sendable {
    typealias Pair = (certificate: String, key: String)

    let authority: String
    let server: Pair
    let client: Pair

    init(in folder: URL) async throws {
        func path(_ name: String) -> String { folder.appending(path: name).path }
        authority = path("ca.pem")
        server = (path("server.pem"), path("server.key"))
        client = (path("client.pem"), path("client.key"))
        let keys = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        try await Broker.call(
            "openssl",
            ["req", "-x509"] + keys + ["-keyout", path("ca.key"), "-out", authority, "-subj", "/CN=Test authority"]
        )
        for (pair, name, extra) in [
            (server, "localhost", ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]), (client, "keyway", []),
        ] {
            try await Broker.call(
                "openssl",
                ["req", "-x509", "-CA", authority, "-CAkey", path("ca.key")] + keys
                    + ["-keyout", pair.key, "-out", pair.certificate, "-subj", "/CN=\(name)"] + extra
            )
        }
    }
}
