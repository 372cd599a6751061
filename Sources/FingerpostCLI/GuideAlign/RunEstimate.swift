import GuideAlign

/// What a run would ask and cost, for people and for scripts.
struct RunEstimate {
    var preview: RunPreview
    var inputs: Int?
    var repeated: Int
    var cost: Double?

    init(_ preview: RunPreview, inputs: Int? = nil, repeated: Int = 0, price: PriceArgument?) {
        self.preview = preview
        self.inputs = inputs
        self.repeated = repeated
        cost = price.map {
            Double(preview.promptTokens) / 1e6 * $0.prompt + Double(preview.completionTokens) / 1e6 * $0.completion
        }
    }

    var json: JSON {
        [
            "dryRun": true, "inputs": .optional(inputs), "repeated": .integer(repeated),
            "requests": .integer(preview.requests),
            "promptTokens": .integer(preview.promptTokens), "completionTokens": .integer(preview.completionTokens),
            "cost": cost.map { .rounded($0, places: 4) } ?? .null,
            "prompts": .array(
                preview.prompts.map { prompt in
                    [
                        "step": .string(prompt.step.rawValue),
                        "messages": .array(
                            prompt.messages.map {
                                ["role": .string($0.role.rawValue), "content": .string($0.content)]
                            }),
                    ]
                }),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var lines: [String] = []
        for prompt in preview.prompts {
            lines.append(terminal.bold("The prompt (\(prompt.step.rawValue))"))
            for message in prompt.messages {
                lines.append(terminal.dim("\(message.role.rawValue):"))
                lines += message.content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                    .map { "  " + PlainText.escaped(String($0)) }
            }
            lines.append("")
        }
        var summary = "\(Format.count(preview.requests, "request")) at most, about "
        summary += "\(Format.count(preview.promptTokens)) tokens of prompts and "
        summary += "\(Format.count(preview.completionTokens)) of answers"
        if let cost { summary += ", \(Format.decimal(cost, 2)) at the prices given" }
        if let inputs {
            summary =
                "\(Format.count(inputs, "input"))" + (repeated > 0 ? " (\(repeated) repeated)" : "") + ": " + summary
        }
        return (lines + [summary, "Nothing was asked."]).joined(separator: "\n")
    }
}
