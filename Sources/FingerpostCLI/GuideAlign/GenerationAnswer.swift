import GuideAlign

/// What `generate` has done, for people and for scripts.
struct GenerationAnswer {
    var outcome: GenerationOutcome
    var repeated: Int
    var usage: ChatUsage
    var prompts: PromptSet
    var model: String
    /// Nil where nothing was written.
    var output: String?
    var pairs: String?
    var aside: String?
    var seconds: Double

    var json: JSON {
        [
            "output": .optional(output), "pairs": .optional(pairs), "aside": .optional(aside),
            "complete": .bool(outcome.isComplete), "inputs": .integer(outcome.inputCount),
            "repeated": .integer(repeated), "risky": .integer(outcome.riskyCount),
            "notRisky": .integer(outcome.safeCount), "noVerdict": .integer(outcome.noVerdictCount),
            "unwanted": .integer(outcome.unwantedCount), "unanswered": .integer(outcome.unansweredCount),
            "left": .integer(outcome.leftCount), "written": .integer(outcome.writtenCount),
            "distinct": .integer(outcome.guidelines.count), "refused": .reasons(outcome.refused),
            "prompts": ["version": .string(prompts.version), "hash": .string(prompts.hash)],
            "model": .string(model), "answers": .integer(outcome.answerCount), "tokens": .tokens(outcome.tokens),
            "usage": .usageOfRun(usage), "seconds": .rounded(seconds, places: 3),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var rows = [
            (
                "inputs",
                Format.count(outcome.inputCount) + (repeated > 0 ? ", \(Format.count(repeated)) more repeated" : "")
            )
        ]
        if outcome.riskyCount + outcome.safeCount + outcome.noVerdictCount > 0 {
            rows.append(
                (
                    "judged",
                    "\(Format.count(outcome.riskyCount)) risky, \(Format.count(outcome.safeCount)) not"
                        + (outcome.noVerdictCount > 0
                            ? ", \(Format.count(outcome.noVerdictCount)) without a verdict" : "")
                ))
        }
        if outcome.unwantedCount > 0 {
            rows.append(("not wanted", "\(Format.count(outcome.unwantedCount)), by --kinds"))
        }
        rows.append(
            ("guidelines", "\(Format.count(outcome.writtenCount)), \(Format.count(outcome.guidelines.count)) distinct"))
        rows += outcome.refused.rows
        if outcome.leftCount > 0 { rows.append(("left", Format.count(outcome.leftCount, "input"))) }
        rows += RunSpending.rows(tokens: outcome.tokens, answers: outcome.answerCount, usage: usage)
        var lines = Table.pairs(rows)
        if let output {
            let files = [output, pairs, outcome.aside.isEmpty ? nil : aside].compactMap(\.self)
            lines.append(
                "Written to \(PlainText.line(files.joined(separator: ", "))) in \(Format.duration(.seconds(seconds)))")
        } else {
            lines.append(
                "Nothing was written" + (aside.map { ", but what was refused to \(PlainText.line($0))" } ?? ""))
        }
        return lines.joined(separator: "\n")
    }
}

extension JSON {
    /// Numbers by reason.
    static func reasons(_ reasons: [RefusalReason: Int]) -> JSON {
        .counts(Dictionary(uniqueKeysWithValues: reasons.map { ($0.key.rawValue, $0.value) }))
    }

    static func tokens(_ tokens: TokenCount) -> JSON {
        ["prompt": .integer(tokens.prompt), "completion": .integer(tokens.completion)]
    }

    static func usageOfRun(_ usage: ChatUsage) -> JSON {
        [
            "requests": .integer(usage.requests), "retries": .integer(usage.retries),
            "promptTokens": .integer(usage.promptTokens), "completionTokens": .integer(usage.completionTokens),
            "cost": .rounded(usage.cost, places: 6),
        ]
    }
}

extension [RefusalReason: Int] {
    /// What was refused, the most frequent reason first.
    var rows: [(String, String)] {
        guard !isEmpty else { return [] }
        let reasons = sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { "\($0.key.rawValue) \(Format.count($0.value))" }
        return [("refused", "\(Format.count(values.reduce(0, +))): \(reasons.joined(separator: ", "))")]
    }
}

/// What a run has cost.
enum RunSpending {
    static func rows(tokens: TokenCount, answers: Int, usage: ChatUsage) -> [(String, String)] {
        var spent = "\(Format.count(usage.requests, "request"))"
        if usage.retries > 0 { spent += " (\(Format.count(usage.retries)) again)" }
        spent += ", \(Format.count(usage.promptTokens)) + \(Format.count(usage.completionTokens)) tokens"
        if usage.cost > 0 { spent += ", \(Format.decimal(usage.cost, 4))" }
        return [
            (
                "answers",
                "\(Format.count(answers)), of \(Format.count(tokens.prompt)) + \(Format.count(tokens.completion)) tokens"
            ), ("this run", spent),
        ]
    }
}
