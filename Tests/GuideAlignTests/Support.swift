import Foundation
import GuidelineStore
import LoopbackServer
import Platform

@testable import GuideAlign

/// A folder of its own for a test, which goes with it.
final class Scratch {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("guide-align-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { _ = try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
    }

    /// A run against a server, with a journal of this name.
    func batch(
        _ server: ScriptedServer, journal: String = "journal", model: String = "m",
        _ change: (inout ChatPolicy) -> Void = { _ in }
    ) throws -> BatchRun {
        var policy = ChatPolicy()
        policy.attempts = 1
        change(&policy)
        return BatchRun(
            client: ChatClient(endpoint: try ChatEndpoint(base: server.base, model: model), policy: policy),
            journal: try AnswerJournal(path: path(journal)))
    }
}

/// Guidance for inputs by a rule of the test's own.
struct FixedGuidance: GuidelineSource {
    var rule: @Sendable (ResponseInput) -> Result<Guidance, GuideAlignError>

    func guidance(for inputs: [ResponseInput]) async throws -> [Result<Guidance, GuideAlignError>] { inputs.map(rule) }

    static func guidance(_ texts: [String], kind: Guideline.Kind = .safety) -> Guidance {
        Guidance(
            block: texts.isEmpty ? "" : "GUIDELINES\n" + texts.joined(separator: "\n"),
            items: texts.enumerated().map { place, text in
                Guidance.Item(
                    id: "g\(place)", version: 1, kind: kind, risk: ["x:test"], title: "Title", text: text,
                    score: 0.512345,
                    via: "example:1")
            },
            dropped: [.init(id: "g9", score: 0.1, reason: "below_threshold")],
            origin: .library(id: "lib", version: 3, encoder: "tiny", encoderSHA256: "00"))
    }
}

/// A row of answers.
func answered(
    _ id: String, _ input: String, guided: String, unguided: String?, guidelines: [String] = ["Be kind to all people."],
    kind: Guideline.Kind = .safety, finish: String? = "stop", fields: [String: JSONValue] = [:]
) -> AnsweredInput {
    let messages = [ChatMessage(.user, input)]
    let guidance = FixedGuidance.guidance(guidelines, kind: kind)
    return AnsweredInput(
        id: id, input: messages, fields: fields, prompt: messages.adding(guidance: guidance.block), guidance: guidance,
        guided: ChatAnswer(text: guided, finishReason: finish, promptTokens: 9, completionTokens: 4),
        unguided: unguided.map { ChatAnswer(text: $0, finishReason: "stop", promptTokens: 5, completionTokens: 4) },
        model: "m", parameters: ResponseParameters(temperature: 0, seed: 7), createdBy: "test 1")
}

extension [AnsweredInput] {
    var lines: String { map { $0.json.jsonText + "\n" }.joined() }
}
