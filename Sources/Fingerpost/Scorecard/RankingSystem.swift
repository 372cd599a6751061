import TextEncoder

/// Something that ranks documents by how well they fit a query: what a scorecard measures.
public protocol RankingSystem: Sendable {
    /// What reports call it.
    var name: String { get }
    /// The encoder behind it, if there is one.
    var encoder: EncoderIdentity? { get }

    /// Reads the documents in, so that they can be ranked.
    ///
    /// - Parameters:
    ///   - documents: their texts.
    ///   - work: to which the texts and the time are added.
    ///   - threads: how many may work at once. The result does not depend on it.
    ///   - progress: told how many texts are finished, from any thread.
    func ranking(
        of documents: [String], work: inout RankingWork, threads: Int, progress: (@Sendable (_ finished: Int) -> Void)?
    ) throws -> any DocumentRanking

    /// How similar the two texts of each pair are; nil where the system compares queries with documents alone.
    func similarities(
        of pairs: [(first: String, second: String)], work: inout RankingWork, threads: Int,
        progress: (@Sendable (_ finished: Int) -> Void)?
    ) throws -> [Double]?
}

/// Documents that have been read in.
public protocol DocumentRanking: Sendable {
    /// The best documents for each query, best first, at most `depth` of them and none twice.
    ///
    /// A document that cannot be compared with the query, by the system's own lights, is left out rather than ranked
    /// last.
    func rank(
        _ queries: [String], depth: Int, work: inout RankingWork, threads: Int,
        progress: (@Sendable (_ finished: Int) -> Void)?
    ) throws -> [[RankedDocument]]
}

/// What a system did and how long it took, on all threads together.
public struct RankingWork: Sendable, Hashable {
    /// Texts read in: encoded or indexed.
    public var textCount = 0
    /// Time for these.
    public var reading = Duration.zero
    /// Queries ranked.
    public var queryCount = 0
    /// Time for these, beyond encoding them.
    public var ranking = Duration.zero

    public init() {}

    /// Texts a second; 0 where there were none.
    public var textsPerSecond: Double { textCount > 0 ? Double(textCount) / max(reading.secondsValue, 1e-9) : 0 }
}
