import GuidelineStore

/// What can be said of the relations between guidelines.
struct RelationLint {
    /// A guideline with relations, or one that they may name.
    struct Node {
        var id: String
        var status: Guideline.Status
        var relations: [Guideline.Relation]
    }

    let nodes: [Node]
    private let places: [String: Int]

    /// - Parameter nodes: all guidelines of the library, the retired ones too.
    init(_ nodes: [Node]) {
        self.nodes = nodes
        places = Dictionary(nodes.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }

    /// O(guidelines + relations).
    func findings(_ rules: Set<LintRule>) -> [LintFinding] {
        var found: [LintFinding] = []
        if rules.contains(.brokenRelation) { found += broken() }
        if rules.contains(.relationCycle) { found += cycles() }
        if rules.contains(.conflictingRelations) { found += conflicts() }
        return found
    }

    private func broken() -> [LintFinding] {
        var found: [LintFinding] = []
        for node in nodes where node.status != .retired {
            for (place, relation) in node.relations.enumerated() {
                let field = "relations[\(place)]"
                let what = "\(relation.type.rawValue) \"\(relation.target)\""
                if relation.target == node.id {
                    found.append(
                        LintFinding(
                            .brokenRelation, .error, [node.id], field: field, "\(what) is the guideline itself",
                            evidence: [relation.target], advice: "Take the relation out."))
                } else if let other = places[relation.target] {
                    guard nodes[other].status == .retired else { continue }
                    // What is depended on never applies then, and neither does this one.
                    let isFatal = relation.type == .dependsOnAll
                    found.append(
                        LintFinding(
                            .brokenRelation, isFatal ? .error : .warning, [node.id, relation.target], field: field,
                            "\(what) is retired" + (isFatal ? ", so that this one never applies" : ""),
                            evidence: [relation.target], advice: "Name another guideline, or take the relation out."))
                } else {
                    found.append(
                        LintFinding(
                            .brokenRelation, .error, [node.id], field: field, "\(what) is not in the library",
                            evidence: [relation.target],
                            advice: "Add the guideline, correct the id, or take the relation out."))
                }
            }
        }
        return found
    }

    private func cycles() -> [LintFinding] {
        var found: [LintFinding] = []
        let kinds: [([Guideline.Relation.Kind], LintSeverity, String, String)] = [
            (
                [.priority], .error, "have priority over each other in a circle",
                "Decide which of them comes first, and take the other relation out."
            ),
            (
                [.dependsOnAll, .dependsOnAny], .warning,
                "depend on each other in a circle, so that each applies only where all were found",
                "Take one of the relations out, or make them one guideline."
            ),
        ]
        for (types, severity, words, advice) in kinds {
            let edges = nodes.map { node in
                node.status == .retired
                    ? []
                    : node.relations.filter { types.contains($0.type) && $0.target != node.id }
                        .compactMap { places[$0.target] }.filter { nodes[$0].status != .retired }
            }
            for circle in Self.circles(edges) {
                let ids = circle.map { nodes[$0].id }
                found.append(
                    LintFinding(
                        .relationCycle, severity, ids, field: "relations", "these \(ids.count) guidelines \(words)",
                        evidence: [types[0] == .priority ? "priority" : "depends"], advice: advice))
            }
        }
        return found
    }

    private func conflicts() -> [LintFinding] {
        var found: [LintFinding] = []
        var seen: Set<[Int]> = []
        for (place, node) in nodes.enumerated() where node.status != .retired {
            for relation in node.relations where relation.type == .excludes {
                guard let other = places[relation.target], other != place,
                    seen.insert([min(place, other), max(place, other)]).inserted
                else { continue }
                // Either of the two may need the other.
                let needs: [(Int, Int)] = [(place, other), (other, place)]
                for (from, to) in needs {
                    let target = nodes[to].id
                    guard
                        let need = nodes[from].relations.first(where: {
                            $0.target == target && [.dependsOnAll, .dependsOnAny, .entails].contains($0.type)
                        })
                    else { continue }
                    let isOnlyOne =
                        need.type != .dependsOnAny || nodes[from].relations.count { $0.type == .dependsOnAny } == 1
                    found.append(
                        LintFinding(
                            .conflictingRelations, isOnlyOne ? .error : .warning, [nodes[from].id, target],
                            field: "relations", "\(need.type.rawValue) and excludes between the same two guidelines",
                            evidence: [need.type.rawValue, "excludes"], advice: "Take one of the two relations out."))
                }
            }
        }
        return found
    }

    /// The strongly connected components of more than one node, each in ascending order, by their first node: Tarjan, "Depth-first
    /// search and linear graph algorithms" (1972), without recursion, so that no chain is too long.
    static func circles(_ edges: [[Int]]) -> [[Int]] {
        var index = [Int](repeating: -1, count: edges.count)
        var low = index
        var isOpen = [Bool](repeating: false, count: edges.count)
        var stack: [Int] = []
        var circles: [[Int]] = []
        var next = 0
        for start in edges.indices where index[start] < 0 {
            var work: [(node: Int, edge: Int)] = [(start, 0)]
            while let (node, edge) = work.last {
                if edge == 0 {
                    (index[node], low[node]) = (next, next)
                    next += 1
                    stack.append(node)
                    isOpen[node] = true
                }
                if edge < edges[node].count {
                    work[work.count - 1].edge += 1
                    let target = edges[node][edge]
                    if index[target] < 0 {
                        work.append((target, 0))
                    } else if isOpen[target] {
                        low[node] = min(low[node], index[target])
                    }
                    continue
                }
                work.removeLast()
                if let parent = work.last?.node { low[parent] = min(low[parent], low[node]) }
                guard low[node] == index[node] else { continue }
                var circle: [Int] = []
                while let last = stack.popLast() {
                    isOpen[last] = false
                    circle.append(last)
                    if last == node { break }
                }
                if circle.count > 1 { circles.append(circle.sorted()) }
            }
        }
        return circles.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
    }
}
