import Foundation
import Glibc

/// A port of this machine at which connecting never ends, as behind a firewall that drops packets.
enum DeafPort {
    /// The system gave no such port.
    struct Missing: Error {}

    /// Opens a port for as long as the body runs: it listens, and its queue is full.
    static func run(_ body: (_ port: Int) async throws -> Void) async throws {
        let stream = Int32(SOCK_STREAM.rawValue)
        var sockets = [socket(AF_INET, stream, 0)]
        defer { for socket in sockets { close(socket) } }
        let port = try listen(sockets[0])
        for _ in 0..<4 {
            let client = socket(AF_INET, stream | Int32(SOCK_NONBLOCK.rawValue), 0)
            sockets.append(client)
            withAddress(port) { _ = connect(client, $0, $1) }
        }
        try await body(Int(port))
    }

    private static func listen(_ server: Int32) throws -> UInt16 {
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withAddress(0) { bind(server, $0, $1) == 0 } && Glibc.listen(server, 0) == 0
        let isKnown = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(server, $0, &length) == 0 }
        }
        guard isListening, isKnown else { throw Missing() }
        return UInt16(bigEndian: bound.sin_port)
    }

    private static func withAddress<Value>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value)
        -> Value
    {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
