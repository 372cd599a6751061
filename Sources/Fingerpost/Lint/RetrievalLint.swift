import GuidelineStore
import Platform
import TextEncoder

/// Whether guidelines are found by what should find them, and by nothing else.
struct RetrievalLint {
    let passages: PassageIndex
    let encoder: any SentenceEncoder
    let options: LintOptions
    let threads: Int
    /// Guidelines that are not retired, by their rows.
    let subjects: [Int64: LintSubject]
    let terms: RetrievalTerms
    let progress: (LintProgress) throws -> Void

    private static let blockLength = 1_024

    init(
        _ passages: PassageIndex, encoder: any SentenceEncoder, options: LintOptions, threads: Int,
        subjects: [LintSubject], progress: @escaping (LintProgress) throws -> Void
    ) {
        self.passages = passages
        self.encoder = encoder
        self.options = options
        self.threads = threads
        self.progress = progress
        self.subjects = Dictionary(subjects.map { ($0.row, $0) }) { first, _ in first }
        let byRow = self.subjects
        terms = RetrievalTerms(
            limit: options.limit,
            thresholds: passages.table.guidelines.map { row in
                byRow[row]?.threshold.map(Float.init) ?? options.minimumScore
            })
    }

    /// A text that should find a guideline, or not.
    struct Probe: Sendable {
        var row: Int64
        var slot: Int
        var ordinal: Int
        var text: String
        /// The passage of the library that it is; nil for texts that are in none.
        var passage: Int64?
    }

    /// What became of the probes of a guideline.
    private struct Tally {
        var row: Int64
        var total = 0
        var retrieved = 0
        var lowest = Float.infinity
        var missed: [(probe: Probe, standing: Standing)] = []
    }

    // MARK: Examples

    /// Searches for each example without its own passage. O(examples) searches.
    func examples(of database: LibraryDatabase, into report: inout LintReport) throws -> [Int64: Float] {
        var probes: [Probe] = []
        try database.forEachExample { id, row, ordinal, text in
            guard subjects[row] != nil, let slot = passages.table.slot(ofGuideline: row) else { return }
            probes.append(Probe(row: row, slot: slot, ordinal: ordinal, text: text, passage: id))
        }
        let standings = try standings(probes, done: 0, total: probes.count)
        var tallies: [Tally] = []
        for (probe, standing) in zip(probes, standings) {
            if tallies.last?.row != probe.row { tallies.append(Tally(row: probe.row)) }
            let last = tallies.count - 1
            tallies[last].total += 1
            if let similarity = standing.similarity { tallies[last].lowest = min(tallies[last].lowest, similarity) }
            if isRetrieved(standing) {
                tallies[last].retrieved += 1
            } else {
                tallies[last].missed.append((probe, standing))
            }
        }
        report.retrieval.examples = probes.count
        report.retrieval.examplesRetrieved = tallies.reduce(0) { $0 + $1.retrieved }
        for tally in tallies { finding(tally).map { report.findings.append($0) } }
        return Dictionary(tallies.map { ($0.row, $0.lowest) }) { first, _ in first }
    }

    private func isRetrieved(_ standing: Standing) -> Bool { standing.counts && standing.rank <= options.limit }

    private func finding(_ tally: Tally) -> LintFinding? {
        guard let subject = subjects[tally.row], !tally.missed.isEmpty else { return nil }
        let evidence = tally.missed.prefix(3).map { probe, standing in
            "\(words(standing)): \(probe.text)"
        }
        let best = tally.missed.map(\.standing.rank).min() ?? 0
        if tally.retrieved == 0 {
            guard options.rules.contains(.neverRetrieved) else { return nil }
            let which =
                tally.total == 1 ? "its one example does not find it" : "none of its \(tally.total) examples finds it"
            return LintFinding(
                .neverRetrieved, .warning, [subject.id], field: "examples", "\(which) among the first \(options.limit)",
                evidence: evidence, score: Double(best),
                advice: tally.missed.contains { $0.standing.rank <= options.limit }
                    ? "Lower its threshold, or add examples."
                    : "Add examples that differ, say in its text what inputs are about, or merge it with what is found instead."
            )
        }
        guard options.rules.contains(.missedExample) else { return nil }
        return LintFinding(
            .missedExample, .note, [subject.id], field: "examples[\(tally.missed[0].probe.ordinal)]",
            "\(tally.missed.count) of its \(tally.total) examples do not find it among the first \(options.limit)",
            evidence: evidence, score: Double(best), advice: "Inputs of this sort need another example or two.")
    }

    private func words(_ standing: Standing) -> String {
        if standing.rank <= options.limit { return "below its threshold" }
        return standing.similarity == nil ? "no word is known" : "rank \(standing.rank)"
    }

    // MARK: Counterexamples

    /// Searches for the counterexamples.
    ///
    /// - Parameter lowest: the least similarity that an example of each guideline has to it.
    func counterexamples(_ probes: [Probe], lowest: [Int64: Float], into report: inout LintReport) throws {
        let standings = try standings(probes, done: 0, total: probes.count)
        var open: [String] = []
        report.retrieval.counterexamples = probes.count
        for (probe, standing) in zip(probes, standings) where isRetrieved(standing) {
            report.retrieval.counterexamplesRetrieved += 1
            guard let subject = subjects[probe.row] else { continue }
            guard let threshold = terms.thresholds[probe.slot] else {
                if open.last != subject.id { open.append(subject.id) }
                continue
            }
            let similarity = standing.similarity ?? 0
            let least = lowest[probe.row] ?? -.infinity
            let advice =
                least > similarity
                ? "A threshold above \(Self.text(similarity)) and up to \(Self.text(least)) tells it from the examples."
                : "No threshold tells it from the examples; say in the text what is meant, or add examples."
            report.findings.append(
                LintFinding(
                    .counterexampleRetrieved, .warning, [subject.id], field: "counterexamples[\(probe.ordinal)]",
                    "finds its guideline at rank \(standing.rank), \(Self.text(similarity)) with a threshold of "
                        + "\(Self.text(threshold))",
                    evidence: [probe.text], score: Double(similarity), advice: advice))
        }
        guard !open.isEmpty else { return }
        report.findings.append(
            LintFinding(
                .counterexampleRetrieved, .note, open, field: "counterexamples",
                "counterexamples find these guidelines, which have no threshold", score: Double(open.count),
                advice: "Give them thresholds, or say with --min-score from which similarity matches count."))
    }

    private static func text(_ value: Float) -> String {
        let thousandths = Int((value * 1_000).rounded())
        let digits = String(thousandths.magnitude % 1_000)
        return "\(thousandths < 0 ? "-" : "")\(thousandths.magnitude / 1_000)."
            + String(repeating: "0", count: 3 - digits.count) + digits
    }

    // MARK: Queries

    /// Searches for the queries and says which guidelines none of them finds.
    func queries(into report: inout LintReport) throws {
        let queries = options.queries
        report.retrieval.queries = queries.count
        var isFound = [Bool](repeating: false, count: passages.table.guidelines.count)
        for start in stride(from: 0, to: queries.count, by: Self.blockLength) {
            try progress(LintProgress(stage: .retrieval, completed: start, total: queries.count))
            let block = Array(queries[start..<min(queries.count, start + Self.blockLength)])
            let vectors = try encoder.encode(batch: block.map(\.text), threads: threads, progress: nil)
            let results = ParallelResults<[Int], any Error>(count: block.count)
            let (passages, terms) = (passages, terms)
            Parallel.forEachRange(block.count, chunk: 8, threads: threads) { range, _ in
                for place in range {
                    results.set(place) {
                        let vector = Array(vectors[place])
                        return try passages.found(
                            vector: vector.contains { $0 != 0 } ? vector : nil,
                            words: passages.wordRanking(of: block[place].text), terms: terms, wanted: terms.limit
                        ).prefix(terms.limit).map(\.slot)
                    }
                }
            }
            for slots in try results.values() { for slot in slots { isFound[slot] = true } }
        }
        var wanted: [String: Int] = [:]
        for query in queries { for id in query.positives { wanted[id, default: 0] += 1 } }
        var others: [String] = []
        for (slot, row) in passages.table.guidelines.enumerated() where !isFound[slot] {
            guard let subject = subjects[row], subject.status == .active else { continue }
            guard let count = wanted[subject.id] else {
                others.append(subject.id)
                continue
            }
            report.findings.append(
                LintFinding(
                    .missedByQueries, .warning, [subject.id],
                    "applies to \(count) \(count == 1 ? "query" : "queries"), and none of all \(queries.count) finds it",
                    score: Double(count), advice: "Add examples such as these queries."))
        }
        guard !others.isEmpty else { return }
        report.findings.append(
            LintFinding(
                .missedByQueries, .note, others, "none of the \(queries.count) queries finds these guidelines",
                score: Double(others.count),
                advice: "Rules that nothing asks for cost nothing; see that none was forgotten."))
    }

    // MARK: Searching

    private func standings(_ probes: [Probe], done: Int, total: Int) throws -> [Standing] {
        var all: [Standing] = []
        all.reserveCapacity(probes.count)
        for start in stride(from: 0, to: probes.count, by: Self.blockLength) {
            try Task.checkCancellation()
            try progress(LintProgress(stage: .retrieval, completed: done + start, total: total))
            let block = Array(probes[start..<min(probes.count, start + Self.blockLength)])
            let isStored = block.allSatisfy { $0.passage != nil }
            let vectors =
                isStored ? nil : try encoder.encode(batch: block.map(\.text), threads: threads, progress: nil)
            let results = ParallelResults<Standing, any Error>(count: block.count)
            let (passages, terms) = (passages, terms)
            Parallel.forEachRange(block.count, chunk: 8, threads: threads) { range, _ in
                for place in range {
                    results.set(place) {
                        let probe = block[place]
                        // What the encoder knows no word of has no vector, in the library or out of it.
                        let vector =
                            try vectors.map { Array($0[place]) }
                            ?? probe.passage.flatMap { try passages.index.vector(for: $0) }
                        let words = passages.words.map {
                            LexicalRanking(
                                probe.text, in: $0, leavingOutOf: probe.passage == nil ? nil : probe.row)
                        }
                        return try passages.standing(
                            ofSlot: probe.slot, vector: vector.flatMap { $0.contains { $0 != 0 } ? $0 : nil },
                            words: words, leavingOut: probe.passage, terms: terms)
                    }
                }
            }
            all += try results.values()
        }
        try progress(LintProgress(stage: .retrieval, completed: done + probes.count, total: total))
        return all
    }
}
