import CKernels

extension HNSWGraph {
    /// Algorithm 4 of the paper: keeps a candidate if it is nearer to the node than to every candidate kept before it.
    ///
    /// Copies of the node itself are a case apart. Measured from one of them, everything is as far as from the node,
    /// so it would shut out all others; and kept without bound they would fill the list. Either way a search that
    /// arrives among many copies would never leave. So a few copies are kept, and they shut out nobody.
    ///
    /// - Parameter candidates: affinities to the node, best first; the node itself and repetitions are passed over.
    func selectNeighbors(
        _ rows: VectorRows, of node: UInt32, among candidates: [Candidate], limit: Int, kernels: fp_kernels,
        workspace: SearchWorkspace
    ) -> [UInt32] {
        let selected = workspace.ids
        var count = 0
        var copies = 0
        let stride = rows.codes.stride
        let nodeBias = rows.bias(node)
        let copyAffinity =
            Float(kernels.dot_i8(rows.code(node), rows.code(node), stride)) * (rows.scale(node) * rows.scale(node))
            + nodeBias
        var previous = Self.noLink
        for candidate in candidates {
            if count == limit { break }
            let row = candidate.row
            if row == node || row == previous { continue }
            previous = row
            if candidate.affinity == copyAffinity, rows.isCopy(row, of: node) {
                if copies < Self.keptCopies {
                    // Copies are moved to the front, where the comparison below leaves them out.
                    selected[count] = selected[copies]
                    selected[copies] = row
                    copies += 1
                    count += 1
                }
                continue
            }
            // The candidate as the one who asks: how near is the node to it, and how near are the kept ones?
            let toNode = candidate.affinity - rows.bias(row) + nodeBias
            let scale = rows.scale(row)
            var isDiverse = true
            var start = copies
            while start < count, isDiverse {
                let run = min(4, count - start)
                kernels.dot_i8_gather(
                    rows.code(row), rows.codes.base, stride, stride, selected + start, run, workspace.integers)
                for index in 0..<run {
                    let other = selected[start + index]
                    let toOther = Float(workspace.integers[index]) * (scale * rows.scale(other)) + rows.bias(other)
                    if toOther >= toNode { isDiverse = false }
                }
                start += run
            }
            if isDiverse {
                selected[count] = row
                count += 1
            }
        }
        return Array(UnsafeBufferPointer(start: selected, count: count))
    }

    /// Links that a node may spend on copies of itself.
    private static var keptCopies: Int { 2 }

    /// Affinities of a node to others, best first.
    func ranked(
        _ rows: VectorRows, node: UInt32, others: [UInt32], kernels: fp_kernels, workspace: SearchWorkspace
    ) -> [Candidate] {
        let stride = rows.codes.stride
        let scale = rows.scale(node)
        var result: [Candidate] = []
        result.reserveCapacity(others.count)
        var start = 0
        while start < others.count {
            let run = min(SearchWorkspace.runLength, others.count - start)
            others.withUnsafeBufferPointer { buffer in
                guard let ids = buffer.baseAddress else { return }
                kernels.dot_i8_gather(
                    rows.code(node), rows.codes.base, stride, stride, ids + start, run, workspace.integers)
            }
            for index in 0..<run {
                let other = others[start + index]
                result.append(
                    Candidate(
                        affinity: Float(workspace.integers[index]) * (scale * rows.scale(other)) + rows.bias(other),
                        row: other))
            }
            start += run
        }
        return result.sorted { $0.isBefore($1) }
    }
}
