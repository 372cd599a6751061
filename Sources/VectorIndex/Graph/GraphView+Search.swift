import CKernels

extension GraphView {
    /// Algorithm 2 of the paper on level 0, on int8 codes: leaves the nearest nodes in the workspace's beam, and the
    /// acceptable ones among all it scored in ``SearchWorkspace/found``. False if it gave up, or came upon damage.
    ///
    /// All nodes are travelled through, acceptable or not. A hop collects the links not seen before, then scores them together, so that memory is fetched ahead of use.
    func searchCodes(
        query: CodedQuery, travel: Travel, from entries: some Sequence<UInt32>, acceptance: Acceptance,
        workspace: SearchWorkspace, kernels: fp_kernels, statistics: inout SearchStatistics
    ) -> Bool {
        workspace.begin(travel, rows: rows.count)
        let graph = kernels.graph.pointee
        var beam = workspace.beam
        var found = workspace.found
        var matching = workspace.matching
        var scored = 0
        var expanded = 0
        defer {
            workspace.beam = beam
            workspace.found = found
            workspace.matching = matching
            statistics.scoredRows += scored
            statistics.expandedNodes += expanded
        }
        for row in entries where workspace.visit(row) {
            let affinity = affinity(query, row, kernels)
            _ = beam.insert(affinity, row, graph)
            if acceptance.accepts(row) {
                _ = found.insert(affinity, row, graph)
                if travel.isFiltered { _ = matching.insert(affinity, row, graph) }
            }
        }
        let ids = workspace.ids
        let codes = workspace.codes
        let products = workspace.integers
        let rowCount = UInt32(rows.count)
        let nodes = RegionGuard(rows.nodeChecksums)
        var cursor = 0
        while cursor < beam.count {
            let current = beam.rows[cursor]
            if travel.isFiltered {
                if beam.affinities[cursor] < matching.threshold { break }
                if travel.isHopeless(expanded: expanded, found: matching.count) { return false }
            }
            cursor += 1
            if current & SortedCandidates.expanded != 0 { continue }
            beam.rows[cursor - 1] = current | SortedCandidates.expanded
            expanded += 1
            let links = links(current)
            var collected = 0
            for index in 0..<layout.degree {
                let neighbor = links[index]
                if neighbor == Self.noLink { break }
                // A row that was added after this search began.
                if neighbor >= rowCount { continue }
                if workspace.visit(neighbor) {
                    guard workspace.admits(neighbor, nodes) else { return false }
                    ids[collected] = neighbor
                    codes[collected] = rows.code(neighbor)
                    collected += 1
                }
            }
            // The links that are likely to be followed next come while these rows are scored.
            for place in cursor..<min(cursor + 2, beam.count) {
                let ahead = self.links(beam.rows[place] & SortedCandidates.rowMask)
                fp_prefetch(ahead)
                fp_prefetch(ahead + 16)
            }
            guard collected > 0 else { continue }
            kernels.dot_i8_gather(query.code, codes, layout.codeSize, collected, products)
            scored += collected
            for index in 0..<collected {
                let row = ids[index]
                let factors = rows.factors(row)
                let affinity = Float(products[index]) * (query.scale * factors.pointee.scale) + factors.pointee.bias
                if !travel.isFiltered {
                    if affinity > beam.threshold { cursor = min(cursor, beam.insert(affinity, row, graph)) }
                    if affinity > found.threshold, acceptance.accepts(row) { _ = found.insert(affinity, row, graph) }
                } else if affinity > max(beam.threshold, matching.threshold) {
                    cursor = min(cursor, beam.insert(affinity, row, graph))
                    if acceptance.accepts(row) {
                        _ = matching.insert(affinity, row, graph)
                        _ = found.insert(affinity, row, graph)
                    }
                }
            }
        }
        return true
    }

    /// The same in the fast layout: neighbours are scored together from the low-bit codes beside the links, and a row's
    /// own code only when its links are followed. The beam is one of estimates; ``SearchWorkspace/found`` has affinities
    /// of int8 codes.
    ///
    /// Best-first search on estimates with distances of the expanded nodes alone is SymphonyQG's (Gou et al.,
    /// arXiv:2411.12229). Here the next node is settled one step ahead, so that its block comes from memory while the
    /// one before is scored: a little less greedy, and much faster.
    func searchPanels(
        query: CodedQuery, table: fp_table_query, travel: Travel, from entry: UInt32, acceptance: Acceptance,
        workspace: SearchWorkspace, kernels: fp_kernels, statistics: inout SearchStatistics
    ) -> Bool {
        workspace.begin(travel, rows: rows.count)
        let graph = kernels.graph.pointee
        var beam = workspace.beam
        var found = workspace.found
        // Acceptable rows by their estimates.
        var matching = workspace.matching
        var expanded = 0
        defer {
            workspace.beam = beam
            workspace.found = found
            workspace.matching = matching
            statistics.scoredRows += expanded * layout.degree
            statistics.expandedNodes += expanded
        }
        var table = table
        let scores = workspace.floats
        let rowCount = UInt32(rows.count)
        let nodes = RegionGuard(rows.nodeChecksums)
        let (codeSize, panelsOffset, lines) = (
            layout.codeSize, layout.panelsOffset, layout.blockLines - layout.codeSize / 64
        )
        let (panelSize, panelCount) = (layout.panelSize, layout.panelCount)
        _ = workspace.visit(entry)
        var current = entry
        var block = rows.block(entry)
        var cursor = 0
        var isDone = false
        while !isDone {
            // The node after this one.
            while cursor < beam.count, beam.rows[cursor] & SortedCandidates.expanded != 0 { cursor += 1 }
            var next = Self.noLink
            var nextBlock: UnsafeMutableRawPointer?
            if cursor < beam.count, !travel.isFiltered || beam.affinities[cursor] >= matching.threshold {
                next = beam.rows[cursor]
                beam.rows[cursor] = next | SortedCandidates.expanded
                cursor += 1
                nextBlock = rows.block(next)
                fp_prefetch(rows.factors(next))
                if let nextBlock {
                    for offset in stride(from: 0, to: codeSize, by: 64) { fp_prefetch(nextBlock + offset) }
                }
            }
            expanded += 1
            if travel.isFiltered, travel.isHopeless(expanded: expanded, found: matching.count) { return false }
            guard workspace.admits(current, nodes) else { return false }
            let factors = rows.factors(current)
            let code = UnsafePointer(block.assumingMemoryBound(to: Int8.self))
            let product = Float(kernels.dot_i8(query.code, code, codeSize)) * (query.scale * factors.pointee.scale)
            let affinity = product + factors.pointee.bias
            if affinity > found.threshold, acceptance.accepts(current) { _ = found.insert(affinity, current, graph) }
            let links = links(in: block)
            var panel = block + panelsOffset
            for index in 0..<panelCount {
                var above = graph.score_panel(
                    &table, panel.assumingMemoryBound(to: UInt8.self), product,
                    travel.isFiltered ? max(beam.threshold, matching.threshold) : beam.threshold,
                    nextBlock.map { $0 + codeSize }, index == 0 && nextBlock != nil ? lines : 0, scores)
                let panelLinks = links + index * NodeLayout.panelWidth
                while above != 0 {
                    let place = above.trailingZeroBitCount
                    above &= above - 1
                    let neighbor = panelLinks[place]
                    let score = scores[place]
                    // The beam may have got better since; and a row may have been added after this search began.
                    guard score > beam.threshold, neighbor < rowCount, workspace.visit(neighbor) else { continue }
                    cursor = min(cursor, beam.insert(score, neighbor, graph))
                    if travel.isFiltered, acceptance.accepts(neighbor) {
                        _ = matching.insert(score, neighbor, graph)
                    }
                }
                panel += panelSize
            }
            if let nextBlock {
                current = next
                block = nextBlock
            } else if cursor < beam.count {
                // Nothing was left to do, but this node has led to others.
                while cursor < beam.count, beam.rows[cursor] & SortedCandidates.expanded != 0 { cursor += 1 }
                isDone =
                    cursor == beam.count || travel.isFiltered && beam.affinities[cursor] < matching.threshold
                if !isDone {
                    current = beam.rows[cursor]
                    beam.rows[cursor] = current | SortedCandidates.expanded
                    cursor += 1
                    block = rows.block(current)
                }
            } else {
                isDone = true
            }
        }
        return true
    }
}
