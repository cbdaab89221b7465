import Glibc

/// Runs something on a thread of its own, as it may block.
///
/// - Returns: False if the system has no thread to give.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    let work = Unmanaged.passRetained(ThreadWork(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    guard pthread_create(&thread, &attributes, performThreadWork, work.toOpaque()) == 0 else {
        work.release()
        return false
    }
    return true
}

private final class ThreadWork: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private nonisolated func performThreadWork(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let pointer else { return nil }
    Unmanaged<ThreadWork>.fromOpaque(pointer).takeRetainedValue().body()
    return nil
}
