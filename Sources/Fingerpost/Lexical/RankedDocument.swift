/// A document of a ranking, by its place among the documents that were searched.
public struct RankedDocument: Sendable, Hashable {
    /// Counted from 0.
    public var row: Int
    /// Higher is better; comparable within one system alone.
    public var score: Float

    public init(row: Int, score: Float) {
        self.row = row
        self.score = score
    }
}

/// The best few of many documents, best first; equal scores in the order in which they were offered.
struct TopDocuments {
    private(set) var documents: [RankedDocument] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = max(0, limit)
        documents.reserveCapacity(min(self.limit, 1_024) + 1)
    }

    /// What a score must exceed to get in.
    var bar: Float {
        guard limit > 0 else { return .infinity }
        return documents.count < limit ? -.infinity : documents[documents.count - 1].score
    }

    /// Takes the document in if it is among the best so far. O(`limit`), O(1) where it is not.
    mutating func offer(row: Int, score: Float) {
        guard score > bar else { return }
        if documents.count == limit { documents.removeLast() }
        var place = documents.count
        while place > 0, documents[place - 1].score < score { place -= 1 }
        documents.insert(RankedDocument(row: row, score: score), at: place)
    }
}
