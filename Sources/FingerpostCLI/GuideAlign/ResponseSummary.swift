import GuideAlign
import GuidelineStore

/// What a run of `respond` came to.
struct ResponseSummary {
    var output: String
    var inputs: Int
    var tally = ResponseTally()
    var notAsked = 0
    var malformed = 0
    var aside: String?
    var stopped: GuideAlignError?
    var usage = ChatUsage()
    var seconds = 0.0

    init(output: String, inputs: Int) {
        self.output = output
        self.inputs = inputs
    }

    /// Prints the summary, and fails where the run has.
    ///
    /// - Parameter hasProgressed: whether any answer came that was not there before, or none was asked for.
    func finish(isJSON: Bool, hasProgressed: Bool) throws {
        try Console.result(isJSON ? json.text : text)
        if let stopped {
            throw Failure(
                code: stopped.code,
                message: "ended early, \(Format.count(notAsked, "input")) not asked: \(stopped)", isInputError: false)
        }
        guard tally.failed > 0 else { return }
        let list = "\(Format.count(tally.failed, "input")) without an answer; \(aside ?? "") says why."
        if tally.answered == 0 || !hasProgressed {
            throw Failure(
                code: "all_failed",
                message: (tally.answered == 0 ? "nothing was answered: " : "all that was asked failed: ") + list,
                file: aside, isInputError: false)
        }
        Console.log("note: \(PlainText.line(list))")
    }

    var json: JSON {
        [
            "output": .string(output), "failures": .optional(aside), "inputs": .integer(inputs),
            "answered": .integer(tally.answered), "failed": .integer(tally.failed), "notAsked": .integer(notAsked),
            "malformed": .integer(malformed), "abstained": .integer(tally.abstained), "cutOff": .integer(tally.cutOff),
            "guidelines": .integer(tally.guidelines), "guidance": .usage(tally.guidance),
            "guided": .usage(tally.guided), "unguided": .usage(tally.unguided), "usage": .usage(usage),
            "seconds": .rounded(seconds, places: 3),
        ]
    }

    private var text: String {
        var rows = [("answered", "\(Format.count(tally.answered)) of \(Format.count(inputs, "input"))")]
        if tally.abstained > 0 {
            rows.append(("no guideline", "\(Format.count(tally.abstained, "input")), asked once"))
        }
        if tally.answered > tally.abstained {
            let mean = Double(tally.guidelines) / Double(tally.answered - tally.abstained)
            let which = tally.abstained > 0 ? "each of the others" : "each"
            rows.append(("guidelines", "\(Format.decimal(mean, 1)) for \(which)"))
        }
        if tally.failed > 0 { rows.append(("failed", "\(Format.count(tally.failed)), listed in \(aside ?? "")")) }
        if notAsked > 0 { rows.append(("not asked", Format.count(notAsked))) }
        if malformed > 0 { rows.append(("empty", "\(Format.count(malformed, "answer"))")) }
        if tally.cutOff > 0 { rows.append(("cut off", "\(Format.count(tally.cutOff, "answer"))")) }
        if tally.guidance.requests > 0 {
            rows.append(("to write them", tally.guidance.text))
        } else if tally.guidance.seconds > 0, tally.answered > 0 {
            let each = Duration.seconds(tally.guidance.seconds / Double(tally.answered))
            rows.append(("to find them", "\(Format.duration(each)) each"))
        }
        for (name, used) in [("guided", tally.guided), ("unguided", tally.unguided)] where used.requests > 0 {
            rows.append((name, used.text))
        }
        rows.append(("this run", usage.text))
        return ([PlainText.line(output)] + Table.pairs(rows)).joined(separator: "\n")
    }
}

extension JSON {
    static func usage(_ usage: ModelUsage) -> JSON {
        [
            "requests": .integer(usage.requests), "promptTokens": .integer(usage.promptTokens),
            "completionTokens": .integer(usage.completionTokens), "seconds": .rounded(usage.seconds, places: 3),
        ]
    }

    static func usage(_ usage: ChatUsage) -> JSON {
        [
            "requests": .integer(usage.requests), "retries": .integer(usage.retries),
            "promptTokens": .integer(usage.promptTokens), "completionTokens": .integer(usage.completionTokens),
            "cost": .rounded(usage.cost, places: 6),
        ]
    }
}

extension ModelUsage {
    /// `12 answers, 3,400 + 800 tokens, 0.52 s each`.
    var text: String {
        "\(Format.count(requests, "answer")), \(Format.count(promptTokens)) + \(Format.count(completionTokens)) tokens, "
            + "\(Format.decimal(seconds / Double(max(1, requests)), 2)) s each"
    }
}

extension ChatUsage {
    var text: String {
        var text = Format.count(requests, "request")
        if retries > 0 { text += ", \(Format.count(retries)) of them again" }
        text += ", \(Format.count(promptTokens)) + \(Format.count(completionTokens)) tokens"
        return cost > 0 ? text + ", cost \(Format.decimal(cost, 4))" : text
    }
}

extension AnsweredInput {
    /// Guidelines and answers, for people.
    func text(_ terminal: Terminal) -> String {
        var lines: [String] = []
        if isAbstention { lines += [terminal.bold("No guideline applies."), ""] }
        if !guidance.items.isEmpty {
            lines.append(terminal.bold("Guidelines"))
            for item in guidance.items {
                let name = PlainText.line([item.title, item.text].compactMap(\.self).joined(separator: ": "))
                lines.append("  \(item.score.map { Format.score(Double($0)) } ?? "     ")  \(name)")
            }
            lines.append("")
        }
        for (name, answer) in isAbstention
            ? [("Answer", guided ?? unguided)] : [("With them", guided), ("Without", unguided)]
        {
            guard let answer else { continue }
            lines += [terminal.bold(name), PlainText.escaped(answer.text, keepingLineBreaks: true), ""]
        }
        return lines.dropLast().joined(separator: "\n")
    }
}
