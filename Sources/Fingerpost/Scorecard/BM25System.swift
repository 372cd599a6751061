import Platform
import TextEncoder

/// The baseline of words: ``BM25Index``.
public struct BM25System: RankingSystem {
    public let name = "BM25"
    public var encoder: EncoderIdentity? { nil }
    public var parameters: BM25Index.Parameters

    public init(parameters: BM25Index.Parameters = BM25Index.Parameters()) { self.parameters = parameters }

    public func ranking(
        of documents: [String], work: inout RankingWork, threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws -> any DocumentRanking {
        let start = ContinuousClock.now
        let index = BM25Index(documents, parameters: parameters)
        work.textCount += documents.count
        work.reading += start.duration(to: .now)
        progress?(documents.count)
        return Ranking(index: index)
    }

    public func similarities(
        of pairs: [(first: String, second: String)], work: inout RankingWork, threads: Int,
        progress: (@Sendable (Int) -> Void)?
    ) throws -> [Double]? { nil }

    private struct Ranking: DocumentRanking {
        let index: BM25Index

        func rank(
            _ queries: [String], depth: Int, work: inout RankingWork, threads: Int, progress: (@Sendable (Int) -> Void)?
        ) throws -> [[RankedDocument]] {
            let start = ContinuousClock.now
            let results = ParallelResults<[RankedDocument], Never>(count: queries.count)
            Parallel.forEachRange(queries.count, chunk: 16, threads: threads) { range, _ in
                for query in range { results.set(query) { index.search(queries[query], limit: depth) } }
            }
            work.queryCount += queries.count
            work.ranking += start.duration(to: .now)
            progress?(queries.count)
            return results.values()
        }
    }
}
