/// Something that was found in a library.
public struct LintFinding: Sendable, Hashable {
    public var rule: LintRule
    public var severity: LintSeverity
    /// The guidelines concerned; for a pair the one to look at first, then the other.
    public var ids: [String]
    /// The field concerned, such as `text` or `examples[2]`, counted from 0; nil where it is not one field.
    public var field: String?
    /// What is wrong, in a line.
    public var message: String
    /// The words that it was found by.
    public var evidence: [String]
    /// What the rule measures: a similarity, a number of tokens; nil where it measures nothing.
    public var score: Double?
    /// What to do about it.
    public var advice: String

    init(
        _ rule: LintRule, _ severity: LintSeverity, _ ids: [String], field: String? = nil, _ message: String,
        evidence: [String] = [], score: Double? = nil, advice: String
    ) {
        self.rule = rule
        self.severity = severity
        self.ids = ids
        self.field = field
        self.message = message
        self.evidence = evidence
        self.score = score
        self.advice = advice
    }
}

/// What a look through a library has found.
public struct LintReport: Sendable, Hashable {
    /// Guidelines looked at: all that are not retired.
    public var guidelineCount = 0
    /// The rules that were looked for.
    public var rules: [LintRule] = []
    /// By severity, the gravest first, then by rule in the order of ``LintRule``, then in the order of the library.
    public var findings: [LintFinding] = []
    /// What was measured on the way to the findings about retrieval.
    public var retrieval = Retrieval()

    /// How examples, counterexamples and queries found their guidelines.
    public struct Retrieval: Sendable, Hashable {
        /// How many results counted.
        public var limit = 0
        /// Examples that were searched for, each without its own passage in the library.
        public var examples = 0
        public var examplesRetrieved = 0
        /// Counterexamples that were searched for, and those that found their guideline.
        public var counterexamples = 0
        public var counterexamplesRetrieved = 0
        public var queries = 0
    }

    /// Findings of a severity.
    public func count(_ severity: LintSeverity) -> Int { findings.count { $0.severity == severity } }

    /// Puts the findings into their order.
    mutating func sort() {
        let places = Dictionary(uniqueKeysWithValues: LintRule.allCases.enumerated().map { ($1, $0) })
        findings = findings.enumerated().sorted { one, other in
            if one.element.severity != other.element.severity { return one.element.severity > other.element.severity }
            let (a, b) = (places[one.element.rule] ?? 0, places[other.element.rule] ?? 0)
            return a != b ? a < b : one.offset < other.offset
        }
        .map(\.element)
    }
}
