import Foundation
import GuidelineStore
import LoopbackServer
import Platform
import Testing

@testable import GuideAlign

@Suite("Answers with guidelines and without", .serialized)
struct ResponderTests {
    /// Every third input has no guideline.
    private let source = FixedGuidance { input in
        let number = Int(input.id) ?? 0
        return .success(FixedGuidance.guidance(number.isMultiple(of: 3) ? [] : ["Rule for \(input.query)."]))
    }
    private let inputs = (0..<40).map { ResponseInput(id: "\($0)", text: "question \($0)") }

    private func echo(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        .answer("answer to " + SHA256.hexadecimal(of: request.body))
    }

    private func rows(_ outcome: Responder.Outcome) throws -> String {
        try outcome.results.map { try $0.get().json.jsonText + "\n" }.joined()
    }

    @Test("Both answers are recorded with what was sent; without a guideline there is one request")
    func both() async throws {
        let place = try Scratch()
        let server = try ScriptedServer(echo)
        var responder = Responder(source: source, batch: try place.batch(server), createdBy: "test 1")
        responder.parameters = ResponseParameters(temperature: 0.5, seed: 3, maxTokens: 20)
        let outcome = try await responder.respond(to: inputs)
        let rows = try outcome.results.map { try $0.get() }
        #expect(rows.map(\.id) == inputs.map(\.id) && outcome.malformed == 0 && outcome.stopped == nil)
        // 14 of 40 abstain.
        #expect(server.state.requests.count == 14 + 2 * 26)
        let bodies = Set(server.state.bodies)
        for row in rows {
            #expect(row.isAbstention == (Int(row.id) ?? 1).isMultiple(of: 3))
            #expect((row.guided == row.unguided) == row.isAbstention)
            #expect(row.prompt.count == (row.isAbstention ? 1 : 2))
            // What is recorded is enough to send the same request again.
            for (messages, answer) in [(row.prompt, row.guided), (row.input, row.unguided)] {
                let request = row.parameters.request(messages)
                let body = String(decoding: try request.body(model: row.model), as: UTF8.self)
                #expect(bodies.contains(body))
                #expect(answer?.text == "answer to " + SHA256.hexadecimal(of: body))
            }
        }
        var tally = ResponseTally()
        for row in rows { tally.add(row) }
        #expect(tally.answered == 40 && tally.abstained == 14 && tally.guidelines == 26 && tally.cutOff == 0)
        #expect(tally.guided.completionTokens == 80 && tally.unguided.seconds > 0)
    }

    @Test("One side alone", arguments: [AnsweredInput.Side.guided, .unguided])
    func oneSide(side: AnsweredInput.Side) async throws {
        let place = try Scratch()
        let server = try ScriptedServer(echo)
        var responder = Responder(source: source, batch: try place.batch(server), createdBy: "test 1")
        responder.sides = [side]
        let rows = try await responder.respond(to: inputs).results.map { try $0.get() }
        #expect(server.state.requests.count == 40)
        #expect(
            rows.allSatisfy { ($0.guided == nil) == (side == .unguided) && ($0.unguided == nil) == (side == .guided) })
    }

    @Test("A run that ended early goes on, and ends in the same bytes at any concurrency")
    func resumed() async throws {
        let place = try Scratch()
        let server = try ScriptedServer(echo)
        let whole = Responder(source: source, batch: try place.batch(server, journal: "whole"), createdBy: "test 1")
        let expected = try rows(try await whole.respond(to: inputs))
        for (number, (concurrency, budget)) in [(1, 7), (3, 20), (16, 41)].enumerated() {
            let journal = "cut-\(number)"
            do {
                var cut = Responder(
                    source: source,
                    batch: try place.batch(server, journal: journal) {
                        $0.concurrency = concurrency
                        $0.requestBudget = budget
                    }, createdBy: "test 1")
                cut.tries = 2
                let outcome = try await cut.respond(to: inputs)
                #expect(outcome.stopped == .budgetExhausted(budget: "requests", limit: budget))
                let failed = outcome.results.compactMap { result -> GuideAlignError? in
                    if case .failure(let failure) = result { failure.reason.error } else { nil }
                }
                #expect(!failed.isEmpty)
            }
            let before = server.state.requests.count
            let rest = Responder(
                source: source, batch: try place.batch(server, journal: journal) { $0.concurrency = 7 },
                createdBy: "test 1")
            #expect(try rows(try await rest.respond(to: inputs)) == expected)
            #expect(server.state.requests.count - before == 66 - budget)
        }
    }

    @Test("An empty answer is asked for again, and kept aside if it stays empty")
    func malformed() async throws {
        let place = try Scratch()
        let server = try ScriptedServer { request in
            if request.body.contains("question 4") { return .answer(" \n") }
            // Empty at the first seed alone.
            if request.body.contains("question 5"), request.body.contains("\"seed\":3") { return .answer("") }
            return .answer("fine")
        }
        let inputs = [3, 4, 5].map { ResponseInput(id: "\($0)", text: "question \($0)") }
        var responder = Responder(source: source, batch: try place.batch(server), createdBy: "test 1")
        responder.parameters.seed = 3
        let outcome = try await responder.respond(to: inputs)
        #expect(outcome.malformed == 2 * 3 + 2)
        #expect(try outcome.results[0].get().guided?.text == "fine")
        #expect(try outcome.results[2].get().unguided?.text == "fine")
        guard case .failure(let failure) = outcome.results[1] else {
            Issue.record("an empty answer was taken")
            return
        }
        #expect(failure.reason.answer?.text == " \n" && failure.input.id == "4")
        #expect(failure.json.jsonText.contains("\"code\":\"malformed_answer\""))
        // Nothing is asked again that is known.
        let before = server.state.requests.count
        _ = try await responder.respond(to: inputs)
        #expect(server.state.requests.count == before)
    }

    @Test("Guidelines that could not be had are a failure of that input alone")
    func noGuidance() async throws {
        let place = try Scratch()
        let server = try ScriptedServer(echo)
        let fresh = FreshGuidelines(model: "writer") { inputs in
            inputs.map { input in
                guard input.id != "1" else { return .failure(.noVerdict(problem: "it is empty")) }
                var usage = ModelUsage()
                (usage.requests, usage.promptTokens, usage.completionTokens) = (2, 100, 50)
                return .success(
                    .init(guidelines: [.init(title: "Help", text: "Help with \(input.query).")], usage: usage))
            }
        }
        let responder = Responder(source: fresh, batch: try place.batch(server), createdBy: "test 1")
        let outcome = try await responder.respond(to: Array(inputs.prefix(3)))
        let row = try outcome.results[0].get()
        #expect(row.guidance.block.contains("Help: Help with question 0.") && row.guidance.usage.promptTokens == 100)
        #expect(row.json.jsonText.contains(#""origin":{"completionTokens":50,"model":"writer""#))
        guard case .failure(let failure) = outcome.results[1] else {
            Issue.record("there was no guidance")
            return
        }
        #expect(failure.reason.error == .noVerdict(problem: "it is empty"))
    }

    @Test("A row is read back as it was written")
    func roundTrip() throws {
        var rows = [
            answered("a", "in\nput", guided: "g\u{1}", unguided: "u", fields: ["risk": .array([.string("x:a")])]),
            answered("b", "in", guided: "g", unguided: nil, guidelines: [], finish: nil),
        ]
        rows[1].guidance.origin = .written(model: "w")
        rows[1].guidance.usage.requests = 3
        rows.append(
            AnsweredInput(
                id: "c", input: [ChatMessage(.system, "s"), ChatMessage(.user, "u")], fields: [:],
                prompt: [ChatMessage(.system, "s"), ChatMessage(.user, "u")].adding(guidance: rows[0].guidance.block),
                guidance: rows[0].guidance, guided: nil, unguided: ChatAnswer(text: "x"), model: "m",
                parameters: ResponseParameters(), createdBy: "t"))
        let reader = try JSONLinesReader(.bytes(Array(rows.lines.utf8), name: "rows"))
        for row in rows {
            let line = try #require(try reader.next())
            let read = try AnsweredInput(line)
            #expect(read == row)
            #expect(read.json == row.json)
        }
    }

    @Test("A file of something else is refused with the line")
    func otherFile() throws {
        for line in [#"{"id":"a","text":"b"}"#, #"{"id":"a","input":[],"prompt":[]}"#] {
            let reader = try JSONLinesReader(.bytes(Array(line.utf8), name: "rows"))
            let line = try #require(try reader.next())
            let error = #expect(throws: GuidelineStoreError.self) { try AnsweredInput(line) }
            #expect(error?.location?.line == 1)
        }
    }
}
