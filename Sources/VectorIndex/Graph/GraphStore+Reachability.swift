import CKernels

extension GraphView {
    /// Nodes that a search on level 0 can arrive at.
    func reachable() -> BitSet {
        var seen = BitSet(capacity: rows.count)
        guard let entry else { return seen }
        var pending = [entry.row]
        seen.insert(entry.row)
        extend(&seen, from: &pending)
        return seen
    }

    func extend(_ seen: inout BitSet, from pending: inout [UInt32]) {
        while let row = pending.popLast() {
            let links = links(row)
            for index in 0..<layout.degree {
                let target = links[index]
                if target == Self.noLink { break }
                // Links of a damaged archive may lead nowhere.
                guard Int(target) < rows.count else { continue }
                if !seen.contains(target) {
                    seen.insert(target)
                    pending.append(target)
                }
            }
        }
    }
}

extension GraphStore {
    /// Gives every live node that cannot be reached a link from a near one that can, taking the nodes in order. Returns
    /// how many needed one.
    @discardableResult
    func attachUnreachable(pool: WorkspacePool, threads: Int) -> Int {
        unchecked = 0
        var attached: [UInt32] = []
        // Passing a link on may, rarely, cut off another node: look again until nothing is left to do.
        for _ in 0..<16 {
            var seen = withView { $0.reachable() }
            var needed = 0
            pool.withWorkspace { workspace in
                for row in 0..<UInt32(rows.count) where rows.live.contains(row) && !seen.contains(row) {
                    attached += attach(row, workspace: workspace)
                    seen.insert(row)
                    var pending = [row]
                    withView { $0.extend(&seen, from: &pending) }
                    needed += 1
                }
            }
            if needed == 0 { break }
        }
        if codebook != nil, !attached.isEmpty { encodePanels(of: attached, threads: threads, pool: pool) }
        return attached.count
    }

    /// Returns the nodes whose links have changed.
    private func attach(_ row: UInt32, workspace: SearchWorkspace) -> [UInt32] {
        let kernels = fp_kernels_current().pointee
        let hosts = withView { view -> [UInt32] in
            guard let entry = view.entry else { return [] }
            let query = CodedQuery(code: view.rows.code(row), scale: view.rows.scale(row))
            var statistics = SearchStatistics()
            // From the entry along level 0 alone: what this finds can be reached, which upper levels would not promise.
            _ = view.searchCodes(
                query: query,
                travel: Travel(ef: configuration.efConstruction, keep: configuration.efConstruction), from: [entry.row],
                acceptance: .all, workspace: workspace, kernels: kernels, statistics: &statistics)
            return workspace.found.prefix(configuration.efConstruction).map(\.row).filter { $0 != row }
        }
        for host in hosts {
            let count = withView { $0.linkCount(host) }
            if count < layout.degree {
                (writableBlock(host) + layout.linksOffset).assumingMemoryBound(to: UInt32.self)[count] = row
                return [host]
            }
        }
        guard let host = hosts.first else { return [] }
        takeLastLink(of: host, for: row)
        return [host, row]
    }
}
