import Fingerpost

extension EvaluationGate.Outcome {
    /// `{"metric","value","atLeast","passed"}`, or `atMost` where lower is better.
    var json: JSON {
        [
            "metric": .string(gate.metric.name), "value": .optional(value),
            gate.metric.isLowerBetter ? "atMost" : "atLeast": .number(gate.bound), "passed": .bool(isPassed),
        ]
    }
}

extension [EvaluationGate.Outcome] {
    /// A table of what became of each, for people.
    func lines(_ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.left, .right, .left, .right, .left])
        for outcome in self {
            let gate = outcome.gate
            table.rows.append([
                gate.metric.name, outcome.value.map { Format.decimal($0, 4) } ?? "none",
                gate.metric.isLowerBetter ? "at most" : "at least", "\(gate.bound)",
                outcome.isPassed ? "pass" : outcome.value == nil ? "FAIL (no query to measure it on)" : "FAIL",
            ])
        }
        return zip(table.lines, self).map { line, outcome in
            outcome.isPassed ? line : terminal.red(line)
        }
    }
}
