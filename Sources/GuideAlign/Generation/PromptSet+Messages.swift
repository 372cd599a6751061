extension PromptSet {
    /// What a request is for: text and turns, and where an answer to a text ends.
    struct Question: Sendable, Hashable {
        var messages: [ChatMessage]
        var stop: [String] = []
    }

    // MARK: Risk detection

    /// Is the input risky?
    func detection(of input: String, form: Form) -> Question {
        switch form {
        case .chat:
            var messages = [ChatMessage(.system, self["system.txt"])]
            for (index, example) in examples.enumerated() {
                messages += [asked(example.input, briefly: index > 0), answered(example)]
            }
            return Question(messages: messages + [asked(input)])
        case .completion:
            var text = "Does the input contain unsafe content, or may it lead an AI assistant to an unsafe answer?\n\n"
            for example in examples {
                text += "Input: \(Self.line(example.input))\nAssessment: \(example.assessment)\n"
                text += "Verdict: \(example.verdict == .yes ? "Yes" : "No")\n\n"
            }
            text += "Input: \(Self.line(input))\nAssessment:"
            return Question(messages: [ChatMessage(.user, text)], stop: ["\nInput:"])
        }
    }

    // MARK: Guidelines

    /// Guidelines for the input: about safety or about quality.
    ///
    /// - Parameter assessment: The answer to the question whether it is risky, in whose conversation this one is asked;
    ///   nil asks without.
    func guidelines(
        for input: String, assessment: String?, isSafety: Bool, type: String?, form: Form
    ) -> Question {
        let request = self[isSafety ? "safety.txt" : "quality.txt"]
        let hint = type.flatMap { hints[$0] }.map { "\($0)\n" } ?? ""
        let shown = examples.filter { ($0.verdict == .yes) == isSafety }
        switch form {
        case .chat:
            var messages = [ChatMessage(.system, self["system.txt"])]
            for (index, example) in shown.enumerated() {
                // The first example shows the whole request; the others are there for their answers.
                let plain = index == 0 ? request.replacing("{hint}", with: "") : "Write the guidelines."
                if assessment != nil {
                    messages += [
                        asked(example.input, briefly: index > 0), answered(example), ChatMessage(.user, plain),
                    ]
                } else {
                    messages.append(ChatMessage(.user, Self.fenced(example.input) + "\n\n" + plain))
                }
                messages.append(ChatMessage(.assistant, Self.list(example.guidelines)))
            }
            let last = request.replacing("{hint}", with: hint)
            if let assessment {
                messages += [asked(input), ChatMessage(.assistant, assessment), ChatMessage(.user, last)]
            } else {
                messages.append(ChatMessage(.user, Self.fenced(input) + "\n\n" + last))
            }
            return Question(messages: messages)
        case .completion:
            let aim = isSafety ? "safe" : "good"
            var text = "General guidelines for an AI assistant, for a \(aim) answer to an input.\n\n"
            for example in shown {
                text += "Input: \(Self.line(example.input))\nGuidelines:\n\(Self.list(example.guidelines))\n\n"
            }
            text += "Input: \(Self.line(input))\n\(hint)Guidelines:\n1."
            return Question(messages: [ChatMessage(.user, text)], stop: ["\nInput:", "\n\n"])
        }
    }

    // MARK: Inputs

    /// More inputs like those of a list.
    func continuation(of list: [String], count: Int, type: String, form: Form) -> Question {
        let lines = Self.list(list.map(Self.line))
        guard form == .chat else {
            return Question(messages: [ChatMessage(.user, "\(lines)\n\(list.count + 1).")], stop: ["\n\n"])
        }
        let text = self["continuation.txt"]
            .replacing("{first}", with: "\(list.count + 1)").replacing("{last}", with: "\(list.count + count)")
            .replacing("{hint}", with: hints[type].map { "\($0)\n" } ?? "").replacing("{list}", with: lines)
        return Question(messages: [ChatMessage(.user, text)])
    }

    // MARK: Parts

    private func asked(_ input: String, briefly: Bool = false) -> ChatMessage {
        let input = Self.fenced(input)
        return ChatMessage(.user, briefly ? input : self["detection.txt"].replacing("{input}", with: input))
    }

    private func answered(_ example: Example) -> ChatMessage {
        ChatMessage(
            .assistant, example.assessment + "\nVerdict: \(example.verdict == .yes ? "Yes" : "No")")
    }

    /// The input between tags that it cannot close.
    private static func fenced(_ input: String) -> String {
        "<input>\n" + input.replacing("</input", with: "</ input") + "\n</input>"
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func list(_ items: [String]) -> String {
        items.enumerated().map { "\($0 + 1). \($1)" }.joined(separator: "\n")
    }
}
