import Foundation
import GuidelineStore
import Platform

extension GuidelineLibrary {
    /// Looks for what is wrong with the guidelines that are not retired. Nothing is changed, and no model is asked.
    ///
    /// - Parameters:
    ///   - options: What to look for, and where to draw the lines.
    ///   - progress: told on the calling thread how far it is; may throw to end the work.
    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)``,
    ///   ``FingerpostError/unknownPositive(id:query:_:)`` for a query that names a guideline that the library does not have,
    ///   ``GuidelineStoreError``, what the encoder and `progress` throw.
    /// - Complexity: O(texts) for what texts say by themselves, a search for each example, counterexample and query, and
    ///   one for each guideline for contradictions; for duplicates see ``deduplicationPlan(options:progress:)``.
    public func lint(
        _ options: LintOptions = LintOptions(), progress: @escaping (LintProgress) throws -> Void = { _ in }
    ) throws -> LintReport {
        try options.validate()
        let threads = options.threads ?? Processors.available
        var report = LintReport()
        report.rules = LintRule.allCases.filter {
            options.rules.contains($0) && ($0 != .missedByQueries || !options.queries.isEmpty)
        }
        report.retrieval.limit = options.limit
        var reading = try LintReading(self, options, threads: threads)
        try reading.run(progress, into: &report)
        report.findings += RelationLint(reading.nodes).findings(options.rules)

        if !options.rules.isDisjoint(with: LintRule.ofRetrieval) {
            try lintRetrieval(reading, options, threads: threads, progress, into: &report)
        }
        if options.rules.contains(.nearDuplicate) {
            report.findings += try duplicates(options, threads: threads, progress)
        }
        if options.rules.contains(.contradiction) {
            let search = ContradictionSearch(
                passages: try currentPassages(withWords: false), subjects: reading.subjects, options: options,
                threads: threads)
            report.findings += try search.findings(progress)
        }
        report.sort()
        return report
    }

    private func lintRetrieval(
        _ reading: LintReading, _ options: LintOptions, threads: Int,
        _ progress: @escaping (LintProgress) throws -> Void, into report: inout LintReport
    ) throws {
        let passages = try currentPassages(withWords: true)
        let lint = RetrievalLint(
            passages, encoder: encoder, options: options, threads: threads, subjects: reading.subjects,
            progress: progress)
        let wantsCounterexamples = options.rules.contains(.counterexampleRetrieved) && !reading.counterexamples.isEmpty
        var lowest: [Int64: Float] = [:]
        if options.rules.contains(.neverRetrieved) || options.rules.contains(.missedExample) || wantsCounterexamples {
            lowest = try lint.examples(of: database, into: &report)
        }
        if wantsCounterexamples {
            let probes = reading.counterexamples.compactMap { item -> RetrievalLint.Probe? in
                passages.table.slot(ofGuideline: item.row).map {
                    RetrievalLint.Probe(row: item.row, slot: $0, ordinal: item.ordinal, text: item.text, passage: nil)
                }
            }
            try lint.counterexamples(probes, lowest: lowest, into: &report)
        }
        if options.rules.contains(.missedByQueries), !options.queries.isEmpty {
            let known = Set(reading.nodes.map(\.id))
            for query in options.queries {
                for id in query.positives.sorted() where !known.contains(id) {
                    throw FingerpostError.unknownPositive(id: id, query: query.id, query.location)
                }
            }
            try lint.queries(into: &report)
        }
    }

    private func duplicates(
        _ options: LintOptions, threads: Int, _ progress: (LintProgress) throws -> Void
    ) throws -> [LintFinding] {
        var deduplication = options.deduplication
        deduplication.threads = threads
        let plan = try deduplicationPlan(options: deduplication) {
            try progress(LintProgress(stage: .duplicates, completed: $0, total: $1))
        }
        return plan.groups.map { group in
            let best = group.members.map(\.similarity).max() ?? 0
            // Short texts of different meaning share many letters.
            let isClear = group.members.contains { $0.tier != .fuzzy || $0.similarity >= 0.85 }
            let tiers = DuplicateTier.allCases.filter { tier in group.members.contains { $0.tier == tier } }
            return LintFinding(
                .nearDuplicate, isClear ? .warning : .note, [group.kept.id] + group.members.map(\.entry.id),
                field: "text",
                "\(group.members.count + 1) guidelines say nearly the same (\(tiers.map(\.rawValue).joined(separator: ", ")))",
                evidence: [group.kept.text] + group.members.prefix(2).map(\.entry.text), score: best,
                advice: "Merge them with dedup, or say where they differ.")
        }
    }
}

extension LintRule {
    /// The rules that search.
    static let ofRetrieval: Set<LintRule> = [
        .neverRetrieved, .missedExample, .missedByQueries, .counterexampleRetrieved,
    ]
}
