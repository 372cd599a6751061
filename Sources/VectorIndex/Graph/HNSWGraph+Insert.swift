import CKernels
import Platform

extension HNSWGraph {
    /// The links that new nodes ask for, found by searching the graph as it was before any of them.
    struct Proposal: Sendable {
        var node: UInt32
        /// By level, from 0 to the lower of the node's own and the graph's top level.
        var neighbors: [[UInt32]]
    }

    /// How many rows to link in one step, given how many are linked: few at first, then a sixteenth, so that the nodes
    /// of one step, which do not see each other, are always few among those that they do see.
    ///
    /// Prefix doubling after M. D. Manohar et al., "ParlayANN", PPoPP 2024 (arXiv:2305.04359). The steps depend on the
    /// number of rows alone, hence so does the graph.
    static func stepSize(linked: Int) -> Int { min(max(1, linked / 16), 8192) }

    /// Finds neighbours for rows not linked yet. Reads the graph only.
    func propose(
        _ rows: VectorRows, nodes: Range<Int>, threads: Int, pool: WorkspacePool, kernels: fp_kernels
    ) -> [Proposal] {
        let results = ParallelResults<Proposal, Never>(count: nodes.count)
        Parallel.forEachRange(nodes.count, chunk: 16, threads: threads) { range, _ in
            pool.withWorkspace { workspace in
                for index in range {
                    let node = UInt32(nodes.lowerBound + index)
                    results.set(index) { propose(rows, node: node, workspace: workspace, kernels: kernels) }
                }
            }
        }
        return results.values()
    }

    private func propose(
        _ rows: VectorRows, node: UInt32, workspace: SearchWorkspace, kernels: fp_kernels
    ) -> Proposal {
        let query = CodedQuery(code: rows.code(node), scale: rows.scale(node))
        let level = min(Int(configuration.level(ofRow: Int(node))), topLevel)
        var statistics = SearchStatistics()
        guard
            let nearest = descend(
                rows, query: query, to: level, workspace: workspace, kernels: kernels, statistics: &statistics)
        else { return Proposal(node: node, neighbors: []) }
        var entries = [nearest]
        var neighbors = [[UInt32]](repeating: [], count: level + 1)
        for current in stride(from: level, through: 0, by: -1) {
            searchLayer(
                rows, query: query, level: current, ef: configuration.efConstruction, from: entries,
                workspace: workspace, kernels: kernels, statistics: &statistics)
            entries = workspace.beam.candidates()
            neighbors[current] = selectNeighbors(
                rows, of: node, among: entries, limit: configuration.M, kernels: kernels, workspace: workspace)
        }
        return Proposal(node: node, neighbors: neighbors)
    }

    /// Takes nodes into the graph: writes their links, and the links back to them, pruned where a list is full.
    ///
    /// The work is grouped by the list that it changes, so that threads never meet and the outcome does not depend on
    /// their number.
    mutating func link(
        _ proposals: [Proposal], rows: VectorRows, threads: Int, pool: WorkspacePool, kernels: fp_kernels
    ) {
        guard let last = proposals.last else { return }
        appendNodes(upTo: Int(last.node) + 1)
        var backLinks: [BackLink] = []
        for proposal in proposals {
            for (level, neighbors) in proposal.neighbors.enumerated() {
                setLinks(proposal.node, level: level, neighbors)
                for neighbor in neighbors {
                    backLinks.append(BackLink(target: neighbor, level: UInt32(level), source: proposal.node))
                }
            }
        }
        backLinks.sort()
        var groups: [Range<Int>] = []
        var start = 0
        for index in backLinks.indices
        where index + 1 == backLinks.count || !backLinks[index].isSameList(backLinks[index + 1]) {
            groups.append(start..<(index + 1))
            start = index + 1
        }
        let graph = self
        let (links, lists) = (backLinks, groups)
        Parallel.forEachRange(groups.count, chunk: 64, threads: threads) { range, _ in
            pool.withWorkspace { workspace in
                for group in range {
                    graph.addBackLinks(links[lists[group]], rows: rows, workspace: workspace, kernels: kernels)
                }
            }
        }
        for proposal in proposals { adopt(proposal) }
        for proposal in proposals where levels[Int(proposal.node)] > max(topLevel, -1) || entry == nil {
            entry = proposal.node
        }
    }

    private func addBackLinks(
        _ added: ArraySlice<BackLink>, rows: VectorRows, workspace: SearchWorkspace, kernels: fp_kernels
    ) {
        guard let list = added.first else { return }
        let (target, level) = (list.target, Int(list.level))
        let links = links(target, level: level)
        let existing = linkCount(target, level: level)
        let degree = degree(level: level)
        if existing + added.count <= degree {
            for (index, link) in added.enumerated() { links[existing + index] = link.source }
            return
        }
        let others = Array(UnsafeBufferPointer(start: links, count: existing)) + added.map(\.source)
        let candidates = ranked(rows, node: target, others: others, kernels: kernels, workspace: workspace)
        let selected = selectNeighbors(
            rows, of: target, among: candidates, limit: degree, kernels: kernels, workspace: workspace)
        setLinks(target, level: level, selected)
    }

    /// Sees to it that a new node can be reached: if pruning has refused all its neighbours' links back, the nearest
    /// gives its last link to the node, and the node takes over the target that was given up.
    private func adopt(_ proposal: Proposal) {
        let node = proposal.node
        guard let neighbors = proposal.neighbors.first, let nearest = neighbors.first else { return }
        let degree = configuration.baseDegree
        for neighbor in neighbors {
            let links = base.row(Int(neighbor))
            for index in 0..<degree where links[index] == node { return }
        }
        for neighbor in neighbors {
            let count = linkCount(neighbor, level: 0)
            if count < degree {
                base.row(Int(neighbor))[count] = node
                return
            }
        }
        takeLastLink(of: nearest, for: node)
    }

    /// Replaces the last link of a host by a node that needs one. The target given up stays reachable, through the node.
    func takeLastLink(of host: UInt32, for node: UInt32) {
        let degree = configuration.baseDegree
        let links = base.row(Int(host))
        let given = links[degree - 1]
        links[degree - 1] = node
        let own = base.row(Int(node))
        let count = linkCount(node, level: 0)
        guard given != node, !(0..<count).contains(where: { own[$0] == given }) else { return }
        own[min(count, degree - 1)] = given
    }

    private struct BackLink: Comparable {
        var target: UInt32
        var level: UInt32
        var source: UInt32

        func isSameList(_ other: BackLink) -> Bool { target == other.target && level == other.level }

        static func < (a: BackLink, b: BackLink) -> Bool {
            (a.target, a.level, a.source) < (b.target, b.level, b.source)
        }
    }
}
