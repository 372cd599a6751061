import GuidelineStore
import TextEncoder

/// What can be said of a guideline's texts by themselves.
struct TextLint: Sendable {
    let options: LintOptions
    let encoder: any SentenceEncoder

    private func wants(_ rule: LintRule) -> Bool { options.rules.contains(rule) }

    /// O(length of the texts).
    func findings(_ guideline: Guideline) -> [LintFinding] {
        var found: [LintFinding] = []
        var shown: [(field: String, text: String)] = [("text", guideline.text)]
        if let title = guideline.title { shown.append(("title", title)) }
        if let condition = guideline.condition { shown.append(("condition", condition)) }
        let inputs =
            guideline.examples.enumerated().map { ("examples[\($0)]", $1) }
            + guideline.counterexamples.enumerated().map { ("counterexamples[\($0)]", $1) }
        if wants(.truncatedText) { checkTruncation(guideline, &found) }
        if wants(.longText) { checkCost(guideline, &found) }
        if wants(.shortText) { checkShort(guideline, &found) }
        if wants(.titleIsText), let title = guideline.title,
            TextNormalization.normalized(title) == TextNormalization.normalized(guideline.text)
        {
            found.append(
                LintFinding(
                    .titleIsText, .note, [guideline.id], field: "title", "the title says what the text says",
                    evidence: [title], advice: "Leave the title out, or make it a headline."))
        }
        if wants(.hiddenCharacters) {
            for (field, text) in shown + inputs { checkHidden(guideline.id, field, text, &found) }
        }
        if wants(.unbalancedText) {
            for (field, text) in shown {
                guard let character = BalancedText.problem(in: text) else { continue }
                let mark = character == "`" ? "```" : String(character)
                found.append(
                    LintFinding(
                        .unbalancedText, .note, [guideline.id], field: field, "\(mark) has no other half",
                        evidence: [mark], advice: "Complete the text, or take the character out."))
            }
        }
        if wants(.payload) {
            // Examples are what users write, attacks among it, and never come into a prompt.
            for (field, text) in shown {
                for payload in Payload.payloads(in: text) {
                    found.append(
                        LintFinding(
                            .payload, payload.kind.severity, [guideline.id], field: field,
                            "the \(field) \(payload.kind.words)", evidence: [payload.evidence],
                            advice: "Read where it comes from; reword it, or retire the guideline."))
                }
            }
        }
        return found
    }

    private func checkTruncation(_ guideline: Guideline, _ found: inout [LintFinding]) {
        let most = encoder.maximumTokenCount
        var passages = [("text", guideline.statement)]
        passages += guideline.examples.enumerated().map { ("examples[\($0)]", $1) }
        for (field, text) in passages where text.utf8.count > most - 8 {
            // No token is shorter than a byte.
            guard let count = encoder.tokenCount(of: text), count > most else { continue }
            found.append(
                LintFinding(
                    .truncatedText, .warning, [guideline.id], field: field,
                    "the encoder reads \(most) of \(count) tokens; the rest cannot be found", score: Double(count),
                    advice: field == "text" ? "Shorten it, or split the guideline." : "Shorten the example."))
        }
    }

    private func checkCost(_ guideline: Guideline, _ found: inout [LintFinding]) {
        let texts = [guideline.title, guideline.condition, guideline.text].compactMap { $0 }
        let tokens = texts.reduce(0) { $0 + options.tokenCounter.count($1) }
        guard tokens > options.promptTokens else { return }
        found.append(
            LintFinding(
                .longText, .warning, [guideline.id], field: "text",
                "takes about \(tokens) tokens of a prompt, more than \(options.promptTokens)", score: Double(tokens),
                advice: "Say it in fewer words, or split it; --prompt-tokens sets the limit."))
    }

    private func checkShort(_ guideline: Guideline, _ found: inout [LintFinding]) {
        let letters = guideline.statement.unicodeScalars.lazy.filter { $0.properties.isAlphabetic }
        let words = StatementClause.words(of: guideline.statement).count
        // A script that needs no spaces says much in few letters.
        let isShort = letters.isEmpty || (words < 3 && letters.allSatisfy { $0.value < 0x2E80 }) || letters.count < 4
        guard isShort else { return }
        found.append(
            LintFinding(
                .shortText, .warning, [guideline.id], field: "text",
                letters.isEmpty ? "the text has no letter" : "title and text have fewer than three words",
                evidence: [guideline.statement], advice: "Say what is to be done, and when."))
    }

    private func checkHidden(_ id: String, _ field: String, _ text: String, _ found: inout [LintFinding]) {
        let hits = HiddenCharacters.hits(in: text)
        guard !hits.isEmpty else { return }
        for kind in HiddenCharacters.Kind.allCases {
            let own = hits.filter { $0.kind == kind }
            guard let first = own.first else { continue }
            let code = "U+" + String(first.scalar.value, radix: 16, uppercase: true).leftPadded(to: 4)
            var evidence = ["\(code) at character \(first.offset)"]
            if kind == .tag { evidence.append("spells \"\(HiddenCharacters.spelled(own).prefix(60))\"") }
            found.append(
                LintFinding(
                    .hiddenCharacters, kind.severity, [id], field: field,
                    "has \(own.count == 1 ? "a" : "\(own.count)") \(kind.rawValue)\(own.count == 1 ? "" : "s")",
                    evidence: evidence, score: Double(own.count),
                    advice: "Take it out, and look at where the text comes from."))
        }
    }
}

extension String {
    fileprivate func leftPadded(to length: Int) -> String {
        String(repeating: "0", count: Swift.max(0, length - count)) + self
    }
}
