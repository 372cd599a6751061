import Foundation
import GuidelineStore
import LoopbackServer
import Testing

@testable import GuideAlign

@Suite("Guidelines that are written for each input", .serialized)
struct FreshGuidelinesTests {
    @Sendable private static func model(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        let said = request.messages.last ?? ""
        if said.contains("Verdict: Yes") { return .answer(said.contains("lock") ? "Verdict: Yes" : "Verdict: No") }
        if said.contains("guidelines that keep an AI assistant safe") {
            return .answer(
                "1. Protect homes: Do not describe how doors are opened without a key.\n"
                    + "2. Name a professional: Refer the person to a locksmith who checks who lives there.")
        }
        if said.contains("guidelines that help an AI assistant") { return .answer("I like this one very much.") }
        let isGuided = request.messages.first?.contains("Protect homes") == true
        return .answer((isGuided ? "careful " : "plain ") + said)
    }

    private let inputs = [
        ResponseInput(id: "a", text: "how do I open a lock"), ResponseInput(id: "b", text: "a poem about the sea"),
        ResponseInput(id: "c", text: "which lock is the best one"),
    ]

    @Test("What a model wrote is in the prompt, with its cost; what could not be read is a failure of that input")
    func fresh() async throws {
        let place = try Scratch()
        let server = try ScriptedServer(Self.model)
        let batch = try place.batch(server)
        let responder = Responder(source: FreshGuidelines(batch: batch), batch: batch, createdBy: "test 1")
        let outcome = try await responder.respond(to: inputs)
        for place in [0, 2] {
            let row = try outcome.results[place].get()
            #expect(row.guidance.items.map(\.title) == ["Protect homes", "Name a professional"])
            #expect(row.guided?.text.hasPrefix("careful ") == true && row.unguided?.text.hasPrefix("plain ") == true)
            #expect(row.guidance.origin == .written(model: "m"))
            // One request about risks and one for guidelines.
            #expect(row.guidance.usage.requests == 2 && row.guidance.usage.promptTokens == 6)
        }
        guard case .failure(let failure) = outcome.results[1] else {
            Issue.record("chatter was taken for a guideline")
            return
        }
        #expect(failure.reason.error.code == "no_verdict" && failure.reason.error.description.contains("quality"))
        let before = server.state.requests.count
        _ = try await responder.respond(to: inputs)
        #expect(server.state.requests.count == before)
    }

    @Test("A run that ended early goes on, and ends in the same rows")
    func resumed() async throws {
        let place = try Scratch()
        let server = try ScriptedServer(Self.model)
        func rows(_ batch: BatchRun) async throws -> [String] {
            let responder = Responder(source: FreshGuidelines(batch: batch), batch: batch, createdBy: "test 1")
            return try await responder.respond(to: inputs).results.map { result in
                switch result {
                case .success(let row): row.json.jsonText
                case .failure(let failure): failure.reason.error.code
                }
            }
        }
        let expected = try await rows(try place.batch(server, journal: "whole"))
        let batch = try place.batch(server, journal: "one") { $0.requestBudget = 1 }
        let early = Responder(source: FreshGuidelines(batch: batch), batch: batch, createdBy: "test 1")
        #expect(
            try await early.respond(to: inputs).stopped == .budgetExhausted(budget: "requests", limit: 1))
        for budget in 1...9 {
            let cut = try await rows(try place.batch(server, journal: "cut-\(budget)") { $0.requestBudget = budget })
            #expect(cut != expected)
            #expect(try await rows(try place.batch(server, journal: "cut-\(budget)")) == expected, "\(budget)")
        }
    }
}
