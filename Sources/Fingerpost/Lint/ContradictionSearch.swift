import GuidelineStore
import Platform
import VectorIndex

/// Looks for contradictions among guidelines that are near each other in meaning.
struct ContradictionSearch {
    let passages: PassageIndex
    let subjects: [LintSubject]
    let options: LintOptions
    let threads: Int

    /// Neighbours that are looked at for each guideline.
    private static let neighborCount = 24
    private static let blockLength = 1_024

    private struct Hit: Sendable {
        var other: Int
        var similarity: Float
        var evidence: Contradiction.Evidence
    }

    /// O(guidelines) searches of the index, each followed by comparisons with so many neighbours.
    func findings(_ progress: (LintProgress) throws -> Void) throws -> [LintFinding] {
        var placeOf: [Int64: Int] = [:]
        var own: [(place: Int, passage: Int64)] = []
        for (place, subject) in subjects.enumerated() where !subject.statement.clauses.isEmpty {
            guard let slot = passages.table.slot(ofGuideline: subject.row),
                let passage = passages.table.passages(ofSlot: slot).first, !passage.isExample
            else { continue }
            placeOf[passage.id] = place
            own.append((place, passage.id))
        }
        let filter = passages.index.filter(including: own.map(\.passage))
        var pairs: [[Int]: Hit] = [:]
        for start in stride(from: 0, to: own.count, by: Self.blockLength) {
            try Task.checkCancellation()
            try progress(LintProgress(stage: .contradictions, completed: start, total: own.count))
            let block = Array(own[start..<min(own.count, start + Self.blockLength)])
            let results = ParallelResults<[Hit], any Error>(count: block.count)
            let (index, subjects, places, least) = (passages.index, subjects, placeOf, options.neighborSimilarity)
            Parallel.forEachRange(block.count, chunk: 8, threads: threads) { range, _ in
                for number in range {
                    results.set(number) {
                        let (place, passage) = block[number]
                        guard let vector = try index.vector(for: passage) else { return [] }
                        let found = try index.search(
                            vector, limit: Self.neighborCount + 1,
                            options: SearchOptions(filter: .rows(filter), minimumScore: Float(least)))
                        return found.compactMap { neighbor in
                            guard let other = places[neighbor.key], other != place else { return nil }
                            return Self.contradiction(subjects[place], subjects[other]).map {
                                Hit(other: other, similarity: neighbor.score, evidence: $0)
                            }
                        }
                    }
                }
            }
            for ((place, _), hits) in zip(block, try results.values()) {
                for hit in hits {
                    let pair = [min(place, hit.other), max(place, hit.other)]
                    guard pairs[pair] == nil else { continue }
                    var hit = hit
                    // The clause of the first of the two comes first.
                    if place > hit.other { swap(&hit.evidence.first, &hit.evidence.second) }
                    pairs[pair] = hit
                }
            }
        }
        try progress(LintProgress(stage: .contradictions, completed: own.count, total: own.count))
        return pairs.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { pair, hit in
            finding(subjects[pair[0]], subjects[pair[1]], hit)
        }
    }

    private static func contradiction(_ one: LintSubject, _ other: LintSubject) -> Contradiction.Evidence? {
        // It is said which of them prevails.
        let isSettled = one.decides(about: other.id) || other.decides(about: one.id)
        return isSettled ? nil : Contradiction.between(one.statement, other.statement)
    }

    private func finding(_ one: LintSubject, _ other: LintSubject, _ hit: Hit) -> LintFinding {
        // Rank decides between them where it differs, if nobody has said so.
        let isRanked = one.authority != other.authority || one.priority != other.priority
        return LintFinding(
            .contradiction, isRanked ? .note : .warning, [one.id, other.id], field: "text",
            "ask for opposite things" + (isRanked ? ", with different authority or priority" : ""),
            evidence: [hit.evidence.first, hit.evidence.second], score: Double(hit.similarity),
            advice: "Keep one, say when each applies, or relate them with priority or excludes.")
    }
}
