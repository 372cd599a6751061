import Testing

@testable import Fingerpost

@Suite("Contradictions")
struct ContradictionTests {
    private func contradict(_ a: String, _ b: String) -> Bool {
        Contradiction.between(Statement(text: a), Statement(text: b)) != nil
    }

    @Test("Labelled pairs: precision and recall do not fall below what the article says")
    func labelled() {
        var (hits, misses, falseAlarms) = (0, [String](), [String]())
        for pair in LabelledPairs.all {
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
        let positives = LabelledPairs.all.count { $0.contradicts }
        let precision = Double(hits) / Double(max(1, hits + falseAlarms.count))
        let recall = Double(hits) / Double(positives)
        print("contradictions: \(LabelledPairs.all.count) pairs, \(positives) contradict; precision \(precision), recall \(recall)")
        print((["false alarms:"] + falseAlarms + ["missed:"] + misses).joined(separator: "\n  "))
        #expect(LabelledPairs.all.count >= 120)
        #expect(precision >= 0.9 && recall >= 0.7)
    }
}
