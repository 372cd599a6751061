import CKernels
import Platform

extension GraphStore {
    /// Takes all dead rows out of the graph and mends the lists that led through them, so that their numbers can be
    /// given to others once no search sees them any more.
    ///
    /// A node with dead neighbours gets candidates in their place from what those linked to, through as many dead ones
    /// as it takes; the usual choice among them and the live neighbours follows, up to the full degree: lists that are
    /// not filled up again wear away with every repair.
    ///
    /// - Complexity: O(rows * M) for looking, and as much as their insertion for mending the nodes around the dead.
    func repair(threads: Int, pool: WorkspacePool) {
        let dead = (0..<UInt32(rows.count)).filter { isLinked($0) && !rows.live.contains($0) }
        guard !dead.isEmpty else { return }
        guard rows.liveCount > 0 else { return clear(dead) }
        let harmed = withView { view in
            (0..<UInt32(view.rows.count)).filter { view.rows.isLive($0) && view.hasDeadNeighbors($0) }
        }
        for node in harmed { _ = writableBlock(node) }
        withView { view in
            Parallel.forEachRange(harmed.count, chunk: 64, threads: threads) { range, _ in
                let kernels = fp_kernels_current().pointee
                pool.withWorkspace { workspace in
                    for index in range { view.mend(harmed[index], workspace: workspace, kernels: kernels) }
                }
            }
        }
        repairAbove(pool: pool)
        if let entry, !rows.live.contains(entry.row) { self.entry = liveEntry() }
        for row in dead { markUnlinked(row) }
        if codebook != nil { encodePanels(of: harmed, threads: threads, pool: pool) }
        attachUnreachable(pool: pool, threads: threads)
    }

    /// Nothing is alive: the graph is empty again.
    private func clear(_ dead: [UInt32]) {
        entry = nil
        upper = UpperLevels(degree: upper.degree)
        upperStart = [:]
        for row in dead { markUnlinked(row) }
    }

    /// The lists above level 0. Dead nodes' lists stay, empty, for whoever gets their row.
    private func repairAbove(pool: WorkspacePool) {
        let kernels = fp_kernels_current().pointee
        func isLive(_ list: UInt32) -> Bool { rows.live.contains(upper.rows[Int(list)]) }
        pool.withWorkspace { workspace in
            for list in 0..<UInt32(upper.listCount) where isLive(list) {
                let targets = upper.targets(list)
                guard !targets.allSatisfy(isLive) else { continue }
                var found = Set(targets.filter(isLive))
                var seen = Set(targets)
                var pending = targets.filter { !isLive($0) }
                while let next = pending.popLast() {
                    for target in upper.targets(next) where target != list && seen.insert(target).inserted {
                        if isLive(target) { found.insert(target) } else { pending.append(target) }
                    }
                }
                let kept = withView { view in
                    view.selectUpper(
                        of: upper.rows[Int(list)], among: found.sorted(), limit: upper.degree, workspace: workspace,
                        kernels: kernels)
                }
                upper.setTargets(list, kept)
            }
        }
        for list in 0..<UInt32(upper.listCount) where !isLive(list) { upper.setTargets(list, []) }
    }

    /// The first live node of the highest level.
    private func liveEntry() -> GraphEntry? {
        var best: GraphEntry?
        for row in 0..<UInt32(rows.count) where rows.live.contains(row) {
            let level = configuration.level(ofRow: Int(row))
            guard level > best?.level ?? -1 else { continue }
            // A node of level 0 has no list.
            let list = upperStart[row].map { $0 + UInt32(level) - 1 }
            best = GraphEntry(row: row, level: level, list: list ?? GraphView.noLink)
        }
        return best
    }
}

extension GraphView {
    fileprivate func hasDeadNeighbors(_ row: UInt32) -> Bool {
        let links = links(row)
        for index in 0..<layout.degree {
            if links[index] == Self.noLink { return false }
            if !rows.isLive(links[index]) { return true }
        }
        return false
    }

    /// Chooses a node's neighbours again. The block is the transaction's own; those of dead nodes do not change.
    fileprivate func mend(_ node: UInt32, workspace: SearchWorkspace, kernels: fp_kernels) {
        let links = links(node)
        let own = (0..<linkCount(node)).map { links[$0] }.filter { Int($0) < rows.count }
        var seen = Set(own)
        seen.insert(node)
        var found = own.filter(rows.isLive)
        var pending = own.filter { !rows.isLive($0) }
        // Long chains of dead nodes add nothing near.
        while let dead = pending.popLast(), found.count < 4 * layout.degree {
            let targets = self.links(dead)
            for index in 0..<linkCount(dead) {
                let target = targets[index]
                guard Int(target) < rows.count, seen.insert(target).inserted else { continue }
                if rows.isLive(target) { found.append(target) } else { pending.append(target) }
            }
        }
        let candidates = ranked(node: node, others: found, workspace: workspace, kernels: kernels)
        let chosen = selectNeighbors(
            of: node, among: candidates, limit: layout.degree, fills: true, workspace: workspace, kernels: kernels)
        for index in 0..<layout.degree { links[index] = index < chosen.count ? chosen[index] : Self.noLink }
    }
}
