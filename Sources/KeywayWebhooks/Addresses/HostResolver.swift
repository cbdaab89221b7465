import Dispatch
import Foundation

/// Finds the addresses of a host.
package struct HostResolver: Sendable {
    /// Returns the addresses of a name or of an address's text form, the best one first; empty if there are none.
    let addresses: @Sendable (String) async -> [IPAddress]

    /// Makes a resolver.
    package init(_ addresses: @escaping @Sendable (String) async -> [IPAddress]) {
        self.addresses = addresses
    }

    /// The system's resolver.
    ///
    /// `getaddrinfo` waits for the network, so it gets a thread of its own, and there are never more of them than
    /// requests under way.
    package static let system = HostResolver { host in
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: lookUp(host)) }
        }
    }

    private static let queue = DispatchQueue(label: "keyway.webhooks.resolver", attributes: .concurrent)

    private static func lookUp(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var found: [IPAddress] = []
        var entry = first
        while let info = entry?.pointee {
            entry = info.ai_next
            guard let socketAddress = info.ai_addr, let address = address(socketAddress), !found.contains(address)
            else { continue }
            found.append(address)
        }
        return found
    }

    private static func address(_ pointer: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        let raw = UnsafeRawPointer(pointer)
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { IPAddress(bytes: Array($0)) }
        case AF_INET6:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) {
                IPAddress(bytes: Array($0))
            }
        default: return nil
        }
    }
}
