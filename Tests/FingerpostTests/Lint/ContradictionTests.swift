import Testing

@testable import Fingerpost

@Suite("Contradictions")
struct ContradictionTests {
    private func contradict(_ a: String, _ b: String) -> Bool {
        Contradiction.between(Statement(text: a), Statement(text: b)) != nil
    }

    @Test("Labelled pairs: precision and recall do not fall below what the article says")
    func labelled() {
        #expect(LabelledPairs.all.count >= 120)
        let known = measure("adjusted to", LabelledPairs.all)
        #expect(known.precision >= 0.95 && known.recall >= 0.75)
    }

    @Test("Pairs that the check was not adjusted to")
    func heldOut() {
        let new = measure("held out", LabelledPairs.heldOut)
        #expect(new.precision >= 0.8 && new.recall >= 0.5)
    }

    private func measure(_ name: String, _ pairs: [LabelledPairs.Pair]) -> (precision: Double, recall: Double) {
        var (hits, misses, falseAlarms) = (0, [String](), [String]())
        for pair in pairs {
            let found = contradict(pair.first, pair.second)
            // The order of the two does not matter.
            #expect(found == contradict(pair.second, pair.first), "\(pair)")
            let line = "\(pair.label) | \(pair.first) | \(pair.second)"
            switch (found, pair.contradicts) {
            case (true, true): hits += 1
            case (true, false): falseAlarms.append(line)
            case (false, true): misses.append(line)
            case (false, false): break
            }
        }
        let positives = pairs.count { $0.contradicts }
        let precision = Double(hits) / Double(max(1, hits + falseAlarms.count))
        let recall = Double(hits) / Double(max(1, positives))
        print(
            "contradictions, \(name): \(pairs.count) pairs, \(positives) contradict; precision \(precision), recall \(recall)"
        )
        print((["false alarms:"] + falseAlarms + ["missed:"] + misses).joined(separator: "\n  "))
        return (precision, recall)
    }
}
