import Fingerpost
import Guardrails
import GuidelineStore

/// Answers requests with a library, on any thread.
struct SidecarSession: Sendable {
    /// Bytes of the longest line.
    static let lineLimit = 16 << 20

    let library: GuidelineLibrary
    let name: String
    /// What texts are held against.
    let rails: Rails
    /// Where decisions are written; nil for nowhere.
    var decisions: DecisionLog?
    var keepsTexts = false

    /// The line that answers a line.
    func answer(_ request: Result<SidecarRequest, SidecarFault>, line: Int) -> [UInt8] {
        var text: String
        switch request {
        case .failure(let fault): text = Self.error(fault.failure, id: fault.id, line: line).text
        case .success(let request):
            do {
                text = Self.identified(try answer(request.operation), by: request.id).text
            } catch {
                text = Self.error(Failure(error), id: request.id, line: line).text
            }
        }
        text += "\n"
        return Array(text.utf8)
    }

    private func answer(_ operation: SidecarRequest.Operation) throws -> JSON {
        switch operation {
        case .search(let query, let options):
            return try library.search(query, options: options).json(id: nil, explains: options.explains)
        case .prompt(let input, let options, let composer):
            let (query, chat): (String, Chat?) =
                switch input {
                case .text(let text): (text, nil)
                case .chat(let chat): (chat.lastUserText, chat)
                }
            let found = try library.search(query, options: options)
            return try composer.compose(found).json(found, chat: chat, explains: options.explains)
        case .add(let guidelines):
            let outcome = try library.add(guidelines)
            return [
                "added": .strings(outcome.added), "updated": .strings(outcome.updated),
                "unchanged": .strings(outcome.unchanged),
                "duplicates": .array(
                    outcome.skippedDuplicates.map {
                        ["id": .string($0.id), "duplicateOf": .string($0.duplicateOf)]
                    }),
                "libraryVersion": .integer(try library.libraryVersion),
            ]
        case .remove(let ids):
            let removed = try library.remove(ids: ids)
            let there = Set(removed)
            return [
                "removed": .strings(removed), "missing": .strings(ids.filter { !there.contains($0) }),
                "libraryVersion": .integer(try library.libraryVersion),
            ]
        case .check(let request):
            let decision: Decision = rails.check(request.text, rail: request.rail, deadline: request.deadline)
            // Logged before it is told, so that nothing is acted upon that no log knows of.
            try decisions?.append(
                decision.records(
                    keepsText: keepsTexts, model: request.model, conversationID: request.conversation))
            return CheckAnswer(id: nil, checked: request.text, decision: decision).json
        case .info: return try library.information().json(library: name)
        case .ping: return ["pong": true, "version": .string(FingerpostCommand.version)]
        }
    }

    /// The answer with the client's id before its own members. A library's own id, which `info` tells, is then its
    /// `libraryID`.
    private static func identified(_ answer: JSON, by id: JSONValue?) -> JSON {
        guard case .object(var members) = answer else { return answer }
        members = members.map { $0.0 == "id" ? ("libraryID", $0.1) : $0 }
        if let id { members.insert(("id", .value(id)), at: 0) }
        return .object(members)
    }

    private static func error(_ failure: Failure, id: JSONValue?, line: Int) -> JSON {
        let answer: JSON = [
            "error": [
                "code": .string(failure.code), "message": .string(failure.message), "line": .integer(line),
            ]
        ]
        return identified(answer, by: id)
    }
}

extension ComposedPrompt {
    /// The document that `prompt --json` prints.
    func json(_ found: Retrieval, chat: Chat?, explains: Bool = false) -> JSON {
        [
            "query": .optional(found.query), "prompt": .string(text), "guidelines": .strings(guidelines.map(\.id)),
            "cut": .array(
                cut.map { ["id": .string($0.id), "score": .float($0.score), "tokens": .integer($0.tokens)] }),
            "tokens": .integer(tokenCount), "counter": .string(counter),
            "chat": chat.map { JSON.value($0.adding(text)) } ?? .null,
            "retrieval": found.json(id: nil, explains: explains),
        ]
    }
}
