import CKernels

/// The exact answer: every acceptable row in full precision.
///
/// - Complexity: O(rows * dimension), at the speed of memory.
enum ExactScan {
    /// The best `limit` rows, best first. `query` is prepared as rows are (unit length for cosine).
    static func search(
        _ rows: VectorRows, query: UnsafePointer<Float>, limit: Int, acceptance: some Acceptance,
        workspace: SearchWorkspace, statistics: inout SearchStatistics
    ) -> [Candidate] {
        var best = CandidateHeap(bestFirst: false)
        let kernels = fp_kernels_current().pointee
        let run = SearchWorkspace.runLength
        let stride = rows.vectors.stride
        var start = 0
        while start < rows.count {
            let end = min(start + run, rows.count)
            var accepted = 0
            for row in start..<end where acceptance.accepts(UInt32(row)) {
                workspace.ids[accepted] = UInt32(row)
                accepted += 1
            }
            if accepted == end - start {
                kernels.dot_f32_rows(
                    query, rows.vectors.row(start), stride, rows.dimension, accepted, workspace.floats)
            } else if accepted > 0 {
                kernels.dot_f32_gather(
                    query, rows.vectors.base, stride, rows.dimension, workspace.ids, accepted, workspace.floats)
            }
            statistics.scoredRows += accepted
            for index in 0..<accepted {
                let row = workspace.ids[index]
                let candidate = Candidate(affinity: workspace.floats[index] + rows.bias(row), row: row)
                if best.count < limit {
                    // A damaged vector may give NaN, which compares with nothing.
                    if !candidate.affinity.isNaN { best.push(candidate) }
                } else if let worst = best.root, candidate.isBefore(worst) {
                    best.replaceRoot(with: candidate)
                }
            }
            start = end
        }
        return best.items.sorted { $0.isBefore($1) }
    }
}
