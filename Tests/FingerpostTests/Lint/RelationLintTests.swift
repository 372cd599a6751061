import GuidelineStore
import Platform
import Testing

@testable import Fingerpost

@Suite("Relations that cannot work")
struct RelationLintTests {
    private func node(
        _ id: String, _ relations: [(Guideline.Relation.Kind, String)] = [], status: Guideline.Status = .active
    ) -> RelationLint.Node {
        .init(id: id, status: status, relations: relations.map { .init(type: $0.0, target: $0.1) })
    }

    private func found(_ nodes: [RelationLint.Node]) -> [String] {
        RelationLint(nodes).findings(Set(LintRule.allCases)).map {
            "\($0.rule.rawValue) \($0.severity.rawValue) \($0.ids.joined(separator: " "))"
        }
    }

    @Test("Missing, retired and own targets; circles; needed and excluded")
    func findings() {
        #expect(found([node("a", [(.entails, "b")]), node("b")]) == [])
        #expect(found([node("a", [(.entails, "x")])]) == ["broken-relation error a"])
        #expect(found([node("a", [(.priority, "a")])]) == ["broken-relation error a"])
        #expect(
            found([node("a", [(.dependsOnAll, "b"), (.entails, "b")]), node("b", status: .retired)])
                == ["broken-relation error a b", "broken-relation warning a b"])
        #expect(found([node("a", [(.entails, "x")], status: .retired)]) == [])
        #expect(
            found([node("a", [(.priority, "b")]), node("b", [(.priority, "c")]), node("c", [(.priority, "a")])])
                == ["relation-cycle error a b c"])
        #expect(
            found([node("a", [(.dependsOnAny, "b")]), node("b", [(.dependsOnAll, "a")])])
                == ["relation-cycle warning a b"])
        // A dependency one way and priority the other way are no circle.
        #expect(found([node("a", [(.dependsOnAll, "b")]), node("b", [(.priority, "a")])]) == [])
        #expect(
            found([node("a", [(.excludes, "b")]), node("b", [(.dependsOnAll, "a"), (.excludes, "a")])])
                == ["conflicting-relations error b a"])
    }

    @Test("Circles are those that reachability gives")
    func circles() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 1...9, using: &generator)
            let edges = (0..<count).map { _ in
                (0..<Int.random(in: 0...2, using: &generator)).map { _ in Int.random(in: 0..<count, using: &generator) }
            }
            var reach = (0..<count).map { start in Set(edges[start]) }
            for _ in 0..<count {
                for node in 0..<count { for next in reach[node] { reach[node].formUnion(reach[next]) } }
            }
            var expected: [[Int]] = []
            for node in 0..<count {
                let group = (0..<count).filter { $0 == node || (reach[node].contains($0) && reach[$0].contains(node)) }
                if group.count > 1, group[0] == node { expected.append(group) }
            }
            #expect(RelationLint.circles(edges) == expected, "seed \(seed): \(edges)")
        }
        // A chain of any length ends.
        let long = (0..<100_000).map { [min($0 + 1, 99_999)] }
        #expect(RelationLint.circles(long).isEmpty)
    }
}
