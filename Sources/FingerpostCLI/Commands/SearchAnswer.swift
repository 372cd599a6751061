import Fingerpost
import GuidelineStore

/// What a search found, laid out for people.
struct SearchAnswer {
    var retrieval: Retrieval
    var minimumScore: Float?
    var explains: Bool

    func text(_ terminal: Terminal) -> String {
        var lines = PlainText.wrapped(retrieval.query ?? "", width: terminal.width).map(terminal.bold)
        if retrieval.matches.isEmpty { lines.append(reasonForNothing) }
        let rankWidth = String(retrieval.matches.count).count
        for (place, match) in retrieval.matches.enumerated() {
            lines += text(of: match, rank: place + 1, rankWidth: rankWidth, terminal)
        }
        for guideline in retrieval.always {
            let head = " always  "
            let lines2 = PlainText.wrapped(
                guideline.title ?? guideline.text, width: terminal.width - PlainText.columns(head))
            lines += lines2.enumerated().map { place, line in
                (place == 0 ? terminal.green(head) : String(repeating: " ", count: PlainText.columns(head)))
                    + terminal.bold(line)
            }
            lines.append(
                String(repeating: " ", count: PlainText.columns(head))
                    + terminal.dim("[\(PlainText.line(guideline.id))] \(guideline.authority.rawValue)"))
        }
        if explains { lines += explanation(terminal) }
        return lines.joined(separator: "\n")
    }

    private var reasonForNothing: String {
        if retrieval.mode == .none {
            return "No guideline applies (no word of the input is known)."
        }
        if let minimumScore, let best = retrieval.bestSimilarity {
            return
                "No guideline applies (best similarity \(Self.score(best)) below --min-score \(Self.score(minimumScore)))."
        }
        if let calibration = retrieval.calibration,
            let best = retrieval.dropped.compactMap(\.evidence).max()
        {
            return
                "No guideline applies (most evidence \(Self.score(best)), calibrated threshold \(Self.score(calibration.threshold)))."
        }
        return retrieval.dropped.isEmpty
            ? "No guideline applies (the library has none to compare with)."
            : "No guideline applies (those found are not active)."
    }

    private func text(of match: GuidelineMatch, rank: Int, rankWidth: Int, _ terminal: Terminal) -> [String] {
        let guideline = match.guideline
        let number = String(repeating: " ", count: rankWidth - String(rank).count) + String(rank)
        let head = " \(number)  \(Self.score(match.score))  "
        let indent = String(repeating: " ", count: PlainText.columns(head))
        let width = terminal.width - PlainText.columns(head)

        var lines: [String] = []
        let id = terminal.dim("[\(PlainText.line(guideline.id))]")
        let titleLines = PlainText.wrapped(guideline.title ?? guideline.text, width: width)
        for (place, line) in titleLines.enumerated() {
            lines.append(place == 0 ? terminal.green(head) + terminal.bold(line) : indent + terminal.bold(line))
        }
        if guideline.title != nil {
            lines += PlainText.wrapped(guideline.text, width: width).map { indent + $0 }
        }
        if let condition = guideline.condition {
            lines += PlainText.wrapped("when \(condition)", width: width).map { indent + terminal.dim($0) }
        }
        lines.append(
            "\(indent)\(id) \(terminal.dim(reason(match, width: width - PlainText.columns(guideline.id) - 3)))")
        if explains {
            lines.append(indent + "  " + terminal.dim(Self.composition(of: match)))
            for part in match.parts {
                let score = "\(Self.score(part.score))  \(Self.name(part)): "
                let text = PlainText.truncated(part.text, width: width - PlainText.columns(score) - 2)
                lines.append("\(indent)  \(terminal.dim(score + text))")
            }
        }
        return lines
    }

    /// `similarity 0.412, share of words 0.630, evidence 0.502 for a threshold of 0.400`
    private static func composition(of match: GuidelineMatch) -> String {
        [
            match.similarity.map { "similarity \(score($0))" }, match.wordShare.map { "share of words \(score($0))" },
            match.evidence.flatMap { evidence in
                match.threshold.map { "evidence \(score(evidence)) for a threshold of \(score($0))" }
            },
        ].compactMap(\.self).joined(separator: ", ")
    }

    /// `via example 2: "…"`, or the field alone where its text stands above.
    private func reason(_ match: GuidelineMatch, width: Int) -> String {
        if let entailing = match.entailedBy { return "entailed by \(PlainText.line(entailing))" }
        let via = "via \(Self.name(match.via))"
        guard match.via.field == .example else { return via }
        return "\(via): \"\(PlainText.truncated(match.via.text, width: max(20, width - via.count - 4)))\""
    }

    private func explanation(_ terminal: Terminal) -> [String] {
        var lines: [String] = []
        for dropped in retrieval.dropped {
            let reason =
                switch dropped.reason {
                case .belowThreshold: "below the threshold"
                case .status: "not active"
                case .nearDuplicate: "a match says nearly the same"
                case .filtered: "not let through by the filter"
                case .deprioritized: "a match has priority over it"
                case .excluded: "excluded by a match"
                case .unmetDependency: "depends on guidelines that do not apply"
                }
            lines.append(
                terminal.yellow("dropped \(Self.score(dropped.score))  [\(PlainText.line(dropped.id))] \(reason)"))
        }
        let latency = retrieval.latency
        lines.append(
            terminal.dim(
                "searched by \(retrieval.mode.rawValue)\(retrieval.isFitted ? ", fitted," : "") in \(Format.duration(latency.total)): encode "
                    + "\(Format.duration(latency.encode)), core \(Format.duration(latency.search)), words "
                    + "\(Format.duration(latency.words)), rank \(Format.duration(latency.rank)), fetch "
                    + Format.duration(latency.fetch)))
        return lines
    }

    private static func score(_ score: Float) -> String { Format.score(Double(score)) }

    private static func name(_ passage: MatchedPassage) -> String {
        passage.field == .example ? "example \(passage.ordinal + 1)" : passage.field.rawValue
    }
}
