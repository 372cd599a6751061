import Fingerpost

/// A scorecard as it is shown: the report with what its reader asked for.
struct ScorecardAnswer {
    var report: ScorecardReport
    /// The figure of the first table.
    var metric: ScorecardMetric
    var notes: [String]

    /// The tables of the scorecard, without those that would be empty.
    var sections: [ScorecardSection] {
        let kinds: [(ScorecardMetric, String)] = [
            (metric, "queries"), (.auroc, "with / without"), (.spearman, "pairs"),
        ]
        return kinds.compactMap { metric, counted in
            ScorecardSection(metric, counted: counted, report: report)
        }
    }

    /// `95% of 1,000 resamples`.
    var confidence: String {
        let percent = report.bootstrap.confidence * 100
        let share = percent == percent.rounded() ? Format.decimal(percent, 0) : Format.decimal(percent, 1)
        return "\(share)% of \(Format.count(report.bootstrap.resampleCount, "resample"))"
    }
}

/// A figure of all systems on the sets that have it.
struct ScorecardSection {
    struct Row {
        var name: String
        /// Of queries or pairs.
        var count: String
        /// By system.
        var scores: [Estimate?]
        /// By system: how the first one compares with it.
        var contrasts: [Contrast?]
        var isMean = false

        /// Whether the system has the highest value, as written, among several.
        func isBest(_ system: Int) -> Bool {
            let written = scores.map { $0.map { ($0.value * 1_000).rounded() } }
            guard let own = written[system], written.compactMap(\.self).count > 1 else { return false }
            return own == written.compactMap(\.self).max()
        }
    }

    var metric: ScorecardMetric
    /// What the column of numbers of items is called.
    var counted: String
    var rows: [Row]

    fileprivate init?(_ metric: ScorecardMetric, counted: String, report: ScorecardReport) {
        self.metric = metric
        self.counted = counted
        func row(_ name: String, _ count: String, _ figures: ScorecardReport.Figures) -> Row {
            Row(
                name: name, count: count, scores: figures.scores.map { $0[metric] },
                contrasts: figures.contrasts.map { $0[metric] })
        }
        rows = report.sets.filter { set in set.figures.scores.contains { $0[metric] != nil } }.map { set in
            let negatives = metric == .auroc ? " / \(Format.count(set.negativeCount))" : ""
            return row(set.name, Format.count(set.itemCount) + negatives, set.figures)
        }
        guard !rows.isEmpty else { return nil }
        if let mean = report.mean, mean.scores.contains(where: { $0[metric] != nil }) {
            var last = row("mean", "", mean)
            last.isMean = true
            rows.append(last)
        }
    }
}

extension ScorecardMetric {
    /// As papers write it.
    var title: String {
        switch self {
        case .ndcg10: "nDCG@10"
        case .mrr10: "MRR@10"
        case .map10: "MAP@10"
        case .auroc: "AUROC"
        case .spearman: "Spearman"
        case .recall1, .recall3, .recall10, .recall20: rawValue
        }
    }

    /// What a higher one means, in a few words.
    var explanation: String {
        switch self {
        case .auroc: "AUROC of the best score: queries with relevant documents against those without"
        case .spearman: "Spearman's correlation with the similarity that people saw"
        default: "\(title), exact search"
        }
    }
}

extension Format {
    /// `0.674 [0.655, 0.692]`.
    static func estimate(_ estimate: Estimate, signed: Bool = false) -> String {
        "\(score(estimate.value, signed: signed)) \(interval(estimate, signed: signed))"
    }

    static func interval(_ estimate: Estimate, signed: Bool = false) -> String {
        "[\(score(estimate.low, signed: signed)), \(score(estimate.high, signed: signed))]"
    }

    /// A difference has its sign.
    static func score(_ value: Double, signed: Bool) -> String {
        let text = score(value)
        // What rounds to nothing has no sign.
        if text == "-0.000" { return "0.000" }
        return signed && value > 0 && text != "0.000" ? "+\(text)" : text
    }
}
