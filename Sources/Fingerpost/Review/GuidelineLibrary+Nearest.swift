import GuidelineStore
import VectorIndex

/// A guideline that stands near another one in meaning.
public struct GuidelineNeighbor: Sendable, Hashable, Identifiable {
    public var guideline: Guideline
    /// Cosine similarity of what the two say, -1 to 1.
    public var similarity: Double
    /// Whether the two are alike and one negates what the other says, by the words that bar a merge of duplicates.
    public var isOpposite: Bool

    public var id: String { guideline.id }

    public init(guideline: Guideline, similarity: Double, isOpposite: Bool = false) {
        self.guideline = guideline
        self.similarity = similarity
        self.isOpposite = isOpposite
    }

    /// Of texts that are less alike, words do not tell whether they are opposite.
    private static let oppositeSimilarity = 0.7

    init(_ neighbor: Guideline, of guideline: Guideline, similarity: Double) {
        self.init(guideline: neighbor, similarity: similarity)
        guard similarity >= Self.oppositeSimilarity, neighbor.language == guideline.language else { return }
        isOpposite = Polarity.isOpposite(
            TextNormalization.normalized(guideline.text), TextNormalization.normalized(neighbor.text),
            language: guideline.language)
    }
}

extension GuidelineLibrary {
    /// Passages that are looked at before fewer neighbours than wanted are returned.
    private static let mostPassages = 16_384

    /// The guidelines that say what is nearest to what one of the library says, best first. Titles and texts are compared,
    /// not examples; retired guidelines are left out.
    ///
    /// - Returns: At most `limit`; none where the library has no such guideline, or the encoder knows no word of it.
    /// - Complexity: One search of the index; more where examples or retired guidelines are nearer.
    public func nearest(to id: String, limit: Int = 5) throws -> [GuidelineNeighbor] {
        guard limit > 0, let row = try database.rows(ids: [id])[0], let guideline = try guideline(id: id) else {
            return []
        }
        return try mendingIndex {
            let passages = try currentPassages(withWords: false)
            guard let own = passages.statement(ofGuideline: row), let vector = try passages.index.vector(for: own)
            else {
                return []
            }
            var wanted = 8 * limit
            while true {
                let hits = try passages.index.search(vector, limit: wanted)
                let matches = try records.matches(
                    passageIDs: hits.map(\.key), generation: passages.generation, of: database)
                var neighbors: [GuidelineNeighbor] = []
                for case (let hit, let match?) in zip(hits, matches)
                where match.field == .text && match.guideline.id != id && match.guideline.status != .retired {
                    neighbors.append(
                        GuidelineNeighbor(
                            match.guideline, of: guideline, similarity: Double(min(1, max(-1, hit.score)))))
                }
                guard neighbors.count < limit, hits.count == wanted, wanted < Self.mostPassages else {
                    return Array(neighbors.prefix(limit))
                }
                wanted *= 8
            }
        }
    }

    /// The cosine similarity of what two guidelines of the library say; nil where one of them is not there or has no
    /// vector.
    public func similarity(of id: String, and other: String) throws -> Double? {
        let rows = try database.rows(ids: [id, other])
        guard let one = rows[0], let other = rows[1] else { return nil }
        return try mendingIndex {
            let passages = try currentPassages(withWords: false)
            let vectors = try [one, other].map { row in
                try passages.statement(ofGuideline: row).flatMap { try passages.index.vector(for: $0) }
            }
            guard let a = vectors[0], let b = vectors[1] else { return nil }
            var (product, squareA, squareB) = (0.0, 0.0, 0.0)
            for (x, y) in zip(a, b) {
                product += Double(x) * Double(y)
                squareA += Double(x) * Double(x)
                squareB += Double(y) * Double(y)
            }
            guard squareA > 0, squareB > 0 else { return nil }
            return min(1, max(-1, product / (squareA * squareB).squareRoot()))
        }
    }

    /// Calls `body` with every guideline that a filter means, in the order in which they were added. O(guidelines) for
    /// finding them; `body` must not call this library.
    public func forEachGuideline(
        matching filter: GuidelineFilter, _ body: (Guideline) throws -> Void
    ) throws {
        try database.forEachGuideline(rows: try database.rows(matching: filter), body)
    }
}

extension PassageIndex {
    /// The passage that holds what a guideline says, as opposed to its examples.
    fileprivate func statement(ofGuideline row: Int64) -> Int64? {
        guard let slot = table.slot(ofGuideline: row), let first = table.passages(ofSlot: slot).first, !first.isExample
        else { return nil }
        return first.id
    }
}
