import Synchronization

/// Keeps documents that depend on nothing but where the server is reached, so that each is made once.
final class DocumentCache: Sendable {
    /// The most documents that are kept.
    ///
    /// A server has one or two addresses; but anybody can send a `Host` header, so there must be a bound.
    static let capacity = 8

    private let kept = Mutex<[String: [UInt8]]>([:])
    private let make: @Sendable (String) throws -> [UInt8]

    /// Keeps what `make` makes of a base URL.
    init(_ make: @escaping @Sendable (String) throws -> [UInt8]) {
        self.make = make
    }

    /// The document for those who reach the server at this URL.
    ///
    /// - Throws: What making it throws.
    func document(at baseURL: String) throws -> [UInt8] {
        if let document = kept.withLock({ $0[baseURL] }) { return document }
        let document = try make(baseURL)
        kept.withLock { kept in
            if kept.count >= Self.capacity { kept = [:] }
            kept[baseURL] = document
        }
        return document
    }
}
