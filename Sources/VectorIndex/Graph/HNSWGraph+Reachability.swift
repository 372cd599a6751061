import CKernels

extension HNSWGraph {
    /// Nodes that a search on level 0 can arrive at.
    func reachable() -> BitSet {
        var seen = BitSet(capacity: count)
        guard let entry else { return seen }
        var pending = [entry]
        seen.insert(entry)
        extend(&seen, from: &pending)
        return seen
    }

    private func extend(_ seen: inout BitSet, from pending: inout [UInt32]) {
        while let row = pending.popLast() {
            let links = base.row(Int(row))
            for index in 0..<configuration.baseDegree {
                let target = links[index]
                if target == Self.noLink { break }
                if !seen.contains(target) {
                    seen.insert(target)
                    pending.append(target)
                }
            }
        }
    }

    /// Gives every node that cannot be reached a link from a near one that can, taking the nodes in order. Returns how
    /// many needed one.
    @discardableResult
    func attachUnreachable(_ rows: VectorRows, pool: WorkspacePool, kernels: fp_kernels) -> Int {
        var attached = 0
        // Passing a link on may, rarely, cut off another node: look again until nothing is left to do.
        for _ in 0..<8 {
            var seen = reachable()
            var needed = 0
            pool.withWorkspace { workspace in
                for row in 0..<UInt32(count) where !seen.contains(row) {
                    attach(row, rows: rows, workspace: workspace, kernels: kernels)
                    seen.insert(row)
                    var pending = [row]
                    extend(&seen, from: &pending)
                    needed += 1
                }
            }
            if needed == 0 { break }
            attached += needed
        }
        return attached
    }

    private func attach(
        _ row: UInt32, rows: VectorRows, workspace: SearchWorkspace, kernels: fp_kernels
    ) {
        guard let entry else { return }
        let query = CodedQuery(code: rows.code(row), scale: rows.scale(row))
        var statistics = SearchStatistics()
        // From the entry along level 0 alone: what this finds can be reached, which upper levels would not promise.
        searchLayer(
            rows, query: query, level: 0, ef: configuration.efConstruction,
            from: [Candidate(affinity: affinity(rows, query, entry, kernels), row: entry)], workspace: workspace,
            kernels: kernels, statistics: &statistics)
        let hosts = workspace.beam.candidates().map(\.row).filter { $0 != row }
        let degree = configuration.baseDegree
        for host in hosts {
            let count = linkCount(host, level: 0)
            if count < degree {
                base.row(Int(host))[count] = row
                return
            }
        }
        if let host = hosts.first { takeLastLink(of: host, for: row) }
    }
}
