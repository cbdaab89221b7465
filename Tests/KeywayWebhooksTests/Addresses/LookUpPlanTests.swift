import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayWebhooks

@Suite("Which hosts are looked up")
struct LookUpPlanTests {
    private static func asker(_ workspace: UInt64 = 1, isFailing: Bool = false) -> LookUpPlan.Asker {
        LookUpPlan.Asker(workspaceID: Samples.id(workspace), isFailing: isFailing)
    }

    /// A plan of eight threads that some hosts are asked for, and the hosts that get one.
    private static func asked(_ questions: [(String, LookUpPlan.Asker)]) -> (plan: LookUpPlan, started: [String]) {
        var plan = LookUpPlan(maximum: 8)
        for (number, question) in questions.enumerated() { plan.ask(question.0, for: question.1, number: number) }
        let started = plan.start()
        return (plan, started)
    }

    @Test("a host is looked up once at a time, for everybody who asks")
    func joined() {
        var (plan, started) = Self.asked([("a", Self.asker()), ("a", Self.asker(2)), ("b", Self.asker())])
        #expect(started == ["a", "b"])
        plan.ask("a", for: Self.asker(3), number: 9)
        started = plan.start()
        #expect(started.isEmpty)
        let answered = plan.end("a")
        #expect(answered == [0, 1, 9])
        plan.ask("a", for: Self.asker(), number: 10)
        started = plan.start()
        #expect(started == ["a"])
    }

    @Test("G12 a question that is taken back frees no thread, and one that waits for a thread is then not started")
    func withdrawn() {
        let hosts = (0..<9).map { ("\($0)", Self.asker(UInt64($0 + 1))) }
        var (plan, started) = Self.asked(hosts)
        #expect(started.count == 8)
        for number in 0..<9 { plan.withdraw(number) }
        plan.ask("new", for: Self.asker(20), number: 20)
        started = plan.start()
        #expect(started.isEmpty)
        let answered = plan.end("3")
        #expect(answered.isEmpty)
        started = plan.start()
        #expect(started == ["new"])
    }

    @Test("G11 one workspace has three quarters of the threads at most, also after some were given back")
    func workspaces() {
        let hosts = (0..<8).map { ("\($0)", Self.asker()) }
        var (plan, started) = Self.asked(hosts + [("other", Self.asker(2))])
        #expect(started == ["0", "1", "2", "3", "4", "5", "other"])
        _ = plan.end("0")
        started = plan.start()
        #expect(started == ["6"])
        _ = plan.end("other")
        started = plan.start()
        #expect(started.isEmpty)
    }

    @Test("endpoints whose latest try failed have half of the threads at most")
    func failing() {
        let hosts = (0..<6).map { ("\($0)", Self.asker(isFailing: true)) }
        var (plan, started) = Self.asked(hosts + [("well", Self.asker())])
        #expect(started == ["0", "1", "2", "3", "well"])
        _ = plan.end("1")
        started = plan.start()
        #expect(started == ["4"])
    }

    @Test("with one thread there is one look-up")
    func one() {
        var plan = LookUpPlan(maximum: 1)
        plan.ask("a", for: Self.asker(isFailing: true), number: 1)
        plan.ask("b", for: Self.asker(), number: 2)
        var started = plan.start()
        #expect(started == ["a"])
        _ = plan.end("a")
        started = plan.start()
        #expect(started == ["b"])
    }
}
