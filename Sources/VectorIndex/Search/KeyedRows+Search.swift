import CKernels

extension KeyedRows {
    /// A query checked and prepared as rows are, in the workspace.
    struct PreparedQuery {
        let vector: UnsafePointer<Float>
        /// Matters to L2 alone.
        let squaredLength: Float
    }

    func prepare(
        _ query: UnsafeBufferPointer<Float>, workspace: SearchWorkspace, kernels: fp_kernels
    ) throws(VectorIndexError) -> PreparedQuery {
        guard query.count == rows.dimension, let base = query.baseAddress else {
            throw .dimensionMismatch(expected: rows.dimension, actual: query.count)
        }
        try rows.validate(query)
        workspace.prepareQuery(dimension: rows.dimension)
        workspace.query.update(from: base, count: rows.dimension)
        if rows.metric == .cosine { rows.normalize(workspace.query, kernels) }
        let length =
            rows.metric == .squaredL2 ? kernels.dot_f32(workspace.query, workspace.query, rows.dimension) : 0
        return PreparedQuery(vector: UnsafePointer(workspace.query), squaredLength: length)
    }

    func check(limit: Int, options: SearchOptions<Key>) throws(VectorIndexError) {
        guard limit >= 0 else { throw .invalidParameter(name: "limit", value: limit, allowed: "0 or more") }
        if let ef = options.efSearch, !(1...1_000_000).contains(ef) {
            throw .invalidParameter(name: "efSearch", value: ef, allowed: "1 to 1000000")
        }
        if case .rows(let filter) = options.filter, filter.epoch != epoch { throw .staleFilter }
    }

    /// The exact answer under a filter.
    func scan(
        _ query: PreparedQuery, limit: Int, filter: SearchFilter<Key>, workspace: SearchWorkspace,
        statistics: inout SearchStatistics
    ) -> [Candidate] {
        func scan(_ acceptance: some Acceptance) -> [Candidate] {
            ExactScan.search(
                rows, query: query.vector, limit: min(limit, rows.liveCount), acceptance: acceptance,
                workspace: workspace, statistics: &statistics)
        }
        return switch filter {
        case .none: rows.liveCount == rows.count ? scan(AcceptAll()) : scan(AcceptRows(bits: rows.live))
        case .rows(let filter): scan(AcceptRows(bits: rows.live.intersection(filter.bits)))
        case .predicate(let predicate):
            scan(AcceptKeys(live: rows.live, keys: keys.keys, predicate: predicate))
        }
    }

    /// Turns rows into what the caller sees: keys and scores, cut at the minimum, equal scores in key order.
    func neighbors(
        _ candidates: [Candidate], query: PreparedQuery, minimumScore: Float?
    ) -> [Neighbor<Key>] {
        var result: [Neighbor<Key>] = []
        result.reserveCapacity(candidates.count)
        var hasTies = false
        for candidate in candidates {
            let score = rows.score(affinity: candidate.affinity, querySquaredLength: query.squaredLength)
            if let minimumScore, !(score >= minimumScore) { continue }
            if let last = result.last, last.score == score { hasTies = true }
            result.append(Neighbor(key: keys[candidate.row], score: score))
        }
        // Candidates come in order, so that only ties are left to settle.
        if hasTies { result.sort { $0.score > $1.score || ($0.score == $1.score && $0.key < $1.key) } }
        return result
    }
}
