import CKernels

/// A query checked and prepared as rows are, in the workspace.
struct PreparedQuery {
    let vector: UnsafePointer<Float>
    /// Matters to L2 alone.
    let squaredLength: Float
}

extension RowView {
    func prepare(
        _ query: UnsafeBufferPointer<Float>, workspace: SearchWorkspace, kernels: fp_kernels
    ) throws(VectorIndexError) -> PreparedQuery {
        guard query.count == dimension, let base = query.baseAddress else {
            throw .dimensionMismatch(expected: dimension, actual: query.count)
        }
        let largest = kernels.max_abs_f32(base, dimension)
        guard largest.isFinite else {
            throw .nonFiniteElement(row: 0, element: query.firstIndex { !$0.isFinite } ?? 0)
        }
        if metric == .cosine, largest == 0 { throw .zeroVector(row: 0) }
        workspace.prepareQuery(dimension: dimension)
        workspace.query.update(from: base, count: dimension)
        if metric == .cosine { VectorMath.normalize(workspace.query, dimension, kernels) }
        let length = metric == .squaredL2 ? kernels.dot_f32(workspace.query, workspace.query, dimension) : 0
        return PreparedQuery(vector: UnsafePointer(workspace.query), squaredLength: length)
    }

    /// What the caller sees of what a search finds: at most `limit` keys, each once.
    ///
    /// - Parameters:
    ///   - isMultiple: whether several rows may have one key, so that more of them have to be found.
    ///   - search: finds so many of the nearest rows, or all there are.
    func neighbors<Key: IndexKey>(
        limit: Int, isMultiple: Bool, keys: KeyView<Key>, query: PreparedQuery, minimumScore: Float?,
        _ search: (_ wanted: Int) -> [Candidate]
    ) -> [Neighbor<Key>] {
        guard isMultiple else {
            return neighbors(search(limit), keys: keys, query: query, minimumScore: minimumScore)
        }
        var wanted = min(limit, liveCount)
        while true {
            wanted = min(4 * wanted, liveCount)
            let candidates = search(wanted)
            let found = neighbors(candidates, keys: keys, query: query, minimumScore: minimumScore)
            var seen: Set<Key> = []
            let distinct = found.filter { seen.insert($0.key).inserted }
            // Fewer than asked for are all that match; and what the minimum has cut is followed by nothing better.
            if distinct.count >= limit || candidates.count < wanted || wanted == liveCount
                || found.count < candidates.count
            {
                return Array(distinct.prefix(limit))
            }
        }
    }

    /// Turns rows into what the caller sees: keys and scores, cut at the minimum, equal scores in key order.
    private func neighbors<Key: IndexKey>(
        _ candidates: [Candidate], keys: KeyView<Key>, query: PreparedQuery, minimumScore: Float?
    ) -> [Neighbor<Key>] {
        var result: [Neighbor<Key>] = []
        result.reserveCapacity(candidates.count)
        var hasTies = false
        for candidate in candidates {
            let score = score(affinity: candidate.affinity, querySquaredLength: query.squaredLength)
            if let minimumScore, !(score >= minimumScore) { continue }
            if let last = result.last, last.score == score { hasTies = true }
            result.append(Neighbor(key: keys[candidate.row], score: score))
        }
        // Candidates come in order, so that only ties are left to settle.
        if hasTies { result.sort { $0.score > $1.score || ($0.score == $1.score && $0.key < $1.key) } }
        return result
    }
}

extension SearchOptions {
    func check(limit: Int, epoch: UInt64) throws(VectorIndexError) {
        guard limit >= 0 else { throw .invalidParameter(name: "limit", value: limit, allowed: "0 or more") }
        if let ef = efSearch, !(1...1_000_000).contains(ef) {
            throw .invalidParameter(name: "efSearch", value: ef, allowed: "1 to 1000000")
        }
        if case .rows(let filter) = self.filter, filter.epoch != epoch { throw .staleFilter }
    }
}
