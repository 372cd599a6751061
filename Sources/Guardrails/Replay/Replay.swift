import Fingerpost
import GuidelineStore
import Platform

/// Decides again what a log has decided, by the rules of a candidate, to see before a release which decisions would flip.
///
/// A decision whose text was kept is made again from the text. Of any other the recorded scores are held against the
/// candidate's thresholds, as far as they still stand: the encoder, what turns similarities into evidence, the check's
/// definition and the wording of the rule must be the same. Where they are not, the report counts the decision as one of
/// which nothing can be told, and why.
///
/// ```swift
/// let replay = Replay(candidate: candidate, rails: try .standard(candidate), recordedBy: library)
/// let report = try replay.run(on: archive)
/// ```
public struct Replay: Sendable {
    /// The library whose rules are tried.
    public let candidate: GuidelineLibrary
    /// What is made of what is found; its semantic checks ask the candidate.
    public let rails: Rails
    /// The library that the log was made with, whose history knows what rules said then.
    public let recorder: GuidelineLibrary
    public let options: Options

    public struct Options: Sendable, Hashable {
        /// How many flips of each direction the report shows.
        public var exampleCount = 10
        /// Nil for as many as there are processors. The report does not depend on it.
        public var threads: Int?

        public init() {}
    }

    /// - Parameters:
    ///   - candidate: the library whose rules are tried.
    ///   - rails: the checks, as they would be run with the candidate. What the log has of other checks stands.
    ///   - recorder: the library that the log was made with; nil for the candidate itself, which has its history where it
    ///     is a copy.
    public init(
        candidate: GuidelineLibrary, rails: Rails, recordedBy recorder: GuidelineLibrary? = nil,
        options: Options = Options()
    ) {
        (self.candidate, self.rails, self.options) = (candidate, rails, options)
        self.recorder = recorder ?? candidate
    }

    /// Replays the decisions of an archive.
    ///
    /// - Parameters:
    ///   - progress: called with the number of decisions so far; it ends the work by throwing.
    ///   - flips: called with each decision that flips, in the log's order.
    /// - Throws: ``GuardrailsError/nothingToLearn(problem:)`` where there is no decision; ``GuidelineStoreError``.
    /// - Complexity: O(decisions), and a check for each different text. Memory does not grow with the log, but for notes of
    ///   reviewers.
    public func run(
        on archive: DecisionArchive, matching filter: DecisionFilter = DecisionFilter(),
        progress: (Int) throws -> Void = { _ in }, flips: (Flip) throws -> Void = { _ in }
    ) throws -> ReplayReport {
        var reviews = Reviews()
        try archive.forEachNote { reviews.add($0) }
        var run = try ReplayRun(self, reviews)
        try archive.forEachDecision(matching: filter) { try run.take($0, progress, flips) }
        return try run.end(progress, flips)
    }

    /// Replays the decisions of files of a log: JSON Lines of records, those of a decision one after the other, and notes.
    ///
    /// - Throws: As ``run(on:matching:progress:flips:)``; also ``GuidelineStoreError`` with the line at fault.
    public func run(
        onFiles sources: [InputSource], matching filter: DecisionFilter = DecisionFilter(),
        progress: (Int) throws -> Void = { _ in }, flips: (Flip) throws -> Void = { _ in }
    ) throws -> ReplayReport {
        // Notes come after what they are about, perhaps in another file.
        var reviews = Reviews()
        for source in sources {
            try forEachEntry(source) { if case .note(let note) = $0 { reviews.add(note) } }
        }
        var run = try ReplayRun(self, reviews)
        for source in sources {
            var grouping = DecisionGrouping()
            func take(_ decision: [DecisionRecord]?) throws {
                guard let decision, decision.contains(where: filter.matches) else { return }
                try run.take(decision, progress, flips)
            }
            try forEachEntry(source) { entry in
                if case .record(let record) = entry { try take(grouping.add(record)) }
            }
            try take(grouping.end())
        }
        return try run.end(progress, flips)
    }

    private func forEachEntry(_ source: InputSource, _ body: (DecisionEntry) throws -> Void) throws {
        let reader = try JSONLinesReader(source)
        while let line = try reader.next() { try body(DecisionEntry(line)) }
    }
}

/// A replay that is under way: decisions are decided again in batches, in parallel, and counted in the log's order.
private struct ReplayRun {
    /// Decisions that are taken at a time.
    private static let batchSize = 2_048

    private let redecider: Redecider
    private let options: Replay.Options
    private let reviews: Reviews
    private var report: ReplayReport
    private var batch: [[DecisionRecord]] = []

    init(_ replay: Replay, _ reviews: Reviews) throws {
        redecider = try Redecider(candidate: replay.candidate, rails: replay.rails, recorder: replay.recorder)
        (options, self.reviews) = (replay.options, reviews)
        report = ReplayReport(candidateVersion: try replay.candidate.libraryVersion)
    }

    mutating func take(
        _ decision: [DecisionRecord], _ progress: (Int) throws -> Void, _ flips: (Flip) throws -> Void
    ) throws {
        batch.append(decision)
        if batch.count == Self.batchSize { try flush(progress, flips) }
    }

    mutating func end(_ progress: (Int) throws -> Void, _ flips: (Flip) throws -> Void) throws -> ReplayReport {
        try flush(progress, flips)
        guard report.decisionCount > 0 else {
            throw GuardrailsError.nothingToLearn(problem: "There is no decision to replay.")
        }
        try report.finish(redecider)
        return report
    }

    private mutating func flush(_ progress: (Int) throws -> Void, _ flips: (Flip) throws -> Void) throws {
        let (decisions, redecider) = (batch, redecider)
        let results = ParallelResults<Redecision, any Error>(count: decisions.count)
        let threads = options.threads ?? Processors.available
        Parallel.forEachRange(decisions.count, chunk: 16, threads: threads) { range, _ in
            for place in range { results.set(place) { try redecider.redecide(decisions[place]) } }
        }
        for (decision, result) in zip(decisions, try results.values()) {
            let review = decision.first.flatMap { reviews[$0.decision.id] }
            if let flip = report.add(decision, result, review, exampleCount: options.exampleCount) {
                try flips(flip)
            }
        }
        batch.removeAll(keepingCapacity: true)
        try progress(report.decisionCount)
    }
}

/// What reviewers say of decisions: the last word of each.
struct Reviews {
    private var latest: [String: (time: LogTime, review: DecisionNote.Review)] = [:]

    mutating func add(_ note: DecisionNote) {
        guard let review = note.review else { return }
        if let known = latest[note.decision], known.time > note.time { return }
        latest[note.decision] = (note.time, review)
    }

    subscript(decision: String) -> DecisionNote.Review? { latest[decision]?.review }
}

/// Puts records together by decision, which follow each other.
struct DecisionGrouping {
    private var records: [DecisionRecord] = []

    /// Returns the decision before, where this record begins another one.
    mutating func add(_ record: DecisionRecord) -> [DecisionRecord]? {
        defer { records.append(record) }
        guard let first = records.first, first.decision.id != record.decision.id else { return nil }
        return end()
    }

    mutating func end() -> [DecisionRecord]? {
        guard !records.isEmpty else { return nil }
        defer { records = [] }
        return records
    }
}
