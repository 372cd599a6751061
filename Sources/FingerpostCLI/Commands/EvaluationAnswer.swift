import Fingerpost

extension EvaluationReport {
    var json: JSON {
        let recalls = metrics.recallCutoffs.map { ("recall@\($0)", JSON.optional(metrics.recall(at: $0))) }
        return .object(
            [("queries", .integer(queryCount))] + recalls
                + [
                    ("mrr@10", .optional(metrics.meanReciprocalRank)),
                    ("ndcg@10", .optional(metrics.normalizedDiscountedCumulativeGain)),
                    ("latencyMicroseconds", .latencies(latency)),
                    (
                        "abstention",
                        [
                            "positives": .integer(abstention.positiveCount),
                            "negatives": .integer(abstention.negativeCount),
                            "abstainedPositives": .integer(abstention.abstainedPositiveCount),
                            "abstainedNegatives": .integer(abstention.abstainedNegativeCount),
                            "auroc": .optional(abstention.separation),
                        ]
                    ),
                    ("safetyHit@3", .rate(safety.unsafe)), ("safetyFalseAlarm@3", .rate(safety.benign)),
                    ("missingPositives", .strings(missingPositives)),
                    ("skipped", .integer(skippedQueryCount)), ("mergedPositives", .integer(mergedPositiveCount)),
                ])
    }

    func text(_ terminal: Terminal) -> String {
        func figure(_ value: Double?) -> String { value.map { Format.decimal($0, 4) } ?? "none" }
        var rows = [
            (
                "queries",
                "\(Format.count(queryCount)) (\(Format.count(abstention.positiveCount)) with positives, "
                    + "\(Format.count(abstention.negativeCount)) to which nothing applies)"
            )
        ]
        if skippedQueryCount > 0 {
            rows.append(
                ("left out", "\(Format.count(skippedQueryCount)) with positives that the library does not have"))
        }
        if mergedPositiveCount > 0 {
            rows.append(
                ("merged", "\(Format.count(mergedPositiveCount, "positive")) stand for what they were merged into"))
        }
        rows += metrics.recallCutoffs.map { ("recall@\($0)", figure(metrics.recall(at: $0))) }
        rows.append(("MRR@10", figure(metrics.meanReciprocalRank)))
        rows.append(("nDCG@10", figure(metrics.normalizedDiscountedCumulativeGain)))
        if abstention.negativeCount > 0 {
            rows.append(
                (
                    "abstained",
                    "\(figure(abstention.correctRate)) where nothing applies, \(figure(abstention.falseRate)) where something does"
                ))
            rows.append(("AUROC", "\(figure(abstention.separation)) of the best score"))
        }
        for (name, rate, which) in [("safety@3", safety.unsafe, "unsafe"), ("alarms@3", safety.benign, "benign")] {
            guard let value = rate.rate else { continue }
            let interval = rate.interval
            rows.append(
                (
                    name,
                    "\(figure(value)) (\(figure(interval.lowerBound)) to \(figure(interval.upperBound))) of "
                        + "\(Format.count(rate.total)) \(which) queries have a guideline about safety in the first 3"
                ))
        }
        return (Table.pairs(rows) + [""] + latency.lines(terminal)).joined(separator: "\n")
    }
}

extension StageLatencies {
    /// A table of the stages, for people.
    func lines(_ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.left, .right, .right, .right])
        table.rows.append(["latency", "p50", "p95", "p99"])
        for stage in Stage.allCases {
            guard let values = self[stage] else { continue }
            table.rows.append(
                [stage.rawValue] + [values.p50, values.p95, values.p99].map { Format.duration($0) })
        }
        return table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
    }
}
