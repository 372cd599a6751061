import GuidelineStore

extension EvaluationGate {
    /// Reads `METRIC=VALUE`, separated by commas.
    ///
    /// - Throws: ``FingerpostError/invalidGate(_:problem:)`` for a metric that is not known or is named twice, and for a
    ///   value that is no number from 0 to 1.
    public static func gates(parsing text: String) throws(FingerpostError) -> [EvaluationGate] {
        var gates: [EvaluationGate] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let gate = try EvaluationGate(parsing: String(part))
            guard !gates.contains(where: { $0.metric == gate.metric }) else {
                throw .invalidGate(String(part), problem: "names \(gate.metric.name) a second time")
            }
            gates.append(gate)
        }
        return gates
    }

    /// Reads one `METRIC=VALUE`.
    ///
    /// - Throws: as ``gates(parsing:)``.
    public init(parsing text: String) throws(FingerpostError) {
        guard let equals = text.firstIndex(of: "=") else {
            throw .invalidGate(text, problem: "is not of the form METRIC=VALUE, such as recall@6=.9")
        }
        let name = Self.trimmed(text[..<equals])
        let number = Self.trimmed(text[text.index(after: equals)...])
        guard let metric = Metric(name: name) else {
            throw .invalidGate(
                text, problem: "names no metric that is known; they are \(Metric.knownNames.joined(separator: ", "))")
        }
        // Swift reads hexadecimal, "nan" and "inf" too, which nobody means by a bound.
        let isDecimal = number.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        guard isDecimal, let bound = Double(number.hasPrefix(".") ? "0" + number : number), (0...1).contains(bound)
        else {
            throw .invalidGate(text, problem: "has a value that is no number from 0 to 1, such as \(name)=.9")
        }
        try self.init(metric, bound: bound)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension EvaluationGate.Metric {
    /// The names that ``init(name:)`` knows, with K for any rank.
    public static let knownNames = [
        "recall@K", "mrr@10", "ndcg@10", "abstention", "false-alarms", "false-abstention", "auroc",
    ]

    /// The name in files and options: that of the report's JSON where it has the figure.
    public var name: String {
        switch self {
        case .recall(at: let cutoff): "recall@\(cutoff)"
        case .meanReciprocalRank: "mrr@10"
        case .normalizedDiscountedCumulativeGain: "ndcg@10"
        case .abstention: "abstention"
        case .falseAlarms: "false-alarms"
        case .falseAbstention: "false-abstention"
        case .separation: "auroc"
        }
    }

    /// The metric of a ``name``, or nil.
    public init?(name: String) {
        let others: [Self] = [
            .meanReciprocalRank, .normalizedDiscountedCumulativeGain, .abstention, .falseAlarms, .falseAbstention,
            .separation,
        ]
        if let metric = others.first(where: { $0.name == name }) {
            self = metric
        } else if name.hasPrefix("recall@"), let cutoff = Int(name.dropFirst(7)), cutoff >= 1 {
            self = .recall(at: cutoff)
        } else {
            return nil
        }
    }
}
