import CKernels
import Platform

extension GraphStore {
    /// Rows from which on a graph is built level by level instead of row by row.
    static var bulkThreshold: Int { 1_024 }

    /// Links all rows that have been taken in, none of which is linked yet. If the monitor ends it early, the store is
    /// of no more use.
    ///
    /// About four fifths of the work; the rest is learning the codebook.
    func buildInBulk(threads: Int, pool: WorkspacePool, monitor: WorkMonitor) {
        let nodes = (0..<UInt32(rows.count)).filter(isLinked)
        let levels = nodes.map { self.configuration.level(ofRow: Int($0)) }
        let top = levels.max() ?? 0
        upper = UpperLevels(degree: upper.degree)
        upperStart = [:]
        // Lists are numbered in the order of the rows, as they are when rows come one by one.
        for (node, level) in zip(nodes, levels) where level > 0 {
            upperStart[node] = upper.append(row: node, level: level)
        }
        let configuration = configuration
        let base = withView { view in
            BulkLayer(
                view: view, configuration: configuration, threads: threads, pool: pool, monitor: monitor, end: 0.75
            ).links(nodes, degree: layout.degree)
        }
        guard !monitor.isStopped else { return }
        for (place, targets) in base.enumerated() { setLinks(nodes[place], targets.map { nodes[Int($0)] }) }
        for level in stride(from: 1, through: top, by: 1) {
            let members = zip(nodes, levels).filter { $0.1 >= level }.map(\.0)
            let lists = members.map { (upperStart[$0] ?? 0) + UInt32(level) - 1 }
            let links = withView { view in
                BulkLayer(
                    view: view, configuration: configuration, threads: threads, pool: pool, monitor: monitor,
                    start: 0.75, end: 0.8
                ).links(members, degree: upper.degree)
            }
            guard !monitor.isStopped else { return }
            for (place, targets) in links.enumerated() {
                upper.setTargets(lists[place], targets.map { lists[Int($0)] })
            }
        }
        // The first node of the highest level, as when rows come one by one.
        if let place = levels.firstIndex(of: top) {
            let node = nodes[place]
            entry = GraphEntry(
                row: node, level: top, list: top > 0 ? (upperStart[node] ?? 0) + UInt32(top) - 1 : GraphView.noLink)
        }
        unchecked = nodes.count
    }
}
