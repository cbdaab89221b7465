import Foundation

/// Finds the addresses of a host.
package struct HostResolver: Sendable {
    /// Returns the addresses of a name or of an address's text form, the best one first; empty if there are none, or as
    /// soon as the task is cancelled.
    let addresses: @Sendable (String, LookUpPlan.Asker) async -> [IPAddress]

    /// Makes a resolver that answers everybody alike.
    package init(_ addresses: @escaping @Sendable (String) async -> [IPAddress]) {
        self.addresses = { host, _ in await addresses(host) }
    }

    private init(_ lookUps: HostLookUps) {
        addresses = { host, asker in await lookUps.addresses(of: host, for: asker) }
    }

    /// The system's resolver.
    ///
    /// `getaddrinfo` waits for the network and cannot be stopped, so it gets threads of its own.
    ///
    /// - Parameter maximumThreads: How many threads there are at most, at least one.
    /// - Returns: The resolver.
    package static func system(maximumThreads: Int) -> HostResolver {
        HostResolver(HostLookUps(maximumThreads: maximumThreads, lookUp: lookUp))
    }

    @Sendable private static func lookUp(_ host: String) -> [IPAddress] {
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
