import Fingerpost
import GuidelineStore
import LinearAlgebra
import Platform
import TextEncoder

/// One search for gaps: inputs are encoded and compared batch by batch, in an order that means nothing. The first of them
/// are the sample that clusters are found on; when it is full, all others are put in these clusters as they come.
struct GapSearch {
    let collection: GapCollection
    let library: GuidelineLibrary
    let options: GapOptions
    let cover: LibraryCover
    private let vectors: Embeddings?
    private let threads: Int
    private let precedents: InputPrecedents?

    /// What is kept of the sample until there are clusters.
    private var sample: [Compared] = []
    private var sampleElements: [Float] = []
    private(set) var clusters: GapClusters?
    private(set) var reference: CoverReference
    private(set) var tallies: [GapTally] = []
    private(set) var words: DistinctiveWords?
    /// The library's examples in each cluster, against as many as there are on average.
    private(set) var density: [Double] = []
    private(set) var matchedCount = 0
    private(set) var unreadableCount = 0
    private(set) var allTimes = TimeSums()

    /// An input beside the library.
    private struct Compared {
        var entry: Int
        var answer: LibraryCover.Answer
        var need: Double?
    }

    private static let batch = 4_096
    /// Guidelines whose severity an input has if nothing is known of its own.
    private static let neighbours = 3

    init(_ collection: GapCollection, library: GuidelineLibrary, options: GapOptions, vectors: Embeddings?) throws {
        (self.collection, self.library, self.options, self.vectors) = (collection, library, options, vectors)
        threads = options.threads ?? Processors.available
        cover = try library.cover(filter: options.filter, minimumScore: options.minimumScore)
        reference = CoverReference(
            similarities: try cover.exampleSimilarities(threads: threads), kind: .examples)
        if options.benign.isEmpty {
            precedents = nil
        } else {
            let encoded = try library.encoder.encode(batch: options.benign, threads: threads, progress: nil)
            let benign = try Matrix(rows: encoded.count, columns: encoded.dimension, elements: encoded.values)
            guard
                let learned = try InputPrecedents(applying: cover.exampleVectors(), benign: benign, threads: threads)
            else {
                throw GuardrailsError.nothingToLearn(
                    problem: "there are too few everyday inputs, or too few examples in the library, to learn from: "
                        + "it takes \(InputPrecedents.fewestInputs) of each")
            }
            precedents = learned
        }
        if options.scope == .unmatched, !cover.hasThresholds,
            !collection.entries.contains(where: { $0.matchedCount + $0.unmatchedCount > 0 })
        {
            throw GuardrailsError.nothingToLearn(
                problem:
                    "nothing says which inputs are unmatched: no guideline has a threshold, and the inputs do not say. "
                    + "Calibrate the library, give a least score, or look at all inputs")
        }
    }

    /// - Complexity: see ``GapMiner/mine(_:vectors:progress:)``.
    mutating func run(_ progress: (@Sendable (GapProgress) -> Void)?) throws -> GapReport {
        let order = collection.shuffled(seed: options.seed)
        let total = order.count
        for start in stride(from: 0, to: total, by: Self.batch) {
            let entries = order[start..<min(start + Self.batch, total)]
            let encoded = try encode(entries) { done in
                progress?(GapProgress(stage: .comparing, completed: start + done, total: total))
            }
            try take(entries, encoded, progress)
        }
        if clusters == nil { try findClusters(progress) }
        return try report()
    }

    private func encode(_ entries: ArraySlice<Int>, _ progress: @escaping @Sendable (Int) -> Void) throws -> Matrix {
        let dimension = library.encoder.dimension
        if let vectors {
            let elements = entries.flatMap { vectors[collection.entries[$0].place] }
            return try Matrix(rows: entries.count, columns: dimension, elements: elements)
        }
        let texts = entries.map { collection.text(of: collection.entries[$0]) }
        let encoded = try library.encoder.encode(batch: texts, threads: threads, progress: progress)
        return try Matrix(rows: entries.count, columns: dimension, elements: encoded.values)
    }

    /// Compares a batch with the library; then it goes into the sample or, once that is full, into the clusters.
    private mutating func take(
        _ entries: ArraySlice<Int>, _ encoded: Matrix, _ progress: (@Sendable (GapProgress) -> Void)?
    ) throws {
        let answers = try cover.answers(to: encoded, limit: Self.neighbours, threads: threads)
        var kept: [Compared] = []
        var rows: [Int] = []
        for (row, (entry, answer)) in zip(entries, answers).enumerated() {
            guard encoded.withRow(row, { $0.contains { $0 != 0 } }) else {
                unreadableCount += collection.entries[entry].count
                continue
            }
            if options.scope == .unmatched, isMatched(entry, answer) {
                matchedCount += collection.entries[entry].count
                continue
            }
            let need = try precedents.map { try $0.need(of: encoded.row(row)) } ?? answer.need
            kept.append(Compared(entry: entry, answer: answer, need: need))
            rows.append(row)
        }
        var elements: [Float] = []
        elements.reserveCapacity(rows.count * encoded.columns)
        for row in rows { encoded.withRow(row) { elements += $0 } }
        guard clusters == nil else {
            return try tally(kept, Matrix(rows: kept.count, columns: encoded.columns, elements: elements))
        }
        sample += kept
        sampleElements += elements
        if sample.count >= options.sampleSize { try findClusters(progress) }
    }

    /// Whether an input is left out where only unmatched ones are asked for: what the library says today goes before what
    /// was said when the input was checked.
    private func isMatched(_ entry: Int, _ answer: LibraryCover.Answer) -> Bool {
        answer.isMatched ?? (collection.entries[entry].unmatchedCount == 0)
    }

    private mutating func findClusters(_ progress: (@Sendable (GapProgress) -> Void)?) throws {
        let rows = try Matrix(
            rows: sample.count, columns: library.encoder.dimension, elements: sampleElements)
        sampleElements = []
        let found = try GapClusters(
            rows, count: sample.isEmpty ? 0 : options.clusters(of: sample.count), seed: options.seed, threads: threads
        ) { progress?(GapProgress(stage: .clustering, completed: $0, total: $1)) }
        clusters = found
        tallies = [GapTally](repeating: GapTally(listsMembers: options.listsMembers), count: found.count)
        if reference.similarities.isEmpty, !cover.guidelines.isEmpty {
            let reached = sample.compactMap { $0.answer.nearest.first?.similarity }.sorted()
            reference = CoverReference(similarities: reached, kind: .inputs)
        }
        try findDensity(found)
        var words = DistinctiveWords(groups: found.count)
        let places = try found.places(of: rows, threads: threads)
        for (compared, place) in zip(sample, places) {
            words.add(collection.text(of: collection.entries[compared.entry]), group: place.cluster)
        }
        self.words = words
        let first = sample
        sample = []
        try tally(first, rows)
    }

    private mutating func findDensity(_ clusters: GapClusters) throws {
        var passages = try cover.exampleVectors()
        if passages.rows == 0 { passages = try cover.statementVectors() }
        var counts = [Int](repeating: 0, count: clusters.count)
        for place in try clusters.places(of: passages, threads: threads) where clusters.count > 0 {
            counts[place.cluster] += 1
        }
        // Where there are fewer examples than clusters, one of them is as much as can be asked for.
        let average = max(1, Double(passages.rows) / Double(max(1, clusters.count)))
        density = counts.map { Double($0) / average }
    }

    private mutating func tally(_ inputs: [Compared], _ vectors: Matrix) throws {
        guard let clusters, clusters.count > 0 else { return }
        let places = try clusters.places(of: vectors, threads: threads)
        for (row, (input, place)) in zip(inputs, places).enumerated() {
            let entry = collection.entries[input.entry]
            let best = input.answer.nearest.first
            let item = GapTally.Item(
                entry: input.entry, count: entry.count, severity: severity(of: entry, input.answer),
                lack: input.answer.isMatched == false ? 1 : best.map { reference.lack($0.similarity) } ?? 1,
                need: input.need ?? 1, isMatched: input.answer.isMatched, closeness: place.closeness,
                times: entry.times,
                nearest: best.map { near in
                    let evidence = cover.evidence(
                        of: near.guideline, similarity: near.similarity, shift: input.answer.shift)
                    let isMatched = cover.threshold(of: near.guideline).map { evidence >= $0 } ?? false
                    return (near.guideline, near.similarity, isMatched)
                })
            knowsNeed = knowsNeed || input.need != nil
            allTimes.add(entry.times)
            tallies[place.cluster].add(item) { vectors.row(row) }
        }
    }

    private(set) var knowsNeed = false

    /// What is known of its own, of copies for which nothing is known too; else the mean of the nearest guidelines.
    private func severity(of entry: GapCollection.Entry, _ answer: LibraryCover.Answer) -> Double {
        if entry.severityCount > 0 { return entry.severitySum / Double(entry.severityCount) }
        guard !answer.nearest.isEmpty else { return Guideline.Severity.medium.gapWeight }
        let weights = answer.nearest.map { cover.guidelines[$0.guideline].severity.gapWeight }
        return weights.reduce(0, +) / Double(weights.count)
    }
}
