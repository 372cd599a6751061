import CKernels

extension GraphView {
    /// Algorithm 4 of the paper on codes, relaxed as in Vamana (Subramanya et al., NeurIPS 2019): keeps a candidate
    /// unless one kept before it is nearer to it than the node is, by a margin.
    ///
    /// Copies of the node itself are a case apart. Measured from one of them, everything is as far as from the node,
    /// so it would shut out all others; and kept without bound they would fill the list. Either way a search that
    /// arrives among many copies would never leave. So a few copies are kept, and they shut out nobody.
    ///
    /// - Parameters:
    ///   - candidates: affinities to the node, best first; the node itself and repetitions are passed over.
    ///   - fills: whether places that are left are given to the nearest candidates that were passed over.
    func selectNeighbors(
        of node: UInt32, among candidates: [Candidate], limit: Int, fills: Bool, workspace: SearchWorkspace,
        kernels: fp_kernels
    ) -> [UInt32] {
        let selected = workspace.ids
        let codes = workspace.codes
        var count = 0
        var copies = 0
        var passed: [UInt32] = []
        let size = layout.codeSize
        let own = CodedQuery(code: rows.code(node), scale: rows.scale(node))
        let copyAffinity = affinity(own, node, kernels)
        var previous = Self.noLink
        for candidate in candidates {
            if count == limit { break }
            let row = candidate.row
            if row == node || row == previous { continue }
            previous = row
            if candidate.affinity == copyAffinity, isCopy(row, of: node) {
                if copies < Self.keptCopies {
                    // Copies are moved to the front, where the comparison below leaves them out.
                    selected[count] = selected[copies]
                    codes[count] = codes[copies]
                    selected[copies] = row
                    codes[copies] = rows.code(row)
                    copies += 1
                    count += 1
                }
                continue
            }
            let scale = rows.scale(row)
            let bound = separation(of: candidate, from: node)
            var isDiverse = true
            var start = copies
            while start < count, isDiverse {
                let run = min(4, count - start)
                kernels.dot_i8_gather(rows.code(row), codes + start, size, run, workspace.integers)
                for index in 0..<run {
                    let other = selected[start + index]
                    let toOther = Float(workspace.integers[index]) * (scale * rows.scale(other)) + rows.bias(other)
                    if toOther >= bound { isDiverse = false }
                }
                start += run
            }
            if isDiverse {
                selected[count] = row
                codes[count] = rows.code(row)
                count += 1
            } else if fills {
                passed.append(row)
            }
        }
        var result = Array(UnsafeBufferPointer(start: selected, count: count))
        if fills { result.append(contentsOf: passed.prefix(limit - count)) }
        return result
    }

    /// The affinity to a kept neighbour, from the candidate as the one who asks, at which the candidate is left out:
    /// that of a neighbour 1 / 1.1 times as far, squared, as the node. Without a metric there are no distances to scale.
    private func separation(of candidate: Candidate, from node: UInt32) -> Float {
        let toNode = candidate.affinity - rows.bias(candidate.row) + rows.bias(node)
        switch rows.metric {
        case .dot: return toNode
        case .cosine: return 1 - (1 - toNode) / Self.margin
        case .squaredL2:
            let own = -2 * rows.bias(candidate.row)
            // |x - y|^2 = |x|^2 - 2 affinity
            return (own - (own - 2 * toNode) / Self.margin) / 2
        }
    }

    private static var margin: Float { 1.1 }

    /// Links that a node may spend on copies of itself.
    private static var keptCopies: Int { 2 }

    /// Whether two rows have the same code, so that no search can tell them apart before reranking.
    private func isCopy(_ row: UInt32, of other: UInt32) -> Bool {
        guard rows.scale(row) == rows.scale(other) else { return false }
        let a = UnsafeBufferPointer(start: rows.code(row), count: layout.codeSize)
        let b = UnsafeBufferPointer(start: rows.code(other), count: layout.codeSize)
        return a.elementsEqual(b)
    }

    /// Affinities of a node to others, best first.
    func ranked(
        node: UInt32, others: [UInt32], workspace: SearchWorkspace, kernels: fp_kernels
    ) -> [Candidate] {
        let scale = rows.scale(node)
        let code = rows.code(node)
        var result: [Candidate] = []
        result.reserveCapacity(others.count)
        var start = 0
        while start < others.count {
            let run = min(SearchWorkspace.runLength, others.count - start)
            for index in 0..<run { workspace.codes[index] = rows.code(others[start + index]) }
            kernels.dot_i8_gather(code, workspace.codes, layout.codeSize, run, workspace.integers)
            for index in 0..<run {
                let other = others[start + index]
                let affinity = Float(workspace.integers[index]) * (scale * rows.scale(other)) + rows.bias(other)
                result.append(Candidate(affinity: affinity, row: other))
            }
            start += run
        }
        return result.sorted { $0.isBefore($1) }
    }
}
