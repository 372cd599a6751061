import CKernels

/// A query as the graph sees it: an int8 code and its scale.
struct CodedQuery {
    let code: UnsafePointer<Int8>
    let scale: Float
}

extension HNSWGraph {
    /// Algorithm 2 of the paper on codes, leaving the `ef` nearest nodes in the workspace's beam.
    ///
    /// A hop collects the links not seen before, then scores them together, so that memory is fetched ahead of use.
    func searchLayer(
        _ rows: VectorRows, query: CodedQuery, level: Int, ef: Int, from entries: [Candidate],
        workspace: SearchWorkspace, kernels: fp_kernels, statistics: inout SearchStatistics
    ) {
        workspace.beginVisiting(rows: count)
        workspace.beam.reset(limit: ef)
        for entry in entries {
            guard workspace.visit(entry.row) else { continue }
            _ = workspace.beam.insert(entry)
        }
        let degree = degree(level: level)
        let ids = workspace.ids
        let products = workspace.integers
        let codes = UnsafePointer(rows.codes.base)
        let stride = rows.codes.stride
        let factors = UnsafePointer(rows.factors.base)
        var cursor = 0
        var scored = 0
        var expanded = 0
        while cursor < workspace.beam.count {
            let current = workspace.beam[cursor]
            if current.row & Candidate.expandedBit != 0 {
                cursor += 1
                continue
            }
            workspace.beam.markExpanded(cursor)
            expanded += 1
            let links = links(current.row, level: level)
            var found = 0
            for index in 0..<degree {
                let neighbor = links[index]
                if neighbor == Self.noLink { break }
                if workspace.visit(neighbor) {
                    ids[found] = neighbor
                    found += 1
                }
            }
            cursor += 1
            guard found > 0 else { continue }
            kernels.dot_i8_gather(query.code, codes, stride, stride, ids, found, products)
            scored += found
            for index in 0..<found {
                let row = ids[index]
                let affinity =
                    Float(products[index]) * (query.scale * factors[Int(row) * 2]) + factors[Int(row) * 2 + 1]
                if !(affinity > workspace.beam.worst) && workspace.beam.isFull { continue }
                if let place = workspace.beam.insert(Candidate(affinity: affinity, row: row)), place < cursor {
                    cursor = place
                }
            }
        }
        statistics.scoredRows += scored
        statistics.expandedNodes += expanded
    }

    /// Goes down from the entry to just above `level`, each time to the nearest node found.
    func descend(
        _ rows: VectorRows, query: CodedQuery, to level: Int, workspace: SearchWorkspace, kernels: fp_kernels,
        statistics: inout SearchStatistics
    ) -> Candidate? {
        guard let entry else { return nil }
        var best = Candidate(affinity: affinity(rows, query, entry, kernels), row: entry)
        var current = topLevel
        while current > level {
            var improved = true
            while improved {
                improved = false
                let links = links(best.row, level: current)
                var found = 0
                while found < configuration.M, links[found] != Self.noLink { found += 1 }
                guard found > 0 else { break }
                let stride = rows.codes.stride
                kernels.dot_i8_gather(
                    query.code, rows.codes.base, stride, stride, links, found, workspace.integers)
                statistics.scoredRows += found
                statistics.expandedNodes += 1
                for index in 0..<found {
                    let row = links[index]
                    let candidate = Candidate(
                        affinity: Float(workspace.integers[index]) * (query.scale * rows.scale(row)) + rows.bias(row),
                        row: row)
                    if candidate.affinity > best.affinity {
                        best = candidate
                        improved = true
                    }
                }
            }
            current -= 1
        }
        return best
    }

    func affinity(_ rows: VectorRows, _ query: CodedQuery, _ row: UInt32, _ kernels: fp_kernels) -> Float {
        let product = kernels.dot_i8(query.code, rows.code(row), rows.codes.stride)
        return Float(product) * (query.scale * rows.scale(row)) + rows.bias(row)
    }

    /// As ``searchLayer(_:query:level:ef:from:workspace:kernels:statistics:)`` on level 0, but only acceptable rows
    /// enter the beam, while all are travelled through. Gives up after `budget` scored rows.
    ///
    /// - Returns: false if it gave up.
    func searchAccepting(
        _ rows: VectorRows, query: CodedQuery, ef: Int, from entry: Candidate, acceptance: some Acceptance, budget: Int,
        workspace: SearchWorkspace, kernels: fp_kernels, statistics: inout SearchStatistics
    ) -> Bool {
        workspace.beginVisiting(rows: count)
        workspace.beam.reset(limit: ef)
        workspace.frontier.removeAll()
        _ = workspace.visit(entry.row)
        workspace.frontier.push(entry)
        if acceptance.accepts(entry.row) { _ = workspace.beam.insert(entry) }
        let stride = rows.codes.stride
        let limit = statistics.scoredRows + budget
        while let current = workspace.frontier.pop() {
            if workspace.beam.isFull, current.affinity < workspace.beam.worst { return true }
            statistics.expandedNodes += 1
            let links = base.row(Int(current.row))
            var found = 0
            for index in 0..<configuration.baseDegree {
                let neighbor = links[index]
                if neighbor == Self.noLink { break }
                if workspace.visit(neighbor) {
                    workspace.ids[found] = neighbor
                    found += 1
                }
            }
            guard found > 0 else { continue }
            kernels.dot_i8_gather(
                query.code, rows.codes.base, stride, stride, workspace.ids, found, workspace.integers)
            statistics.scoredRows += found
            if statistics.scoredRows > limit { return false }
            for index in 0..<found {
                let row = workspace.ids[index]
                let candidate = Candidate(
                    affinity: Float(workspace.integers[index]) * (query.scale * rows.scale(row)) + rows.bias(row),
                    row: row)
                if workspace.beam.isFull, !(candidate.affinity > workspace.beam.worst) { continue }
                workspace.frontier.push(candidate)
                if acceptance.accepts(row) { _ = workspace.beam.insert(candidate) }
            }
        }
        return true
    }
}
