import Platform

extension NeighborIndex {
    /// The nearest rows to each of many queries, on several threads.
    ///
    /// - Parameters:
    ///   - queries: one after the other.
    ///   - threads: how many threads may work; nil for all there are.
    /// - Returns: a result for each query, in their order.
    /// - Throws: what a search throws, for the first query that is at fault.
    public func search(
        contentsOf queries: [Float], limit: Int, options: SearchOptions<Key> = SearchOptions(), threads: Int? = nil
    ) throws -> [SearchResult<Key>] {
        guard queries.count % dimension == 0 else {
            throw VectorIndexError.dimensionMismatch(expected: dimension, actual: queries.count % dimension)
        }
        let count = queries.count / dimension
        let results = ParallelResults<SearchResult<Key>, any Error>(count: count)
        Parallel.forEachRange(count, chunk: 8, threads: threads ?? Processors.available) { range, _ in
            for index in range {
                results.set(index) {
                    let start = index * dimension
                    return try search(Array(queries[start..<(start + dimension)]), limit: limit, options: options)
                }
            }
        }
        return try results.values()
    }

    /// All rows of at least a score, best first.
    ///
    /// The search is widened until it has reached rows below the score. As with any search of a graph, rows may be
    /// missed that hide behind others; ``SearchStrategy/exact`` misses none.
    ///
    /// - Parameters:
    ///   - minimumScore: see ``Metric`` for what scores are. Takes the place of ``SearchOptions/minimumScore``.
    ///   - limit: how many at most; nil for no limit.
    /// - Complexity: that of a search for as many rows as come back.
    public func search(
        _ query: [Float], atLeast minimumScore: Float, limit: Int? = nil,
        options: SearchOptions<Key> = SearchOptions()
    ) throws -> SearchResult<Key> {
        var options = options
        options.minimumScore = nil
        var wanted = min(limit ?? .max, 32)
        while true {
            var result = try search(query, limit: wanted, options: options)
            let found = result.neighbors.count
            result.neighbors.removeAll { !($0.score >= minimumScore) }
            if result.neighbors.count < found || found < wanted || wanted >= limit ?? .max { return result }
            wanted = min(limit ?? .max, wanted * 4)
        }
    }

    /// The rows in order of their score, a page at a time, for as long as there are more.
    ///
    /// ```swift
    /// var pages = index.pages(of: query, size: 20)
    /// while let page = try pages.next() { … }
    /// ```
    public func pages(
        of query: [Float], size: Int, options: SearchOptions<Key> = SearchOptions()
    ) -> SearchPages<Self> {
        SearchPages(index: self, query: query, size: max(1, size), options: options)
    }
}

/// Pages of a search; see ``NeighborIndex/pages(of:size:options:)``.
///
/// No row comes twice, whatever happens to the index in between. What a later page finds is not put before what an
/// earlier one has already given.
public struct SearchPages<Index: NeighborIndex> {
    let index: Index
    let query: [Float]
    let size: Int
    let options: SearchOptions<Index.Key>
    private var given: Set<Index.Key> = []
    private var waiting: ArraySlice<Neighbor<Index.Key>> = []
    private var isExhausted = false

    init(index: Index, query: [Float], size: Int, options: SearchOptions<Index.Key>) {
        self.index = index
        self.query = query
        self.size = size
        self.options = options
    }

    /// The next page, of fewer than ``size`` rows if it is the last; nil after that.
    ///
    /// - Throws: what a search throws.
    /// - Complexity: that of a search for twice as many rows as have come so far, every time these have doubled.
    public mutating func next() throws -> [Neighbor<Index.Key>]? {
        if waiting.count < size, !isExhausted {
            let wanted = max(2 * given.count, given.count + 2 * size)
            let found = try index.search(query, limit: wanted, options: options).neighbors
            isExhausted = found.count < wanted
            waiting = found.filter { !given.contains($0.key) }[...]
        }
        let page = Array(waiting.prefix(size))
        waiting = waiting.dropFirst(size)
        guard !page.isEmpty else { return nil }
        given.formUnion(page.map(\.key))
        return page
    }
}
