import Testing

@testable import KeywayAPI

@Suite("The Prefer header")
struct PreferHeaderTests {
    @Test(
        "says how long to wait, however it is written",
        arguments: [
            ("wait=10", 10), ("WAIT=10", 10), ("respond-async, wait=5", 5), ("wait = 7 ;x=y, handling=lenient", 7),
            ("wait=\"3\"", 3), ("wait=0", 0), ("wait=60", 60), ("wait=61", 60), ("wait=1, wait=2", 1),
        ]
    )
    func understood(header: String, seconds: Int) {
        #expect(PreferHeader.wait(in: header) == seconds)
    }

    @Test(
        "that says nothing clear about waiting is ignored",
        arguments: [
            "", ",", "wait", "wait=", "wait=soon", "wait=-1", "wait=1.5", "respond-async", "await=10", ";", ";;", ",;",
            "=", "=;=",
        ]
    )
    func ignored(header: String) {
        #expect(PreferHeader.wait(in: header) == nil)
    }
}
