/// How to search. The defaults suit most uses.
public struct SearchOptions<Key: IndexKey>: Sendable {
    /// Length of the beam: larger finds more of the true neighbours and takes longer. Nil takes the index's own.
    /// Never less than the limit.
    public var efSearch: Int?
    /// Which rows may be returned.
    public var filter: SearchFilter<Key>
    /// Rows below this score are not returned.
    public var minimumScore: Float?
    /// Whether to scan, to use the graph, or to let the index decide.
    public var strategy: SearchStrategy

    public init(
        efSearch: Int? = nil, filter: SearchFilter<Key> = .none, minimumScore: Float? = nil,
        strategy: SearchStrategy = .automatic
    ) {
        self.efSearch = efSearch
        self.filter = filter
        self.minimumScore = minimumScore
        self.strategy = strategy
    }
}

/// How the rows are gone through.
public enum SearchStrategy: Sendable, Hashable {
    /// The graph where it is faster, a scan where few rows match or the graph could not find enough.
    case automatic
    /// Every matching row in full precision: the exact answer.
    case exact
    /// The graph whatever it costs, and a scan only if it did not find enough: for measuring. An index without a graph
    /// scans.
    case graph
}

/// Which rows a search may return.
public enum SearchFilter<Key: IndexKey>: Sendable {
    case none
    /// The rows of a set made once with ``NeighborIndex/filter(including:)`` and used often.
    case rows(RowFilter)
    /// The rows whose key satisfies a test, called at most once per row that is looked at, from the searching thread.
    case predicate(@Sendable (Key) -> Bool)
}

/// A set of rows of one index, for use in filters.
///
/// It names rows, not keys: a row that is updated or added later is not in it. Once an index has moved its rows
/// (``HNSWIndex/compact(threads:progress:)``), an older filter is refused with ``VectorIndexError/staleFilter``.
public struct RowFilter: Sendable {
    let bits: BitSet
    let epoch: UInt64

    /// Number of rows in the set when it was made.
    public let count: Int
}

/// One row found, and how well it matches.
public struct Neighbor<Key: IndexKey>: Sendable, Hashable, Identifiable {
    public var key: Key
    /// Larger is better; see ``Metric``.
    public var score: Float
    public var id: Key { key }

    public init(key: Key, score: Float) {
        self.key = key
        self.score = score
    }
}

/// What was found, best first, and how.
public struct SearchResult<Key: IndexKey>: Sendable, RandomAccessCollection {
    public var neighbors: [Neighbor<Key>]
    public var statistics: SearchStatistics

    public var startIndex: Int { 0 }
    public var endIndex: Int { neighbors.count }
    public subscript(position: Int) -> Neighbor<Key> { neighbors[position] }
}

/// What a search did.
public struct SearchStatistics: Sendable, Hashable {
    /// How the answer was found.
    public enum Plan: String, Sendable, Hashable {
        case graph, exact
        /// The graph found too few, so every matching row was scanned.
        case graphThenExact
    }

    public var plan: Plan = .exact
    /// Rows scored, in codes or in full precision.
    public var scoredRows = 0
    /// Nodes whose links were followed.
    public var expandedNodes = 0
}
