extension GraphStore {
    /// What is wrong with the graph, in words; empty if nothing is. Called by tests and by `verify`.
    ///
    /// - Complexity: O(links).
    func violations() -> [String] {
        withView { $0.violations(isInGraph: (0..<UInt32(rows.count)).map(isLinked), live: rows.live.count) }
    }
}

extension GraphView {
    fileprivate func violations(isInGraph: [Bool], live: Int) -> [String] {
        var found: [String] = []
        func report(_ text: String) { if found.count < 20 { found.append(text) } }
        if live != rows.liveCount { report("the count of live rows is wrong") }
        if entry == nil, rows.liveCount > 0 { report("no entry") }
        if let entry, Int(entry.row) >= rows.count || !isInGraph[Int(entry.row)] {
            report("entry \(entry.row) is no node")
        }
        for row in 0..<UInt32(rows.count) where rows.isLive(row) && !isInGraph[Int(row)] {
            report("row \(row) is alive and in no graph")
        }
        guard found.isEmpty else { return found }
        for row in 0..<UInt32(rows.count) where isInGraph[Int(row)] {
            let links = links(row)
            check(Array(UnsafeBufferPointer(start: links, count: layout.degree)), of: "node \(row)", report: report) {
                Int($0) < rows.count && isInGraph[Int($0)] && $0 != row
            }
        }
        for list in 0..<upperRows.count {
            let start = list * upperDegree
            let level = level(of: list)
            check(Array(upperLinks[start..<(start + upperDegree)]), of: "list \(list)", report: report) {
                Int($0) < upperRows.count && self.level(of: Int($0)) == level && Int($0) != list
            }
            if Int(upperRows[list]) >= rows.count { report("list \(list) is of row \(upperRows[list])") }
        }
        guard found.isEmpty else { return found }
        let reachable = reachable()
        let unreachable = (0..<UInt32(rows.count)).count { rows.isLive($0) && !reachable.contains($0) }
        if unreachable > 0 { report("\(unreachable) live rows cannot be reached") }
        return found
    }

    /// The level of a list: its place among those of its node.
    func level(of list: Int) -> Int {
        var first = list
        while first > 0, upperRows[first - 1] == upperRows[list] { first -= 1 }
        return list - first + 1
    }

    private func check(
        _ links: [UInt32], of owner: String, report: (String) -> Void, isValid: (UInt32) -> Bool
    ) {
        let targets = links.prefix { $0 != Self.noLink }
        if links.dropFirst(targets.count).contains(where: { $0 != Self.noLink }) {
            report("\(owner) has a link after the end of its list")
        }
        if Set(targets).count != targets.count { report("\(owner) has a link twice") }
        for target in targets where !isValid(target) { report("\(owner) links to \(target)") }
    }
}
