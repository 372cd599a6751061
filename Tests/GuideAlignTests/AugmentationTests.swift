import Foundation
import LoopbackServer
import Platform
import Testing

@testable import GuideAlign

@Suite("Augmentation", .serialized) struct AugmentationTests {
    private func path() -> String { NSTemporaryDirectory() + "fingerpost-augment-\(UUID().uuidString)" }

    private func batch(_ server: ScriptedServer, _ path: String, _ change: (inout ChatPolicy) -> Void = { _ in }) throws
        -> BatchRun
    {
        var policy = ChatPolicy()
        policy.timeout = 20
        change(&policy)
        let client = ChatClient(
            endpoint: try ChatEndpoint(base: server.base, model: "m"), policy: policy, generator: SplitMix64(seed: 1),
            now: { Date() }, pause: { _ in })
        return BatchRun(client: client, journal: try AnswerJournal(path: path))
    }

    private static let words = Array("abcdefghijklmnopqrstuvwxyz").map { "\($0)\($0)ord" }

    /// A continuation of six, two of them alike, among other things; the same for the same prompt.
    private static func answer(_ request: ScriptedServer.Request) -> String {
        var generator = SplitMix64(seed: UInt64(request.body.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }))
        var lines = (5...10).map { number in
            "\(number). " + (0..<7).map { _ in words.randomElement(using: &generator) ?? "" }.joined(separator: " ")
        }
        lines[3] = lines[2] + " again"
        return (["Sure, here is more:"] + lines + ["11. one more than was asked for here"]).joined(separator: "\n")
    }

    private func options(_ perType: Int) -> AugmentationOptions {
        var options = AugmentationOptions()
        options.perType = perType
        options.requestsPerRound = 3
        return options
    }

    @Test("The standard types are those of the list of risks, with seeds unlike each other")
    func standardTypes() {
        #expect(AttackType.standard.count == 14)
        var filter = RougeFilter(limit: 0.7)
        for type in AttackType.standard {
            #expect(type.seeds.count >= 4)
            #expect(AttackType.risks(ofType: type.name).first == "ga:\(type.name)")
            for seed in type.seeds {
                let isKept = filter.keep(seed)
                #expect(isKept, "\(seed)")
            }
        }
        #expect(AttackType.risks(ofType: "Mental_Health") == ["ga:Mental_Health", "mlc:ssh"])
        #expect(AttackType.risks(ofType: "Crimes_And_Illegal_Activities") == ["ga:Crimes_And_Illegal_Activities"])
        #expect(AttackType.risks(ofType: "of my own") == [])
    }

    @Test("The same answers give the same inputs, whatever the order they come in, and whenever a run ends")
    func deterministic() async throws {
        let types = Array(AttackType.standard.prefix(3))
        let augmentation = Augmentation(types: types, options: options(40))
        var lines: [[String]] = []
        for concurrency in [1, 8] {
            let path = path()
            defer { try? FileManager.default.removeItem(atPath: path) }
            let server = try ScriptedServer { request in
                Thread.sleep(forTimeInterval: Double(request.number % 5) / 1_000)
                return .answer(Self.answer(request))
            }
            let outcome = try await augmentation.run(batch(server, path) { $0.concurrency = concurrency })
            #expect(outcome.isComplete && outcome.inputs.count == 120)
            #expect(outcome.refused[.chatter] == outcome.answerCount)
            #expect((outcome.refused[.similar] ?? 0) > 0)
            lines.append(outcome.lines(model: "m", prompts: .standard, includingSeeds: false))
        }
        #expect(lines[0] == lines[1])

        // With a budget that is spent again and again.
        let path = path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try ScriptedServer { .answer(Self.answer($0)) }
        var runs = 0
        while runs < 50 {
            runs += 1
            let run = try batch(server, path) { $0.requestBudget = 7 }
            let outcome = try await augmentation.run(run)
            try run.journal.close()
            if outcome.isComplete {
                #expect(outcome.lines(model: "m", prompts: .standard, includingSeeds: false) == lines[0])
                break
            }
            #expect(outcome.incompleteness?.code == "incomplete")
        }
        #expect(runs > 2 && runs < 50)
        // Nothing was asked twice, and the questions that were equal were asked as different samples.
        let keys = server.state.requests.compactMap { $0.headers["idempotency-key"] }
        #expect(Set(keys).count == keys.count)
    }

    @Test("A type that brings nothing new is given up; a server that will not answer is no input")
    func exhaustion() async throws {
        let path = path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try ScriptedServer { request in
            request.body.contains("Insult") || request.body.contains("insult")
                ? .status(400)
                : .answer("5. always the same words in a row here\n6. short\n7. I'm sorry, but I can't do that.")
        }
        let types = AttackType.standard.filter { ["Insult", "Mental_Health"].contains($0.name) }
        let outcome = try await Augmentation(types: types, options: options(10)).run(batch(server, path))
        #expect(outcome.isComplete && outcome.inputs.map(\.text) == ["always the same words in a row here"])
        #expect(outcome.types.map(\.isExhausted) == [true, true])
        #expect((outcome.refused[.unanswered] ?? 0) == 15)
        #expect((outcome.refused[.tooShort] ?? 0) > 0 && (outcome.refused[.refusal] ?? 0) > 0)
        #expect(outcome.aside.contains { $0.problem != nil } && outcome.aside.contains { $0.answer != nil })
        // A server that cannot answer now ends the run, and nothing is lost.
        let failing = try ScriptedServer { _ in .status(500) }
        let stopped = try await Augmentation(types: types, options: options(10)).run(
            batch(failing, path + "2") { $0.attempts = 2 })
        #expect(!stopped.isComplete && stopped.inputs.isEmpty && stopped.rounds == 0)
        try? FileManager.default.removeItem(atPath: path + "2")
    }

    @Test("Seeds of one's own")
    func ownSeeds() throws {
        let text = """
            {"type":"a","text":"first  seed"}
            {"type":"b","text":"second"}
            {"type":"a","text":"third"}
            {"type":"a","text":"third"}
            """
        let types = try AttackType.read(from: .bytes(Array(text.utf8), name: "seeds"))
        #expect(
            types == [AttackType(name: "a", seeds: ["first seed", "third"]), AttackType(name: "b", seeds: ["second"])])
        for wrong in [#"{"type":"a"}"#, #"{"type":"a","text":" "}"#, #"{"type":1,"text":"a"}"#, ""] {
            #expect(throws: (any Error).self) { try AttackType.read(from: .bytes(Array(wrong.utf8), name: "seeds")) }
        }
    }
}
