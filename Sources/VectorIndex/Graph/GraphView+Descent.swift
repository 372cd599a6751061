import CKernels

extension GraphView {
    /// Goes down from the entry to just above `level`, each time to the nearest node found: a good place to begin.
    func descend(
        query: CodedQuery, to level: Int, workspace: SearchWorkspace, kernels: fp_kernels,
        statistics: inout SearchStatistics
    ) -> GraphEntry? {
        guard var place = entry else { return nil }
        let nodes = RegionGuard(rows.nodeChecksums)
        guard workspace.admits(place.row, nodes) else { return nil }
        guard place.level > level else { return place }
        var best = affinity(query, place.row, kernels)
        while place.level > level {
            var isImproved = true
            while isImproved {
                isImproved = false
                let links = upperLinks.baseAddress.unsafelyUnwrapped + Int(place.list) * upperDegree
                var found = 0
                while found < upperDegree, links[found] != Self.noLink {
                    let row = upperRows[Int(links[found])]
                    guard workspace.admits(row, nodes) else { return nil }
                    workspace.codes[found] = rows.code(row)
                    found += 1
                }
                guard found > 0 else { break }
                kernels.dot_i8_gather(query.code, workspace.codes, layout.codeSize, found, workspace.integers)
                statistics.scoredRows += found
                statistics.expandedNodes += 1
                for index in 0..<found {
                    let row = upperRows[Int(links[index])]
                    let affinity = Float(workspace.integers[index]) * (query.scale * rows.scale(row)) + rows.bias(row)
                    if affinity > best {
                        best = affinity
                        place.row = row
                        place.list = links[index]
                        isImproved = true
                    }
                }
            }
            // The lists of a node stand one after the other, that of level 1 first.
            place.level -= 1
            if place.level > 0 { place.list -= 1 }
        }
        return place
    }

    /// Algorithm 2 of the paper on an upper level, leaving the nearest lists in the workspace's beam.
    func searchUpperLevel(
        query: CodedQuery, ef: Int, from entries: [UInt32], workspace: SearchWorkspace, kernels: fp_kernels
    ) {
        workspace.beginVisiting(rows: upperRows.count)
        workspace.beam.reset(capacity: ef)
        let graph = kernels.graph.pointee
        for list in entries where workspace.visit(list) {
            _ = workspace.beam.insert(affinity(query, upperRows[Int(list)], kernels), list, graph)
        }
        var cursor = 0
        while cursor < workspace.beam.count {
            let current = workspace.beam.rows[cursor]
            cursor += 1
            if current & SortedCandidates.expanded != 0 { continue }
            workspace.beam.rows[cursor - 1] = current | SortedCandidates.expanded
            let links = upperLinks.baseAddress.unsafelyUnwrapped + Int(current) * upperDegree
            var found = 0
            for index in 0..<upperDegree {
                let list = links[index]
                if list == Self.noLink { break }
                if workspace.visit(list) {
                    workspace.ids[found] = list
                    workspace.codes[found] = rows.code(upperRows[Int(list)])
                    found += 1
                }
            }
            guard found > 0 else { continue }
            kernels.dot_i8_gather(query.code, workspace.codes, layout.codeSize, found, workspace.integers)
            for index in 0..<found {
                let row = upperRows[Int(workspace.ids[index])]
                let affinity = Float(workspace.integers[index]) * (query.scale * rows.scale(row)) + rows.bias(row)
                cursor = min(cursor, workspace.beam.insert(affinity, workspace.ids[index], graph))
            }
        }
    }
}
