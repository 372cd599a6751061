import CKernels

extension GraphView {
    /// A search on int8 codes that keeps to acceptable nodes: from each it goes to the acceptable ones among its
    /// neighbours, and, through the others, to those among theirs. Leaves what it found in ``SearchWorkspace/found``;
    /// false if there was nowhere to begin, or it came upon damage.
    ///
    /// Nodes that do not match cost a look at their links, not at their codes, which are most of what a search reads.
    /// After ACORN-1 (Patel et al., SIGMOD 2024, arXiv:2403.04871).
    func searchMatching(
        query: CodedQuery, travel: Travel, from entry: UInt32, acceptance: Acceptance, workspace: SearchWorkspace,
        kernels: fp_kernels, statistics: inout SearchStatistics
    ) -> Bool {
        workspace.begin(travel, rows: rows.count)
        let graph = kernels.graph.pointee
        var beam = workspace.beam
        var found = workspace.found
        var scored = 0
        var expanded = 0
        defer {
            workspace.beam = beam
            workspace.found = found
            statistics.scoredRows += scored
            statistics.expandedNodes += expanded
        }
        let nodes = RegionGuard(rows.nodeChecksums)
        _ = workspace.visit(entry)
        var current = entry
        if acceptance.accepts(entry) {
            let affinity = affinity(query, entry, kernels)
            _ = beam.insert(affinity, entry | SortedCandidates.expanded, graph)
            _ = found.insert(affinity, entry, graph)
        }
        var cursor = 0
        while true {
            guard let collected = collectMatching(around: current, acceptance, nodes, workspace) else { return false }
            expanded += 1
            scored += collected
            kernels.dot_i8_gather(query.code, workspace.codes, layout.codeSize, collected, workspace.integers)
            for index in 0..<collected {
                let row = workspace.ids[index]
                let factors = rows.factors(row)
                let product = Float(workspace.integers[index]) * (query.scale * factors.pointee.scale)
                let affinity = product + factors.pointee.bias
                guard affinity > beam.threshold else { continue }
                cursor = min(cursor, beam.insert(affinity, row, graph))
                _ = found.insert(affinity, row, graph)
            }
            while cursor < beam.count, beam.rows[cursor] & SortedCandidates.expanded != 0 { cursor += 1 }
            guard cursor < beam.count else { return beam.count > 0 }
            current = beam.rows[cursor]
            beam.rows[cursor] = current | SortedCandidates.expanded
            cursor += 1
        }
    }

    /// Puts the acceptable nodes within two links that have not been seen before into the workspace, with their codes,
    /// and returns their number. Nil if there is damage.
    private func collectMatching(
        around node: UInt32, _ acceptance: Acceptance, _ nodes: RegionGuard?, _ workspace: SearchWorkspace
    ) -> Int? {
        let rowCount = UInt32(rows.count)
        var collected = 0
        /// False if a search has to end there.
        func take(_ row: UInt32) -> Bool {
            guard workspace.admits(row, nodes) else { return false }
            let code = rows.code(row)
            fp_prefetch(code)
            workspace.ids[collected] = row
            workspace.codes[collected] = code
            collected += 1
            return true
        }
        // Others go to the end of the same array.
        var others = SearchWorkspace.runLength
        let links = links(node)
        for index in 0..<layout.degree {
            let neighbor = links[index]
            if neighbor == Self.noLink { break }
            guard neighbor < rowCount, workspace.visit(neighbor) else { continue }
            if acceptance.accepts(neighbor) {
                guard take(neighbor) else { return nil }
            } else {
                guard workspace.admits(neighbor, nodes) else { return nil }
                others -= 1
                workspace.ids[others] = neighbor
                let links = self.links(neighbor)
                fp_prefetch(links)
                fp_prefetch(links + 16)
            }
        }
        for place in (others..<SearchWorkspace.runLength).reversed() {
            let links = self.links(workspace.ids[place])
            for index in 0..<layout.degree {
                let neighbor = links[index]
                if neighbor == Self.noLink || collected == others { break }
                guard neighbor < rowCount, acceptance.accepts(neighbor), workspace.visit(neighbor) else { continue }
                guard take(neighbor) else { return nil }
            }
        }
        return collected
    }
}
