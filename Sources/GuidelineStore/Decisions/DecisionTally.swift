/// How often something was decided of, and how, on a day and under the same circumstances: what trends are made of, so that
/// a log of millions need not be read again.
public struct DecisionTally: Sendable, Hashable {
    /// What is counted.
    public enum Subject: Sendable, Hashable {
        /// Texts that were checked, by what was decided of all checks together. The denominator of everything else.
        case decision
        /// Runs of a check.
        case check(id: String, kind: String, version: String)
        /// Matches of a rule, by the verdict of the check that it matched in, and the threshold that it reached.
        case rule(id: String, version: Int, threshold: Double?)
        /// Checks that found something of this risk.
        case risk(String)
    }

    /// Under which decisions were made. Rates of different circumstances differ for that alone.
    public struct Circumstances: Sendable, Hashable {
        /// Its beginning, UTC.
        public var day: LogTime
        public var rail: DecisionRecord.Rail
        public var libraryVersion: Int?
        public var encoder: String?
        public var model: String?

        public init(
            day: LogTime, rail: DecisionRecord.Rail, libraryVersion: Int? = nil, encoder: String? = nil,
            model: String? = nil
        ) {
            (self.day, self.rail, self.libraryVersion) = (day, rail, libraryVersion)
            (self.encoder, self.model) = (encoder, model)
        }
    }

    /// How many of each verdict.
    public struct Counts: Sendable, Hashable {
        private var verdicts: [Int]
        /// Verdicts that were noted only; they are not among the others.
        public var shadow: Int
        /// Checks that came to no end, by an error or out of time; their verdicts are among the others.
        public var failures: Int

        public init(_ verdicts: [Verdict: Int] = [:], shadow: Int = 0, failures: Int = 0) {
            self.verdicts = Verdict.allCases.map { verdicts[$0] ?? 0 }
            (self.shadow, self.failures) = (shadow, failures)
        }

        public subscript(verdict: Verdict) -> Int {
            get { verdicts[verdict.place] }
            set { verdicts[verdict.place] = newValue }
        }

        /// Those in shadow are not among them.
        public var total: Int { verdicts.reduce(0, +) }
        /// Texts that did not go through as they were.
        public var interventions: Int { Verdict.allCases.reduce(0) { $0 + ($1.isIntervention ? self[$1] : 0) } }

        public static func += (counts: inout Counts, more: Counts) {
            for verdict in Verdict.allCases { counts[verdict] += more[verdict] }
            counts.shadow += more.shadow
            counts.failures += more.failures
        }
    }

    public var subject: Subject
    public var circumstances: Circumstances
    public var counts: Counts

    public init(subject: Subject, circumstances: Circumstances, counts: Counts) {
        (self.subject, self.circumstances, self.counts) = (subject, circumstances, counts)
    }
}

/// Adds records up.
public struct DecisionTallies: Sendable {
    private struct Key: Hashable {
        var subject: DecisionTally.Subject
        var circumstances: DecisionTally.Circumstances
    }

    private var counts: [Key: DecisionTally.Counts] = [:]

    public init() {}

    public var isEmpty: Bool { counts.isEmpty }

    /// Counts a record, each once. A decision is counted with the first of its records.
    public mutating func add(_ record: DecisionRecord) {
        let circumstances = DecisionTally.Circumstances(
            day: record.time.beginningOfDay, rail: record.rail, libraryVersion: record.libraryVersion,
            encoder: record.encoder, model: record.model)
        func add(_ subject: DecisionTally.Subject, _ more: DecisionTally.Counts) {
            counts[Key(subject: subject, circumstances: circumstances), default: .init()] += more
        }
        let failures = record.status == .ok ? 0 : 1
        if record.decision.index == 0 { add(.decision, .init([record.decision.verdict: 1])) }
        let counted: DecisionTally.Counts =
            record.isShadow
            ? .init(shadow: 1, failures: failures) : .init([record.verdict: 1], failures: failures)
        add(.check(id: record.check.id, kind: record.check.kind, version: record.check.version), counted)
        for match in record.matched {
            add(.rule(id: match.id, version: match.version, threshold: match.threshold ?? record.threshold), counted)
        }
        for risk in Set(record.risk) { add(.risk(risk), counted) }
    }

    /// Adds what was added up elsewhere.
    public mutating func add(_ tally: DecisionTally) {
        counts[Key(subject: tally.subject, circumstances: tally.circumstances), default: .init()] += tally.counts
    }

    /// By day, and in an order that is the same for the same tallies.
    public var values: [DecisionTally] {
        counts.map { DecisionTally(subject: $0.subject, circumstances: $0.circumstances, counts: $1) }
            .sorted(by: DecisionTally.precedes)
    }
}

extension DecisionTally {
    /// An order in which no two tallies of different subjects or circumstances are alike: by day first. Millions may be
    /// sorted by it, so nothing is made to compare them.
    static func precedes(_ one: DecisionTally, _ other: DecisionTally) -> Bool {
        let (ones, others) = (one.circumstances, other.circumstances)
        if ones.day != others.day { return ones.day < others.day }
        if ones.rail != others.rail { return ones.rail.rawValue < others.rail.rawValue }
        if ones.libraryVersion != others.libraryVersion { return isFirst(ones.libraryVersion, others.libraryVersion) }
        if ones.encoder != others.encoder { return isFirst(ones.encoder, others.encoder) }
        if ones.model != others.model { return isFirst(ones.model, others.model) }
        switch (one.subject, other.subject) {
        case (.check(let id, let kind, let version), .check(let otherID, let otherKind, let otherVersion)):
            return (id, kind, version) < (otherID, otherKind, otherVersion)
        case (.rule(let id, let version, let threshold), .rule(let otherID, let otherVersion, let otherThreshold)):
            return id != otherID || version != otherVersion
                ? (id, version) < (otherID, otherVersion) : isFirst(threshold, otherThreshold)
        case (.risk(let risk), .risk(let otherRisk)): return risk < otherRisk
        default: return one.subject.place < other.subject.place
        }
    }

    /// What is missing comes before what is there.
    private static func isFirst<Value: Comparable>(_ one: Value?, _ other: Value?) -> Bool {
        guard let one, let other else { return one == nil && other != nil }
        return one < other
    }
}

extension DecisionTally.Subject {
    fileprivate var place: Int {
        switch self {
        case .decision: 0
        case .check: 1
        case .rule: 2
        case .risk: 3
        }
    }
}

extension LogTime {
    /// Of its day, UTC.
    public var beginningOfDay: LogTime {
        let rest = microseconds % Self.microsecondsPerDay
        return LogTime(microseconds: microseconds - (rest < 0 ? rest + Self.microsecondsPerDay : rest))
    }
}
