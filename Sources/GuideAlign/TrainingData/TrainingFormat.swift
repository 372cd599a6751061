import GuidelineStore

/// What training data is written as. A file holds one JSON object a line.
public enum TrainingFormat: String, Sendable, Hashable, CaseIterable {
    /// `{"messages"}` with the answer last: OpenAI's chat format, which TRL reads too.
    case sftOpenAI = "sft-openai"
    /// `{"prompt","completion"}`, each a list of messages: TRL computes the loss on the completion alone.
    case sftTRL = "sft-trl"
    /// `{"conversations":[{"from","value"}]}` of system, human and gpt.
    case sftShareGPT = "sft-sharegpt"
    /// `{"instruction","input","output"}`, with `system` and `history` where there are some.
    case sftAlpaca = "sft-alpaca"
    /// `{"prompt","chosen","rejected","margin"}`, where the first three are lists of messages.
    case dpoTRL = "dpo-trl"
    /// `{"input":{"messages"},"preferred_output","non_preferred_output"}`.
    case dpoOpenAI = "dpo-openai"
    /// `{"prompt","completion","label"}`, as TRL has it for KTO: single answers that are good or bad.
    case kto

    public enum Purpose: Sendable, Hashable { case answers, pairs, labels }

    public var purpose: Purpose {
        switch self {
        case .sftOpenAI, .sftTRL, .sftShareGPT, .sftAlpaca: .answers
        case .dpoTRL, .dpoOpenAI: .pairs
        case .kto: .labels
        }
    }

    /// Whether user and assistant must take turns, after a message of the system's or none.
    var needsTurns: Bool { self == .sftShareGPT || self == .sftAlpaca }
}

extension [ChatMessage] {
    /// Whether user and assistant take turns, after a message of the system's or none, and the user has the last word.
    var takesTurns: Bool {
        let turns = first?.role == .system ? dropFirst() : self[...]
        guard turns.count % 2 == 1 else { return false }
        return turns.enumerated().allSatisfy { $1.role == ($0 % 2 == 0 ? .user : .assistant) }
    }
}

extension TrainingFormat {
    /// The row of a format for an answer. The prompt ends with what the user said.
    static func row(answer: String, prompt: [ChatMessage], as format: TrainingFormat) -> JSONValue {
        switch format {
        case .sftShareGPT:
            return .object([
                "conversations": .array(
                    (prompt + [ChatMessage(.assistant, answer)]).map { message in
                        let from =
                            switch message.role {
                            case .system: "system"
                            case .user: "human"
                            case .assistant: "gpt"
                            }
                        return .object(["from": .string(from), "value": .string(message.content)])
                    })
            ])
        case .sftAlpaca:
            var row: [String: JSONValue] = [
                "instruction": .string(prompt.last?.content ?? ""), "input": .string(""), "output": .string(answer),
            ]
            var turns = prompt.dropLast()
            if turns.first?.role == .system { row["system"] = .string(turns.removeFirst().content) }
            if !turns.isEmpty {
                let texts = turns.map { JSONValue.string($0.content) }
                row["history"] = .array(
                    stride(from: 0, to: texts.count - 1, by: 2).map { .array([texts[$0], texts[$0 + 1]]) })
            }
            return .object(row)
        case .sftTRL:
            return .object(["prompt": prompt.json, "completion": [ChatMessage(.assistant, answer)].json])
        default:
            return .object(["messages": (prompt + [ChatMessage(.assistant, answer)]).json])
        }
    }

    /// The row of a format for a pair.
    static func row(
        chosen: String, rejected: String, margin: Double, prompt: [ChatMessage], as format: TrainingFormat
    ) -> JSONValue {
        let (chosen, rejected) = ([ChatMessage(.assistant, chosen)].json, [ChatMessage(.assistant, rejected)].json)
        guard format == .dpoOpenAI else {
            return .object([
                "prompt": prompt.json, "chosen": chosen, "rejected": rejected, "margin": .number(margin),
            ])
        }
        return .object([
            "input": .object(["messages": prompt.json]), "preferred_output": chosen, "non_preferred_output": rejected,
        ])
    }

    /// The row of an answer that is good or bad.
    static func row(labelled answer: String, isGood: Bool, prompt: [ChatMessage]) -> JSONValue {
        .object([
            "prompt": prompt.json, "completion": [ChatMessage(.assistant, answer)].json, "label": .bool(isGood),
        ])
    }
}
