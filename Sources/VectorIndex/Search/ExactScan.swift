import CKernels

/// The exact answer: every acceptable row in full precision.
///
/// - Complexity: O(rows * dimension), at the speed of memory.
enum ExactScan {
    /// The exact answer under a filter.
    static func search<Key: IndexKey>(
        _ rows: RowView, keys: KeyView<Key>, query: PreparedQuery, limit: Int, filter: SearchFilter<Key>,
        workspace: SearchWorkspace, statistics: inout SearchStatistics
    ) -> [Candidate] {
        func scan(_ acceptance: Acceptance) -> [Candidate] {
            search(
                rows, query: query.vector, limit: min(limit, rows.liveCount), acceptance: acceptance,
                workspace: workspace, statistics: &statistics)
        }
        let live = Acceptance.rows(rows.live)
        return switch filter {
        case .none: rows.liveCount == rows.count ? scan(.all) : scan(live)
        case .rows(let filter):
            rows.living(filter).bits.words.withUnsafeBufferPointer { scan(.rows($0)) }
        case .predicate(let predicate): scan(.rows(rows.live, where: { predicate(keys[$0]) }))
        }
    }

    /// The best `limit` rows, best first. `query` is prepared as rows are (unit length for cosine).
    ///
    /// Worth nothing if the workspace says that there is damage.
    static func search(
        _ rows: RowView, query: UnsafePointer<Float>, limit: Int, acceptance: Acceptance,
        workspace: SearchWorkspace, statistics: inout SearchStatistics
    ) -> [Candidate] {
        guard limit > 0 else { return [] }
        var best = CandidateHeap()
        let kernels = fp_kernels_current().pointee
        let regions = RegionGuard(rows.vectorChecksums)
        func offer(_ count: Int) {
            statistics.scoredRows += count
            for index in 0..<count {
                let row = workspace.ids[index]
                let candidate = Candidate(affinity: workspace.floats[index] + rows.bias(row), row: row)
                if best.count < limit {
                    // Products of large numbers may give NaN, which compares with nothing.
                    if !candidate.affinity.isNaN { best.push(candidate) }
                } else if let worst = best.worst, candidate.isBefore(worst) {
                    best.replaceWorst(with: candidate)
                }
            }
        }
        acceptance.forEachRun(rows: rows.count, ids: workspace.ids, room: SearchWorkspace.runLength) { count in
            guard workspace.damage == nil else { return }
            for index in 0..<count where !workspace.admits(workspace.ids[index], regions) { return }
            let (first, last) = (workspace.ids[0], workspace.ids[count - 1])
            if Int(last - first) == count - 1, rows.areAdjacent(first, last) {
                kernels.dot_f32_rows(
                    query, rows.vector(first), rows.vectorStride, rows.dimension, count, workspace.floats)
            } else {
                for index in 0..<count { workspace.vectors[index] = rows.vector(workspace.ids[index]) }
                kernels.dot_f32_gather(query, workspace.vectors, rows.dimension, count, workspace.floats)
            }
            offer(count)
        }
        return best.items.sorted { $0.isBefore($1) }
    }
}
