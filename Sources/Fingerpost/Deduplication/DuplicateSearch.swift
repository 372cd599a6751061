import Platform

/// Finds duplicates greedily, as Guide-Align does: guidelines are looked at in an order that puts those worth keeping
/// first, and each is kept unless one kept before is as alike as the thresholds say and nothing bars the merge. It then
/// belongs to that one: to an exact duplicate if there is one, else to a fuzzy, else to a semantic one, the most alike
/// that was found.
///
/// The work goes block by block. The guidelines of a block are compared with what was kept before on all threads, then
/// those of the block that are left with each other, so that the result does not depend on the number of threads.
struct DuplicateSearch: Sendable {
    let corpus: DuplicateCorpus
    let options: DeduplicationOptions

    private static let blockLength = 1_024

    /// What is known of a guideline after one of the steps.
    private struct Finding: Sendable {
        var kept: Int32?
        var tier = DuplicateTier.exact
        var similarity = 0.0
        /// The most alike that only its polarity bars.
        var opposite: Int32?
        var oppositeTier = DuplicateTier.fuzzy
        var oppositeSimilarity = 0.0

        mutating func note(opposite item: Int32, _ tier: DuplicateTier, _ similarity: Double) {
            guard similarity > oppositeSimilarity else { return }
            (opposite, oppositeTier, oppositeSimilarity) = (item, tier, similarity)
        }
    }

    /// A guideline of the same block, before this one, that is alike.
    private struct Near: Sendable {
        var position: Int
        var tier: DuplicateTier
        var similarity: Double
        var isOpposite: Bool
    }

    /// O(n k) comparisons at worst for n guidelines of which k are kept; with many duplicates far fewer.
    ///
    /// - Parameters:
    ///   - vectors: For the semantic tier, which is left out without them.
    ///   - progress: told how many guidelines are done, on the calling thread; may throw to end the work.
    func run(
        vectors: (any VectorSource)?, progress: (_ completed: Int, _ total: Int) throws -> Void
    ) throws -> DuplicateGroups {
        let threads = options.threads ?? Processors.available
        let order = corpus.ranked().filter { corpus.items[Int($0)].status != .retired }
        let kept = KeptTexts(corpus)
        let semantic =
            try options.tiers.contains(.semantic)
            ? vectors.map { try SemanticNeighbors(dimension: $0.dimension) } : nil
        var members: [Int32: [DuplicateGroups.Member]] = [:]
        var conflicts: [DuplicateGroups.Conflict] = []

        var start = 0
        while start < order.count {
            try Task.checkCancellation()
            try progress(start, order.count)
            let block = Array(order[start..<min(order.count, start + Self.blockLength)])
            var findings = compare(block, with: kept, threads: threads)
            let open = block.indices.filter { findings[$0].kept == nil }
            let items = open.map { block[$0] }
            let near = compareWithin(items, threads: threads)
            let semanticNear = try semanticNeighbors(items, semantic, vectors, threads: threads)

            var keptPositions: Set<Int> = []
            for (position, index) in open.enumerated() {
                var finding = findings[index]
                settle(&finding, near[position], keptPositions, items)
                if finding.kept == nil, let hits = semanticNear?.hits[position] {
                    settle(&finding, block[index], hits)
                }
                if finding.kept == nil, let within = semanticNear?.within[position] {
                    settle(&finding, within, keptPositions, items)
                }
                if finding.kept == nil { keptPositions.insert(position) }
                findings[index] = finding
            }
            for (index, finding) in findings.enumerated() {
                if let leader = finding.kept {
                    members[leader, default: []].append(
                        .init(index: Int(block[index]), tier: finding.tier, similarity: finding.similarity))
                } else {
                    kept.append(block[index])
                    if let opposite = finding.opposite {
                        conflicts.append(
                            .init(
                                first: Int(opposite), second: Int(block[index]), tier: finding.oppositeTier,
                                similarity: finding.oppositeSimilarity))
                    }
                }
            }
            if let semantic, let semanticNear {
                let positions = keptPositions.sorted()
                try semantic.append(
                    positions.map { block[open[$0]] }, positions.map { semanticNear.vectors[$0] }, threads: threads)
            }
            start += block.count
        }
        try progress(order.count, order.count)
        return DuplicateGroups(
            count: order.count,
            groups: members.map { kept, members in
                .init(kept: Int(kept), members: members.sorted { $0.index < $1.index })
            }
            .sorted { $0.kept < $1.kept },
            conflicts: conflicts.sorted { ($0.first, $0.second) < ($1.first, $1.second) })
    }

    // MARK: Against what was kept before

    private func compare(_ block: [Int32], with kept: KeptTexts, threads: Int) -> [Finding] {
        let results = ParallelResults<Finding, Never>(count: block.count)
        let spaces = Workspaces(count: max(1, threads))
        Parallel.forEachRange(block.count, chunk: 16, threads: threads) { range, worker in
            spaces.use(worker) { space in
                for index in range { results.set(index) { finding(for: block[index], in: kept, &space) } }
            }
        }
        return results.values()
    }

    private func finding(for item: Int32, in kept: KeptTexts, _ space: inout KeptTexts.Workspace) -> Finding {
        var finding = Finding()
        if options.tiers.contains(.exact) || options.tiers.contains(.fuzzy) {
            if let other = kept.equal(
                to: item, isAllowed: { corpus.barrier(Int(item), Int($0), options: options) == nil })
            {
                finding.kept = other
                finding.tier = options.tiers.contains(.exact) ? .exact : .fuzzy
                finding.similarity = 1
                return finding
            }
        }
        guard options.tiers.contains(.fuzzy) else { return finding }
        var noted = Finding()
        let hit = kept.mostSimilar(
            to: item, threshold: options.fuzzyThreshold, isExhaustive: kept.count <= options.exhaustiveLimit, &space
        ) { other, similarity in
            guard corpus.barrier(Int(item), Int(other), options: options) == nil else { return false }
            guard corpus.isOpposite(Int(item), Int(other)) else { return true }
            noted.note(opposite: other, .fuzzy, similarity)
            return false
        }
        finding = noted
        if let hit { (finding.kept, finding.tier, finding.similarity) = (hit.item, .fuzzy, hit.similarity) }
        return finding
    }

    private final class Workspaces: @unchecked Sendable {
        private let places: UnsafeMutablePointer<KeptTexts.Workspace>
        private let count: Int

        init(count: Int) {
            self.count = count
            places = .allocate(capacity: count)
            for index in 0..<count { (places + index).initialize(to: KeptTexts.Workspace()) }
        }

        deinit {
            places.deinitialize(count: count)
            places.deallocate()
        }

        /// Of one worker, which has no other call at the same time.
        func use(_ worker: Int, _ body: (inout KeptTexts.Workspace) -> Void) { body(&places[worker]) }
    }

    // MARK: Within a block

    /// For each guideline those before it in the list that are alike, the most alike first.
    private func compareWithin(_ items: [Int32], threads: Int) -> [[Near]] {
        let results = ParallelResults<[Near], Never>(count: items.count)
        Parallel.forEachRange(items.count, chunk: 16, threads: threads) { range, _ in
            var pattern = TextPattern()
            for position in range {
                results.set(position) { nearBefore(position, items, &pattern) }
            }
        }
        return results.values()
    }

    private func nearBefore(_ position: Int, _ items: [Int32], _ pattern: inout TextPattern) -> [Near] {
        let item = Int(items[position])
        let range = corpus.range(of: item)
        let isFuzzy = options.tiers.contains(.fuzzy)
        guard isFuzzy || options.tiers.contains(.exact) else { return [] }
        var near: [Near] = []
        corpus.text.withUnsafeBufferPointer { all in
            let text = UnsafeBufferPointer(rebasing: all[range])
            if isFuzzy { pattern.set(text, characters: corpus.characters.count) }
            for other in 0..<position {
                let otherRange = corpus.range(of: Int(items[other]))
                let otherText = UnsafeBufferPointer(rebasing: all[otherRange])
                var similarity = 0.0
                if isFuzzy {
                    let least = TextSimilarity.leastCommon(
                        text.count, otherText.count, threshold: options.fuzzyThreshold)
                    guard least <= min(text.count, otherText.count) else { continue }
                    let common = pattern.commonSubsequence(with: otherText, atLeast: max(1, least))
                    guard common >= max(1, least) else { continue }
                    similarity = TextSimilarity.ratio(common: common, text.count, otherText.count)
                } else if text.elementsEqual(otherText) {
                    similarity = 1
                } else {
                    continue
                }
                guard corpus.barrier(item, Int(items[other]), options: options) == nil else { continue }
                let isExact = similarity == 1 && options.tiers.contains(.exact)
                near.append(
                    Near(
                        position: other, tier: isExact ? .exact : .fuzzy, similarity: similarity,
                        isOpposite: corpus.isOpposite(item, Int(items[other]))))
            }
        }
        return near.sorted { ($1.similarity, $0.position) < ($0.similarity, $1.position) }
    }

    private func settle(_ finding: inout Finding, _ near: [Near], _ kept: Set<Int>, _ items: [Int32]) {
        for other in near where kept.contains(other.position) {
            if other.isOpposite {
                finding.note(opposite: items[other.position], other.tier, other.similarity)
            } else {
                (finding.kept, finding.tier, finding.similarity) = (items[other.position], other.tier, other.similarity)
                return
            }
        }
    }

    // MARK: Semantic tier

    private struct SemanticFindings {
        var vectors: [[Float]]
        var hits: [[SemanticNeighbors.Hit]]
        var within: [[Near]]
    }

    private func semanticNeighbors(
        _ items: [Int32], _ semantic: SemanticNeighbors?, _ vectors: (any VectorSource)?, threads: Int
    ) throws -> SemanticFindings? {
        guard let semantic, let vectors else { return nil }
        let values = try vectors.vectors(of: items, threads: threads)
        let dimension = vectors.dimension
        let rows = items.indices.map { Array(values[($0 * dimension)..<(($0 + 1) * dimension)]) }
        let threshold = options.semanticThreshold
        let results = ParallelResults<([SemanticNeighbors.Hit], [Near]), any Error>(count: items.count)
        Parallel.forEachRange(items.count, chunk: 16, threads: threads) { range, _ in
            for position in range {
                results.set(position) {
                    (
                        try semantic.near(rows[position], threshold: threshold),
                        within(position, items, rows, threshold)
                    )
                }
            }
        }
        let found = try results.values()
        return SemanticFindings(vectors: rows, hits: found.map(\.0), within: found.map(\.1))
    }

    private func within(_ position: Int, _ items: [Int32], _ rows: [[Float]], _ threshold: Double) -> [Near] {
        var near: [Near] = []
        for other in 0..<position {
            // In single precision first: it is ten times as fast, and errs by far less than the margin.
            var product: Float = 0
            for (a, b) in zip(rows[position], rows[other]) { product += a * b }
            guard Double(product) > threshold - 1e-3 else { continue }
            let cosine = SemanticNeighbors.cosine(rows[position], rows[other])
            guard cosine >= threshold,
                corpus.barrier(Int(items[position]), Int(items[other]), options: options) == nil
            else { continue }
            near.append(
                Near(
                    position: other, tier: .semantic, similarity: cosine,
                    isOpposite: corpus.isOpposite(Int(items[position]), Int(items[other]))))
        }
        return near.sorted { ($1.similarity, $0.position) < ($0.similarity, $1.position) }
    }

    private func settle(_ finding: inout Finding, _ item: Int32, _ hits: [SemanticNeighbors.Hit]) {
        for hit in hits where corpus.barrier(Int(item), Int(hit.item), options: options) == nil {
            if corpus.isOpposite(Int(item), Int(hit.item)) {
                finding.note(opposite: hit.item, .semantic, hit.similarity)
            } else {
                (finding.kept, finding.tier, finding.similarity) = (hit.item, .semantic, hit.similarity)
                return
            }
        }
    }
}
