import Fingerpost
import GuidelineStore
import Platform

/// What reviewers' notes on decisions teach: examples and counterexamples for rules, thresholds, inputs with known answers,
/// and answers to train on.
///
/// Nothing is changed by it. What it proposes is a ``CurationPlan`` that a person reads, edits and applies.
///
/// ```swift
/// let curation = try Curation(library: library).run(on: archive)
/// try curation.plan.write(to: "plan.jsonl")
/// ```
public struct Curation: Sendable {
    public struct Options: Sendable, Hashable {
        /// Reviews that a rule needs before a threshold is proposed for it.
        public var minimumReviews = 8
        /// The share of false alarms among what a rule would still match by its reviews, at most.
        public var maximumFalseAlarms = 0.1
        /// Texts as similar as this to what a rule has already are not proposed (cosine similarity).
        public var likeness: Float = 0.95
        /// Notes from this time on; nil for all.
        public var since: LogTime?

        public init() {}
    }

    public let library: GuidelineLibrary
    public let options: Options

    /// - Throws: ``GuardrailsError/invalidOption(name:value:allowed:)``.
    public init(library: GuidelineLibrary, options: Options = Options()) throws(GuardrailsError) {
        guard options.minimumReviews >= 1 else {
            throw .invalidOption(name: "minimumReviews", value: "\(options.minimumReviews)", allowed: "at least 1")
        }
        guard (0..<1).contains(options.maximumFalseAlarms) else {
            throw .invalidOption(
                name: "maximumFalseAlarms", value: "\(options.maximumFalseAlarms)", allowed: "0 to below 1")
        }
        (self.library, self.options) = (library, options)
    }

    /// Reads the notes of an archive, and the decisions that they are about.
    ///
    /// - Throws: ``GuardrailsError/nothingToLearn(problem:)`` where there is no review and no correction.
    /// - Complexity: O(records), of which those of conversations are looked at for what an answer was given to; memory for
    ///   the decisions with notes.
    public func run(on archive: DecisionArchive) throws -> CuratedLessons {
        var notes: [String: [DecisionNote]] = [:]
        var order: [String] = []
        try archive.forEachNote { note in
            guard note.review != nil || note.correction != nil else { return }
            if let since = options.since, note.time < since { return }
            if notes[note.decision] == nil { order.append(note.decision) }
            notes[note.decision, default: []].append(note)
        }
        guard !order.isEmpty else {
            throw GuardrailsError.nothingToLearn(
                problem: "No decision has a review or a correction. fingerpost log note writes them.")
        }
        var reviewed: [ReviewedDecision] = []
        var lessons = CuratedLessons(
            plan: CurationPlan(libraryID: try library.libraryID, libraryVersion: try library.libraryVersion))
        for id in order {
            let records = try archive.records(ofDecision: id)
            guard let decision = ReviewedDecision(records, notes[id] ?? []) else {
                lessons.missingDecisionCount += 1
                continue
            }
            reviewed.append(decision)
        }
        lessons.reviewedCount = reviewed.count
        try addInputs(archive, &reviewed)
        try RuleLessons(library: library, options: options).add(reviewed, to: &lessons)
        for decision in reviewed { decision.addAnswer(to: &lessons) }
        return lessons
    }

    /// Finds what outputs were answers to: the latest input of the conversation before them.
    private func addInputs(_ archive: DecisionArchive, _ reviewed: inout [ReviewedDecision]) throws {
        let wanted = Set(reviewed.filter { $0.first.rail == .output }.compactMap(\.first.conversationID))
        guard !wanted.isEmpty else { return }
        var inputs: [String: [DecisionRecord]] = [:]
        var filter = DecisionFilter()
        filter.rail = .input
        try archive.forEachRecord(matching: filter) { record in
            guard record.text != nil, let conversation = record.conversationID, wanted.contains(conversation) else {
                return
            }
            inputs[conversation, default: []].append(record)
        }
        for place in reviewed.indices where reviewed[place].first.rail == .output {
            let (conversation, time) = (reviewed[place].first.conversationID, reviewed[place].first.time)
            guard let input = conversation.flatMap({ inputs[$0]?.last { $0.time <= time } }) else { continue }
            reviewed[place].input = input
            let records = try archive.records(ofDecision: input.decision.id)
            reviewed[place].isInputSensitive = ReviewedDecision(records, [])?.isSensitive ?? false
        }
    }
}

/// What was learned, and what was not and why.
public struct CuratedLessons: Sendable {
    public var plan: CurationPlan
    /// Inputs with known answers, as ``GuidelineLibrary/calibrate(_:options:progress:)`` takes them.
    public var labels: [LabelledText] = []
    public var answers: [CuratedAnswer] = []
    /// Decisions with reviews or corrections.
    public var reviewedCount = 0
    /// Notes on decisions that the archive does not have (any more).
    public var missingDecisionCount = 0
    /// Decisions whose text was not kept, which teach thresholds alone.
    public var withoutTextCount = 0
    /// Texts with secrets or personal data in them, which go nowhere.
    public var sensitiveCount = 0
    /// Texts that the rule has already, or nearly.
    public var knownCount = 0
    /// Something missed that no rule is named for: what `gaps` looks for.
    public var uncoveredCount = 0
    /// Outputs that are judged and whose input is not known, so that there is nothing to train on.
    public var withoutInputCount = 0
    /// Scores that no threshold of a rule's own can be held against, as a calibration has its part in them.
    public var calibratedScoreCount = 0

    /// An input with the rules that apply to it.
    public struct LabelledText: Sendable, Hashable {
        public var decision: String
        public var text: String
        /// Empty where nothing applies.
        public var positives: [String]
    }
}

/// An answer that a reviewer has judged, or written.
public struct CuratedAnswer: Sendable, Hashable {
    public var input: String
    /// What is to be learned; nil where none is known.
    public var good: String?
    /// What is not to be said; nil where none is known.
    public var bad: String?
    /// Rules that matched, as `id@version`.
    public var rules: [String]
    public var trace: CurationTrace
}

/// Where something that was learned comes from.
public struct CurationTrace: Sendable, Hashable {
    public var decision: String
    /// SHA-256 of the decision's lines in the log, each without its text, so that they can be found when texts are gone.
    public var lines: [String]
    public var reviewers: [String]
}

/// A decision with what reviewers say of it.
struct ReviewedDecision {
    var records: [DecisionRecord]
    var first: DecisionRecord
    var notes: [DecisionNote]
    /// What the text is an answer to, for an output.
    var input: DecisionRecord?
    var isInputSensitive = false

    init?(_ records: [DecisionRecord], _ notes: [DecisionNote]) {
        guard let first = records.first else { return nil }
        (self.records, self.first, self.notes) = (records, first, notes)
    }

    var text: String? { records.lazy.compactMap(\.text).first }

    /// Whether secrets or personal data were found in the text.
    var isSensitive: Bool { records.contains { !$0.findings.isEmpty && ["secrets", "pii"].contains($0.check.kind) } }

    /// The last word on the decision as a whole.
    var review: DecisionNote.Review? { notes.last { $0.review != nil }?.review }

    var correction: String? { notes.last { $0.correction != nil }?.correction }

    /// The best match of checks that counted.
    var bestMatch: DecisionRecord.Match? {
        records.filter { !$0.isShadow }.flatMap(\.matched).max { ($0.score ?? -1, $1.id) < ($1.score ?? -1, $0.id) }
    }

    var trace: CurationTrace {
        CurationTrace(
            decision: first.decision.id,
            lines: records.map { record in
                var record = record
                record.text = nil
                return SHA256.hexadecimal(of: record.jsonText)
            }, reviewers: Array(Set(notes.compactMap(\.reviewer))).sorted())
    }

    /// What there is to train on.
    func addAnswer(to lessons: inout CuratedLessons) {
        let isOutput = first.rail == .output
        guard isOutput || correction != nil else { return }
        guard let text else { return }
        guard !isSensitive, !isInputSensitive else {
            // Those of inputs are counted where rules learn from them.
            if isOutput { lessons.sensitiveCount += 1 }
            return
        }
        var answer = CuratedAnswer(
            input: text, rules: records.filter { !$0.isShadow }.flatMap(\.matched).map { "\($0.id)@\($0.version)" },
            trace: trace)
        if isOutput {
            guard let asked = input?.text else { return lessons.withoutInputCount += 1 }
            answer.input = asked
            let wasStopped = first.decision.verdict.isIntervention
            switch review {
            case .right?: (answer.good, answer.bad) = wasStopped ? (nil, text) : (text, nil)
            case .falseAlarm?: answer.good = text
            case .missed?: answer.bad = text
            case nil: break
            }
        }
        if let correction { answer.good = correction }
        if answer.good != nil || answer.bad != nil { lessons.answers.append(answer) }
    }
}
