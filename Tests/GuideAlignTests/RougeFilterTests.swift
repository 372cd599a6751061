import Foundation
import Platform
import Testing

@testable import GuideAlign

@Suite("ROUGE-L") struct RougeFilterTests {
    /// The textbook's table.
    private func common(_ a: [UInt32], _ b: [UInt32]) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for x in a {
            var before = 0
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = x == y ? before + 1 : max(above, row[j])
                before = above
            }
        }
        return row[b.count]
    }

    @Test("The common subsequence is the table's")
    func subsequences() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let vocabulary = UInt32.random(in: 1...40, using: &generator)
            func words() -> [UInt32] {
                (0..<Int.random(in: 0...150, using: &generator)).map { _ in
                    UInt32.random(in: 0..<vocabulary, using: &generator)
                }
            }
            let (a, b) = (words(), words())
            #expect(CommonSubsequence(a).length(with: b) == common(a, b), "seed \(seed)")
        }
    }

    @Test("What is kept is what comparing with everything keeps", arguments: [0.3, 0.5, 0.7, 0.9, 1.0])
    func filtering(limit: Double) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(seed: seed)
        var filter = RougeFilter(limit: limit)
        var kept: [[UInt32]] = []
        var refused = 0
        for _ in 0..<250 {
            var words: [UInt32]
            if let one = kept.randomElement(using: &generator), Bool.random(using: &generator) {
                words = one
                for _ in 0..<Int.random(in: 0...6, using: &generator) where !words.isEmpty {
                    words[Int.random(in: 0..<words.count, using: &generator)] = UInt32.random(
                        in: 0..<60, using: &generator)
                }
            } else {
                words = (0..<Int.random(in: 1...25, using: &generator)).map { _ in
                    // A few words are frequent, as in any language.
                    UInt32(60 * pow(Double.random(in: 0..<1, using: &generator), 3))
                }
            }
            let isAlike = kept.contains { Double(2 * common($0, words)) > limit * Double($0.count + words.count) }
            let text = words.map { "w\($0)" }.joined(separator: Bool.random(using: &generator) ? " " : ", ")
            let isKept = filter.keep(text)
            #expect(isKept == !isAlike, "seed \(seed)")
            if isKept { kept.append(words) } else { refused += 1 }
        }
        #expect(filter.count == kept.count && (refused > 15 || limit == 1))
        let isNothingKept = filter.keep("   ")
        #expect(!isNothingKept)
    }
}
