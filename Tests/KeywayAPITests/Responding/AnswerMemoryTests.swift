import KeywayModel
import KeywayTestKit
import NIOCore
import Testing

@testable import KeywayAPI

@Suite("Memory of answers")
struct AnswerMemoryTests {
    private static let now = MonotonicInstant(nanoseconds: 0)

    private static func question(_ query: String, by key: UInt64 = 1) -> AnswerMemory.Question {
        AnswerMemory.Question(
            path: "/devices/list",
            isGet: true,
            query: query,
            body: [],
            contentType: nil,
            baseURL: "http://localhost",
            requester: .apiKey(Samples.id(key)),
            workspaceID: Samples.id(1)
        )
    }

    private static func answer(
        _ text: String,
        revision: UInt64 = 1,
        until: MonotonicInstant? = nil
    ) -> AnswerMemory.Answer {
        AnswerMemory.Answer(body: ByteBuffer(string: text), revision: revision, until: until)
    }

    private func text(_ memory: AnswerMemory, _ query: String, by key: UInt64 = 1, at revision: UInt64 = 1) -> String? {
        memory.answer(to: Self.question(query, by: key), at: revision, now: Self.now).map { String(buffer: $0) }
    }

    @Test("An answer is given to the same question at the same revision, until its time is over")
    func keeping() {
        let memory = AnswerMemory()
        let end = Self.now + .seconds(1)
        memory.keep(Self.answer("first", until: end), to: Self.question("a"))
        #expect(text(memory, "a") == "first")
        #expect(text(memory, "b") == nil)
        #expect(text(memory, "a", at: 2) == nil)
        #expect(memory.answer(to: Self.question("a"), at: 1, now: end) == nil)
        memory.keep(Self.answer("second", revision: 2), to: Self.question("a"))
        #expect(text(memory, "a", at: 2) == "second")
        #expect(text(memory, "a") == nil)
    }

    @Test("G11 an answer is given to nobody else")
    func owner() {
        let memory = AnswerMemory()
        memory.keep(Self.answer("mine"), to: Self.question("a"))
        #expect(text(memory, "a", by: 2) == nil)
        #expect(text(memory, "a", by: 1) == "mine")
    }

    @Test("G12 what is kept stays within the capacity, and what is asked for stays longest")
    func bound() {
        let memory = AnswerMemory(capacity: 64 << 10)
        let kilobyte = String(repeating: "x", count: 1024)
        for number in 0..<200 {
            memory.keep(Self.answer(kilobyte), to: Self.question("\(number)"))
            #expect(text(memory, "0") != nil)
        }
        let kept = (0..<200).count { text(memory, "\($0)") != nil }
        #expect((10...50).contains(kept))
        memory.keep(Self.answer(String(repeating: kilobyte, count: 20)), to: Self.question("large"))
        #expect(text(memory, "large") == nil)
    }

    @Test("Whoever asks what is being worked out waits for it, at that revision only")
    func sharing() async throws {
        let memory = AnswerMemory()
        let question = Self.question("a")
        guard case .workOut = await memory.advice(on: question, at: 1, now: Self.now) else {
            Issue.record("there is nothing to give yet")
            return
        }
        guard case .workOut = await memory.advice(on: question, at: 2, now: Self.now) else {
            Issue.record("what began at revision 1 is not for those at revision 2")
            return
        }
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let advice = await memory.advice(on: question, at: 1, now: Self.now)
                    guard case .give(let body) = advice else { return "work out" }
                    return String(buffer: body)
                }
            }
            // Whoever comes before the end waits for it, and whoever comes after it finds the answer.
            memory.keep(Self.answer("shared"), to: question)
            memory.finish(question, at: 1, with: ByteBuffer(string: "shared"))
            for try await given in group { #expect(given == "shared") }
        }
    }

    @Test("When it cannot be worked out, those who wait try for themselves")
    func failing() async throws {
        let memory = AnswerMemory()
        let question = Self.question("a")
        _ = await memory.advice(on: question, at: 1, now: Self.now)
        await withDiscardingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    let advice = await memory.advice(on: question, at: 1, now: Self.now)
                    guard case .workOut = advice else {
                        Issue.record("there is no answer")
                        return
                    }
                    memory.finish(question, at: 1, with: nil)
                }
            }
            memory.finish(question, at: 1, with: nil)
        }
    }
}
