import GuidelineStore

extension AnsweredInput {
    /// The row of a file of answers. It holds no times, so that the same answers are the same bytes.
    public var json: JSONValue {
        var origin: [String: JSONValue] = [:]
        var library = JSONValue.null
        switch guidance.origin {
        case .library(let id, let version, let encoder, let sha256):
            origin["type"] = .string("library")
            library = .object(["id": .string(id), "version": .integer(version)])
            origin["encoder"] = .object(["name": .string(encoder), "sha256": .string(sha256)])
        case .written(let model):
            origin = ["type": .string("written"), "model": .string(model)]
            origin["requests"] = .integer(guidance.usage.requests)
            origin["promptTokens"] = .integer(guidance.usage.promptTokens)
            origin["completionTokens"] = .integer(guidance.usage.completionTokens)
        }
        return .object([
            "id": .string(id), "input": input.json, "fields": .object(fields), "prompt": prompt.json,
            "guidelines": .array(guidance.items.map(\.json)), "dropped": .array(guidance.dropped.map(\.json)),
            "abstained": .bool(isAbstention), "library": library, "origin": .object(origin),
            "guided": guided?.json ?? .null, "unguided": unguided?.json ?? .null,
            "parameters": .object([
                "model": .string(model), "temperature": .optional(parameters.temperature),
                "seed": .optional(parameters.seed), "maxTokens": .optional(parameters.maxTokens),
            ]),
            "createdBy": .string(createdBy),
        ])
    }

    /// Reads a row that ``json`` wrote.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line and the field at fault.
    public init(_ line: JSONLine) throws(GuidelineStoreError) {
        let row = RowReader(members: line.members, location: line.location)
        guard let input = row.members["input"], let prompt = row.members["prompt"] else {
            throw .invalidField(
                "input", problem: "is missing with \"prompt\"; give a file that fingerpost respond wrote", row.location)
        }
        let parameters = try row.object("parameters")
        let origin = try row.object("origin")
        let usage = try ModelUsage(origin)
        let isWritten = try origin.text("type") == "written"
        let library = isWritten ? nil : try row.object("library")
        let encoder = isWritten ? nil : try origin.object("encoder")
        let guidelines = try row.objects("guidelines").map { item throws(GuidelineStoreError) in
            try Guidance.Item(item)
        }
        let dropped = try row.objects("dropped").map { item throws(GuidelineStoreError) in
            try Guidance.Dropped(
                id: item.text("id"), score: Float(item.number("score") ?? 0), reason: item.text("reason"))
        }
        let abstained = row.members["abstained"] == .bool(true)
        let messages = try [ChatMessage](json: input, field: "input", at: row.location)
        let sent = try [ChatMessage](json: prompt, field: "prompt", at: row.location)
        guard !messages.isEmpty else { throw .emptyText(field: "input", row.location) }
        self.init(
            id: try row.text("id"), input: messages, fields: try row.optionalObject("fields")?.members ?? [:],
            prompt: sent,
            guidance: Guidance(
                block: abstained ? "" : Self.block(in: sent, beside: messages), items: guidelines, dropped: dropped,
                origin: isWritten
                    ? .written(model: try origin.text("model"))
                    : .library(
                        id: try library?.text("id") ?? "", version: try library?.integer("version") ?? 0,
                        encoder: try encoder?.text("name") ?? "", encoderSHA256: try encoder?.text("sha256") ?? ""),
                usage: usage),
            guided: try row.optionalObject("guided").map { value throws(GuidelineStoreError) in
                try ChatAnswer(value)
            },
            unguided: try row.optionalObject("unguided").map { value throws(GuidelineStoreError) in
                try ChatAnswer(value)
            },
            model: try parameters.text("model"),
            parameters: ResponseParameters(
                temperature: try parameters.number("temperature"), seed: try parameters.integer("seed"),
                maxTokens: try parameters.integer("maxTokens")),
            createdBy: try row.text("createdBy"))
    }

    /// What ``Swift/Array/adding(guidance:)`` has added.
    private static func block(in prompt: [ChatMessage], beside input: [ChatMessage]) -> String {
        guard let content = prompt.first?.content else { return "" }
        guard prompt.count == input.count, let before = input.first?.content, !before.isEmpty else { return content }
        return content.hasPrefix(before + "\n\n") ? String(content.dropFirst(before.count + 2)) : content
    }
}

extension ModelUsage {
    fileprivate init(_ row: RowReader) throws(GuidelineStoreError) {
        self.init()
        requests = try row.integer("requests") ?? 0
        promptTokens = try row.integer("promptTokens") ?? 0
        completionTokens = try row.integer("completionTokens") ?? 0
    }
}

extension ChatAnswer {
    var json: JSONValue {
        .object([
            "text": .string(text), "finishReason": .optional(finishReason), "promptTokens": .optional(promptTokens),
            "completionTokens": .optional(completionTokens),
        ])
    }

    fileprivate init(_ row: RowReader) throws(GuidelineStoreError) {
        self.init(
            text: try row.text("text"), finishReason: try row.optionalText("finishReason"),
            promptTokens: try row.integer("promptTokens"), completionTokens: try row.integer("completionTokens"))
    }
}

extension Guidance.Item {
    fileprivate var json: JSONValue {
        .object([
            "id": .optional(id), "version": .optional(version), "kind": .string(kind.rawValue),
            "risk": .array(risk.map(JSONValue.string)), "title": .optional(title), "text": .string(text),
            "score": .optional(score), "via": .optional(via),
        ])
    }

    fileprivate init(_ row: RowReader) throws(GuidelineStoreError) {
        let kind = try row.text("kind")
        guard let kind = Guideline.Kind(rawValue: kind) else {
            throw .invalidField("kind", problem: "is \"\(kind)\", which is no kind of guideline", row.location)
        }
        self.init(
            id: try row.optionalText("id"), version: try row.integer("version"), kind: kind,
            risk: try row.texts("risk"), title: try row.optionalText("title"), text: try row.text("text"),
            score: try row.number("score").map { Float($0) }, via: try row.optionalText("via"))
    }
}

extension Guidance.Dropped {
    fileprivate var json: JSONValue {
        .object(["id": .string(id), "score": .optional(score), "reason": .string(reason)])
    }
}
