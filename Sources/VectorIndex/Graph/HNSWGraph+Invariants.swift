extension HNSWGraph {
    /// What is wrong with the graph, in words; empty if nothing is. Called by tests and by `verify`.
    ///
    /// - Complexity: O(links).
    func violations(rows rowCount: Int) -> [String] {
        var found: [String] = []
        func report(_ text: String) { if found.count < 20 { found.append(text) } }
        if count != rowCount { report("\(count) nodes for \(rowCount) rows") }
        if let entry, Int(entry) >= count { report("entry \(entry) is no node") }
        if entry == nil, count > 0 { report("no entry") }
        guard found.isEmpty else { return found }
        for row in 0..<UInt32(count) {
            if Int(levels[Int(row)]) > topLevel { report("node \(row) is above the entry") }
            for level in 0...Int(levels[Int(row)]) {
                let links = links(row, level: level)
                var seen: Set<UInt32> = []
                var ended = false
                for index in 0..<degree(level: level) {
                    let target = links[index]
                    if target == Self.noLink {
                        ended = true
                    } else if ended {
                        report("node \(row) has a link after the end of its list on level \(level)")
                    } else if Int(target) >= count {
                        report("node \(row) links to \(target), which is no node")
                    } else if target == row {
                        report("node \(row) links to itself on level \(level)")
                    } else if !seen.insert(target).inserted {
                        report("node \(row) links to \(target) twice on level \(level)")
                    } else if Int(levels[Int(target)]) < level {
                        report("node \(row) links to \(target), which is not on level \(level)")
                    }
                }
            }
        }
        guard found.isEmpty else { return found }
        let unreachable = count - reachable().count
        if unreachable > 0 { report("\(unreachable) nodes cannot be reached") }
        return found
    }
}
