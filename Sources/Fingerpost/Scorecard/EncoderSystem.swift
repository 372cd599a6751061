import LinearAlgebra
import Platform
import TextEncoder

/// An encoder with exact search by cosine similarity.
public struct EncoderSystem: RankingSystem {
    public var name: String
    private let model: any SentenceEncoder

    /// - Parameter name: what reports call it; nil for the encoder's own name.
    public init(_ encoder: any SentenceEncoder, name: String? = nil) {
        self.name = name ?? encoder.identity.name
        model = encoder
    }

    public var encoder: EncoderIdentity? { model.identity }

    public func ranking(
        of documents: [String], work: inout RankingWork, threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws -> any DocumentRanking {
        VectorRanking(
            system: self, documents: try vectors(of: documents, work: &work, threads: threads, progress: progress))
    }

    public func similarities(
        of pairs: [(first: String, second: String)], work: inout RankingWork, threads: Int,
        progress: (@Sendable (Int) -> Void)?
    ) throws -> [Double]? {
        let first = try vectors(of: pairs.map(\.first), work: &work, threads: threads, progress: progress)
        let second = try vectors(of: pairs.map(\.second), work: &work, threads: threads) { finished in
            progress?(pairs.count + finished)
        }
        return pairs.indices.map { row in
            first.withRow(row) { x in
                second.withRow(row) { y in zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
            }
        }
    }

    /// A row of unit length for each text, or of zeros where the encoder knows none of its words.
    fileprivate func vectors(
        of texts: [String], work: inout RankingWork, threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws -> Matrix {
        let start = ContinuousClock.now
        let matrix = try TextEmbedding.matrix(of: texts, encoder: model, threads: threads, progress: progress)
        work.textCount += texts.count
        work.reading += start.duration(to: .now)
        return matrix
    }
}

/// Documents as vectors.
private struct VectorRanking: DocumentRanking {
    private let system: EncoderSystem
    private let documents: Matrix
    /// Documents without a word that the encoder knows: similarity to them means nothing.
    private let unknown: Set<Int>

    init(system: EncoderSystem, documents: Matrix) {
        self.system = system
        self.documents = documents
        unknown = Self.zeroRows(documents)
    }

    func rank(
        _ queries: [String], depth: Int, work: inout RankingWork, threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws -> [[RankedDocument]] {
        let vectors = try system.vectors(of: queries, work: &work, threads: threads, progress: progress)
        let start = ContinuousClock.now
        let unknownQueries = Self.zeroRows(vectors)
        let results = ParallelResults<[RankedDocument], Never>(count: queries.count)
        // Each block goes through all documents, so that few large ones do it less often; they are kept to 32 MB.
        let blockRows = max(64, min(1_024, (8 << 20) / max(1, documents.rows)))
        try vectors.forEachProductBlock(
            by: documents, transposingOther: true, blockRows: blockRows, threads: threads
        ) { rows, block in
            for row in rows {
                let start = (row - rows.lowerBound) * documents.rows
                let scores = block.extracting(start..<(start + documents.rows))
                results.set(row) { unknownQueries.contains(row) ? [] : best(scores, depth: depth) }
            }
        }
        work.queryCount += queries.count
        work.ranking += start.duration(to: .now)
        return results.values()
    }

    private func best(_ scores: UnsafeBufferPointer<Float>, depth: Int) -> [RankedDocument] {
        var best = TopDocuments(limit: depth)
        var bar = best.bar
        for row in scores.indices where scores[row] > bar && !unknown.contains(row) {
            best.offer(row: row, score: scores[row])
            bar = best.bar
        }
        return best.documents
    }

    private static func zeroRows(_ matrix: Matrix) -> Set<Int> {
        Set((0..<matrix.rows).filter { row in matrix.withRow(row) { $0.allSatisfy { $0 == 0 } } })
    }
}
