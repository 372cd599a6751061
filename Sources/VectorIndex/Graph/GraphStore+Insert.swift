import CKernels
import Platform

extension GraphStore {
    /// The links that new nodes ask for, found by searching the graph as it was before any of them.
    struct Proposal: Sendable {
        var node: UInt32
        /// The highest level of the node.
        var level: Int
        /// Nearest first.
        var neighbors: [UInt32]
        /// By level, from 1 to the lower of the node's own and the graph's top level: numbers of lists.
        var upperNeighbors: [[UInt32]]
    }

    /// How many rows to link in one step, given how many are linked: few at first, then a sixteenth, so that the nodes
    /// of one step, which do not see each other, are always few among those that they do see.
    ///
    /// Prefix doubling after M. D. Manohar et al., "ParlayANN", PPoPP 2024 (arXiv:2305.04359). The steps depend on the
    /// number of rows alone, hence so does the graph.
    static func stepSize(linked: Int) -> Int { min(max(1, linked / 16), 8192) }

    /// Links rows that ``take(_:threads:)`` has prepared, as one step.
    func link(_ nodes: ArraySlice<UInt32>, threads: Int, pool: WorkspacePool) {
        let proposals = propose(nodes, threads: threads, pool: pool)
        apply(proposals, threads: threads, pool: pool)
        unchecked += nodes.count
    }

    /// Finds neighbours for rows not linked yet. Reads the graph only.
    private func propose(_ nodes: ArraySlice<UInt32>, threads: Int, pool: WorkspacePool) -> [Proposal] {
        let results = ParallelResults<Proposal, Never>(count: nodes.count)
        let configuration = configuration
        withView { view in
            Parallel.forEachRange(nodes.count, chunk: 16, threads: threads) { range, _ in
                let kernels = fp_kernels_current().pointee
                pool.withWorkspace { workspace in
                    for index in range {
                        let node = nodes[nodes.startIndex + index]
                        results.set(index) {
                            view.propose(node, configuration, workspace: workspace, kernels: kernels)
                        }
                    }
                }
            }
        }
        return results.values()
    }

    /// Takes nodes into the graph: writes their links, and the links back to them, pruned where a list is full.
    ///
    /// The work is grouped by the list that it changes, so that threads never meet and the outcome does not depend on
    /// their number.
    private func apply(_ proposals: [Proposal], threads: Int, pool: WorkspacePool) {
        var backLinks: [BackLink] = []
        for proposal in proposals {
            setLinks(proposal.node, proposal.neighbors)
            for neighbor in proposal.neighbors {
                backLinks.append(BackLink(target: neighbor, source: proposal.node))
            }
        }
        backLinks.sort()
        var groups: [Range<Int>] = []
        var start = 0
        for index in backLinks.indices
        where index + 1 == backLinks.count || backLinks[index].target != backLinks[index + 1].target {
            groups.append(start..<(index + 1))
            start = index + 1
            // Blocks are copied here, so that threads only write what is theirs.
            _ = writableBlock(backLinks[index].target)
        }
        let (links, lists) = (backLinks, groups)
        withView { view in
            Parallel.forEachRange(groups.count, chunk: 64, threads: threads) { range, _ in
                let kernels = fp_kernels_current().pointee
                pool.withWorkspace { workspace in
                    for group in range { view.addBackLinks(links[lists[group]], workspace, kernels) }
                }
            }
        }
        for proposal in proposals { adopt(proposal) }
        for proposal in proposals where proposal.level > 0 { linkAbove(proposal, pool: pool) }
        if entry == nil, let first = proposals.first {
            entry = GraphEntry(row: first.node, level: 0, list: GraphView.noLink)
        }
        for proposal in proposals where proposal.level > entry?.level ?? -1 {
            guard let start = upperStart[proposal.node] else { continue }
            entry = GraphEntry(
                row: proposal.node, level: proposal.level, list: start + UInt32(proposal.level) - 1)
        }
        if codebook != nil {
            encodePanels(
                of: proposals.map(\.node) + groups.map { backLinks[$0.lowerBound].target }, threads: threads, pool: pool
            )
        }
    }

    /// Sees to it that a new node can be reached: if pruning has refused all its neighbours' links back, the nearest
    /// gives its last link to the node, and the node takes over the target that was given up.
    private func adopt(_ proposal: Proposal) {
        let node = proposal.node
        guard let nearest = proposal.neighbors.first else { return }
        func links(_ row: UInt32) -> UnsafeMutablePointer<UInt32> {
            (writableBlock(row) + layout.linksOffset).assumingMemoryBound(to: UInt32.self)
        }
        for neighbor in proposal.neighbors {
            let links = links(neighbor)
            for index in 0..<layout.degree where links[index] == node { return }
        }
        for neighbor in proposal.neighbors {
            let links = links(neighbor)
            if let end = (0..<layout.degree).first(where: { links[$0] == GraphView.noLink }) {
                links[end] = node
                return
            }
        }
        takeLastLink(of: nearest, for: node)
    }

    /// Replaces the last link of a host by a node that needs one. The target given up stays reachable, through the node.
    func takeLastLink(of host: UInt32, for node: UInt32) {
        let degree = layout.degree
        let links = (writableBlock(host) + layout.linksOffset).assumingMemoryBound(to: UInt32.self)
        let given = links[degree - 1]
        links[degree - 1] = node
        let own = (writableBlock(node) + layout.linksOffset).assumingMemoryBound(to: UInt32.self)
        let count = (0..<degree).first { own[$0] == GraphView.noLink } ?? degree
        guard given != node, given != GraphView.noLink, !(0..<count).contains(where: { own[$0] == given }) else {
            return
        }
        own[min(count, degree - 1)] = given
    }

    /// Gives a node its lists above level 0, and the links back to them.
    private func linkAbove(_ proposal: Proposal, pool: WorkspacePool) {
        let start: UInt32
        if let existing = upperStart[proposal.node] {
            start = existing
        } else {
            start = upper.append(row: proposal.node, level: proposal.level)
            upperStart[proposal.node] = start
        }
        let kernels = fp_kernels_current().pointee
        pool.withWorkspace { workspace in
            for (index, neighbors) in proposal.upperNeighbors.enumerated() {
                let list = start + UInt32(index)
                upper.setTargets(list, neighbors)
                for neighbor in neighbors {
                    let targets = Array(upper.targets(neighbor))
                    if targets.contains(list) { continue }
                    if targets.count < upper.degree {
                        upper.setTargets(neighbor, targets + [list])
                    } else {
                        prune(neighbor, targets + [list], workspace: workspace, kernels: kernels)
                    }
                }
            }
        }
    }

    private func prune(_ list: UInt32, _ targets: [UInt32], workspace: SearchWorkspace, kernels: fp_kernels) {
        let kept = withView { view in
            view.selectUpper(
                of: view.upperRows[Int(list)], among: targets, limit: upper.degree, workspace: workspace,
                kernels: kernels)
        }
        upper.setTargets(list, kept)
    }

    struct BackLink: Comparable, Sendable {
        var target: UInt32
        var source: UInt32

        static func < (a: BackLink, b: BackLink) -> Bool { (a.target, a.source) < (b.target, b.source) }
    }
}

extension GraphView {
    fileprivate func propose(
        _ node: UInt32, _ configuration: HNSWConfiguration, workspace: SearchWorkspace, kernels: fp_kernels
    ) -> GraphStore.Proposal {
        let query = CodedQuery(code: rows.code(node), scale: rows.scale(node))
        let level = configuration.level(ofRow: Int(node))
        var proposal = GraphStore.Proposal(node: node, level: level, neighbors: [], upperNeighbors: [])
        var statistics = SearchStatistics()
        let common = min(level, entry?.level ?? 0)
        guard
            let nearest = descend(
                query: query, to: common, workspace: workspace, kernels: kernels, statistics: &statistics)
        else { return proposal }
        var starts = [nearest.row]
        if common > 0 {
            var lists = [nearest.list]
            proposal.upperNeighbors = [[UInt32]](repeating: [], count: common)
            for current in stride(from: common, to: 0, by: -1) {
                searchUpperLevel(
                    query: query, ef: configuration.efConstruction, from: lists, workspace: workspace,
                    kernels: kernels)
                let found = workspace.beam.prefix(configuration.efConstruction)
                proposal.upperNeighbors[current - 1] = selectUpper(
                    of: node, among: found.map(\.row), limit: configuration.M, workspace: workspace, kernels: kernels)
                starts = found.map { upperRows[Int($0.row)] }
                lists = current > 1 ? found.map { $0.row - 1 } : []
            }
        }
        if let codebook, let start = starts.first {
            // What is scored in panels is half as sure, and a fifth as slow.
            _ = searchPanels(
                query: query, table: table(query, codebook, workspace: workspace, kernels: kernels),
                travel: Travel(
                    ef: max(1, configuration.efConstruction / 2), keep: configuration.efConstruction), from: start,
                acceptance: .rows(rows.live), workspace: workspace, kernels: kernels, statistics: &statistics)
        } else {
            _ = searchCodes(
                query: query,
                travel: Travel(ef: configuration.efConstruction, keep: configuration.efConstruction), from: starts,
                acceptance: .rows(rows.live), workspace: workspace, kernels: kernels, statistics: &statistics)
        }
        proposal.neighbors = selectNeighbors(
            of: node, among: workspace.found.prefix(configuration.efConstruction), limit: layout.degree,
            fills: true, workspace: workspace, kernels: kernels)
        return proposal
    }

    /// The lists of an upper level that a node should link to.
    func selectUpper(
        of node: UInt32, among lists: [UInt32], limit: Int, workspace: SearchWorkspace, kernels: fp_kernels
    ) -> [UInt32] {
        var listOfRow: [UInt32: UInt32] = [:]
        for list in lists { listOfRow[upperRows[Int(list)]] = list }
        let candidates = ranked(
            node: node, others: lists.map { upperRows[Int($0)] }, workspace: workspace, kernels: kernels)
        return selectNeighbors(
            of: node, among: candidates, limit: limit, fills: false, workspace: workspace, kernels: kernels
        ).compactMap { listOfRow[$0] }
    }

    /// Adds links of one node back to new ones. The block is the transaction's own.
    fileprivate func addBackLinks(
        _ added: ArraySlice<GraphStore.BackLink>, _ workspace: SearchWorkspace, _ kernels: fp_kernels
    ) {
        guard let target = added.first?.target else { return }
        let links = links(target)
        let existing = linkCount(target)
        if existing + added.count <= layout.degree {
            for (index, link) in added.enumerated() { links[existing + index] = link.source }
            return
        }
        // Where there is no room for all, dead neighbours go first.
        let others = UnsafeBufferPointer(start: links, count: existing).filter(rows.isLive) + added.map(\.source)
        let candidates = ranked(node: target, others: others, workspace: workspace, kernels: kernels)
        let selected = selectNeighbors(
            of: target, among: candidates, limit: layout.degree, fills: true, workspace: workspace, kernels: kernels)
        for index in 0..<layout.degree { links[index] = index < selected.count ? selected[index] : Self.noLink }
    }
}
