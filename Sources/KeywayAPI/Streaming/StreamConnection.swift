import NIOCore

/// What a stream does with the connection that it is sent over, besides writing.
struct StreamConnection: Sendable {
    /// Closes it at once, whatever has not been sent.
    let close: @Sendable () -> Void
    /// Returns when the connection knows of everything that has been written, and so whether it can take more.
    ///
    /// A write only hands its bytes over to the connection's thread. Whoever writes on without this can be far ahead of
    /// it, and what lies between the two has no bound.
    let settle: @Sendable () async -> Void
    /// Sends nothing more after what has been written.
    let finish: @Sendable () -> Void
    /// Calls a function, once or more often, when the other side has closed it or sends nothing more.
    ///
    /// A lost client and one that has closed its half look the same until something is written, so that both are taken
    /// for gone.
    let whenDisconnected: @Sendable (@escaping @Sendable () -> Void) -> Void
}

extension StreamConnection {
    /// The connection of a channel.
    init(_ channel: any Channel) {
        self.init(
            close: { channel.close(promise: nil) },
            settle: { try? await channel.eventLoop.submit {}.get() },
            finish: { channel.close(mode: .output, promise: nil) },
            whenDisconnected: { action in
                channel.closeFuture.whenComplete { _ in action() }
                channel.eventLoop.execute {
                    // It fails on a channel that is closed, of which the future above tells.
                    try? channel.pipeline.syncOperations.addHandler(InputCloseHandler(action), position: .first)
                }
            }
        )
    }
}

/// Tells when the other side sends nothing more.
private final class InputCloseHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) {
        self.action = action
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { action() }
        context.fireUserInboundEventTriggered(event)
    }
}
