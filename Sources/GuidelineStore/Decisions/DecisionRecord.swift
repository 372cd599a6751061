/// What a check says should happen to a text, the mildest first. What the caller then did is ``DecisionRecord/action``.
public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Nothing against it.
    case allow
    /// Goes through; somebody may want to look at it later.
    case audit
    /// Goes through with a warning.
    case warn
    /// Goes through changed: redacted, masked or replaced.
    case modify
    /// A person decides.
    case ask
    /// Does not go through.
    case deny

    /// Whether the one is milder than the other.
    public static func < (one: Verdict, other: Verdict) -> Bool { one.place < other.place }

    /// Whether the text is not to go through as it is: the interventions that a trend counts.
    public var isIntervention: Bool { self >= .modify }

    /// Among all of them, from 0 for the mildest.
    var place: Int {
        switch self {
        case .allow: 0
        case .audit: 1
        case .warn: 2
        case .modify: 3
        case .ask: 4
        case .deny: 5
        }
    }
}

/// One check of one text, as the decision log keeps it: what was looked at, what was found, what was said, and what by.
///
/// Nothing in it is the text, or a part of it, unless ``text`` was asked to be kept.
public struct DecisionRecord: Sendable, Hashable {
    /// The records of one text's checks, and what was decided of all of them together.
    public struct Decision: Sendable, Hashable {
        /// The same for all records of a decision, and no other's.
        public var id: String
        /// Which of the decision's records this is, from 0, and how many there are.
        public var index: Int
        public var count: Int
        /// The strictest verdict of all checks that are not in shadow.
        public var verdict: Verdict

        public init(id: String, index: Int = 0, count: Int = 1, verdict: Verdict) {
            (self.id, self.index, self.count, self.verdict) = (id, index, count, verdict)
        }
    }

    /// Where in a conversation the text was checked.
    public enum Rail: String, Sendable, Hashable, Codable, CaseIterable { case input, output, retrieval }

    public struct Check: Sendable, Hashable {
        /// The name that the rails give it.
        public var id: String
        /// `semantic`, `regex`, `pii`, `secrets`, `keywords`, `judge`, `style`, `length`, or what a program calls its own.
        public var kind: String
        /// Changes with what the check looks for, so that decisions of different checks are not taken for the same.
        public var version: String

        public init(id: String, kind: String, version: String = "1") {
            (self.id, self.kind, self.version) = (id, kind, version)
        }
    }

    /// A rule that was found to apply.
    public struct Match: Sendable, Hashable {
        public var id: String
        public var version: Int
        public var score: Double?
        public var threshold: Double?
        /// Counted from 1.
        public var rank: Int
        /// `text`, `title`, `example:2`; see ``Passage``.
        public var via: String?

        public init(id: String, version: Int, score: Double?, threshold: Double? = nil, rank: Int, via: String? = nil) {
            (self.id, self.version, self.score, self.threshold) = (id, version, score, threshold)
            (self.rank, self.via) = (rank, via)
        }
    }

    /// A rule that was near and does not count.
    public struct Drop: Sendable, Hashable {
        public var id: String
        /// Nil where the log does not say.
        public var version: Int?
        /// `below_threshold`, `near_duplicate`, `deprioritized`, `budget` and the like.
        public var reason: String
        public var score: Double?
        public var threshold: Double?

        public init(
            id: String, version: Int? = nil, reason: String, score: Double? = nil, threshold: Double? = nil
        ) {
            (self.id, self.version, self.reason) = (id, version, reason)
            (self.score, self.threshold) = (score, threshold)
        }
    }

    /// Where in the text something was found, and what kind of thing; never the thing itself.
    public struct Finding: Sendable, Hashable {
        /// `email`, `phone`, `api_key` and the like.
        public var kind: String
        /// In bytes of UTF-8.
        public var range: Range<Int>

        public init(kind: String, range: Range<Int>) { (self.kind, self.range) = (kind, range) }
    }

    /// Microseconds by stage.
    public struct Latency: Sendable, Hashable {
        public var encode: Int
        public var search: Int
        /// This check alone.
        public var check: Int
        /// The whole decision.
        public var total: Int

        public init(encode: Int = 0, search: Int = 0, check: Int = 0, total: Int = 0) {
            (self.encode, self.search, self.check, self.total) = (encode, search, check, total)
        }
    }

    /// Whether the check came to an end.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable { case ok, error, timeout }

    /// What a check that came to no end says: `open` lets the text through, `closed` does not.
    public enum FailurePolicy: String, Sendable, Hashable, Codable, CaseIterable { case open, closed }

    public var time: LogTime
    public var decision: Decision
    public var traceID: String?
    public var spanID: String?
    public var conversationID: String?
    /// The version of the library that rules came from; nil where none was used.
    public var libraryVersion: Int?
    /// `id@sha256` of the encoder; nil where none was used.
    public var encoder: String?
    /// What scores were made with beside the encoder: names of a fitted retriever and a calibration; nil where there was
    /// neither.
    public var scoring: String?
    public var rail: Rail
    /// What was checked: `llm_input`, `llm_output`, `tool_call`, `knowledge_result` and the like.
    public var target: String
    public var check: Check
    public var verdict: Verdict
    /// What the caller did, in its own words; nil where it has not said. It may say so later; see ``DecisionNote``.
    public var action: String?
    /// Whether the verdict was noted only, and not counted.
    public var isShadow: Bool
    /// The best score, and what it was compared with.
    public var score: Double?
    public var threshold: Double?
    /// Rules that apply, best first.
    public var matched: [Match]
    public var dropped: [Drop]
    public var findings: [Finding]
    public var risk: [String]
    /// The highest of what was found; nil where nothing was.
    public var severity: Guideline.Severity?
    /// `sha256:` and 64 digits, of the text as it came.
    public var inputHash: String
    /// The text, where it was asked to be kept.
    public var text: String?
    public var latency: Latency
    public var status: Status
    /// What went wrong, where the status is not `ok`.
    public var problem: String?
    /// What was made of that.
    public var failurePolicy: FailurePolicy?
    /// The model whose input or output was checked.
    public var model: String?

    public init(
        time: LogTime, decision: Decision, rail: Rail, target: String, check: Check, verdict: Verdict, inputHash: String
    ) {
        (self.time, self.decision, self.rail, self.target, self.check) = (time, decision, rail, target, check)
        (self.verdict, self.inputHash) = (verdict, inputHash)
        isShadow = false
        (matched, dropped, findings, risk) = ([], [], [], [])
        latency = Latency()
        status = .ok
    }
}

/// What became of a decision, told after it was logged: what the caller did, or what a reviewer thinks of it.
public struct DecisionNote: Sendable, Hashable {
    /// What a reviewer says.
    public enum Review: String, Sendable, Hashable, Codable, CaseIterable {
        /// The decision was right.
        case right
        /// Something was found that is not there: a false alarm.
        case falseAlarm = "false_alarm"
        /// Something is there and was not found.
        case missed
    }

    public var time: LogTime
    /// ``DecisionRecord/Decision/id``.
    public var decision: String
    /// The check that is meant; nil for all of the decision.
    public var check: String?
    /// The rule that is meant: the one that matched wrongly, or the one that should have; nil where none is named.
    public var rule: String?
    public var action: String?
    public var review: Review?
    public var reviewer: String?
    /// A better answer to the input, where somebody has written one.
    public var correction: String?
    public var comment: String?

    public init(time: LogTime, decision: String) {
        (self.time, self.decision) = (time, decision)
    }
}
