import Foundation
import Testing

@testable import Fingerpost

@Suite("BM25")
struct BM25IndexTests {
    /// The formula, word for word and document by document.
    private func naive(_ query: String, _ documents: [String], k1: Double = 1.2, b: Double = 0.75) -> [Double] {
        let split = documents.map(words)
        let mean = Double(split.reduce(0) { $0 + $1.count }) / Double(documents.count)
        return split.map { document in
            words(query).reduce(0) { sum, word in
                let frequency = Double(document.count { $0 == word })
                let having = Double(split.count { $0.contains(word) })
                let rarity = log(1 + (Double(documents.count) - having + 0.5) / (having + 0.5))
                let norm = k1 * (1 - b + b * Double(document.count) / mean)
                return frequency > 0 ? sum + rarity * frequency * (k1 + 1) / (frequency + norm) : sum
            }
        }
    }

    private func words(_ text: String) -> [String] {
        var words: [String] = []
        LexicalWords.forEach(in: text) { words.append($0) }
        return words
    }

    @Test("Words: lower case, letters, marks, digits and underscores of any script")
    func splitting() {
        #expect(words("Don't PANIC, it's snake_case 42!") == ["don", "t", "panic", "it", "s", "snake_case", "42"])
        #expect(words("") == [] && words(" \n…—") == [])
        #expect(words("ÉCOLE Straße ΩΜΕΓΑ") == ["école", "straße", "ωμεγα"])
        #expect(words("e\u{301}t\u{E9}") == ["e\u{301}té"])
        #expect(words("हिन्दी में") == ["हिन्दी", "में"])
        #expect(words("东京 2024年") == ["东京", "2024年"])
        #expect(words("a\u{1F600}b") == ["a", "b"])
    }

    @Test("A score by hand")
    func byHand() throws {
        let found = BM25Index(["lock lock door", "door", "soup"]).search("Lock!", limit: 5)
        // N 3, n 1, tf 2, |d| 3, mean 5/3.
        let expected = log(1 + 2.5 / 1.5) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / (5.0 / 3)))
        #expect(found.map(\.row) == [0])
        #expect(abs(Double(try #require(found.first).score) - expected) < 1e-6)
    }

    @Test(
        "The same as the formula, on random documents and queries",
        arguments: [(1.2, 0.75), (0.9, 0.4), (2, 0), (0, 1)])
    func formula(k1: Double, b: Double) {
        var generator = SeededGenerator(state: 11)
        let vocabulary = (0..<40).map { "w\($0)" }
        func text(_ length: ClosedRange<Int>) -> String {
            (0..<Int.random(in: length, using: &generator)).map { _ in
                // The low numbers often, the high ones seldom.
                vocabulary[Int.random(in: 0...Int.random(in: 0..<40, using: &generator), using: &generator)]
            }.joined(separator: " ")
        }
        let documents = (0..<60).map { _ in text(0...30) }
        var parameters = BM25Index.Parameters()
        (parameters.k1, parameters.b) = (k1, b)
        let index = BM25Index(documents, parameters: parameters)
        #expect(index.count == 60)
        for _ in 0..<50 {
            let query = text(1...8) + " unknown"
            let expected = naive(query, documents, k1: k1, b: b)
            let found = index.search(query, limit: 60)
            #expect(Set(found.map(\.row)) == Set(expected.indices.filter { expected[$0] > 0 }))
            for (place, document) in found.enumerated() {
                #expect(abs(Double(document.score) - expected[document.row]) < 1e-4)
                guard place > 0 else { continue }
                let before = found[place - 1]
                #expect(before.score > document.score || (before.score == document.score && before.row < document.row))
            }
            #expect(index.search(query, limit: 7) == Array(found.prefix(7)))
        }
    }

    @Test("Nothing to find, and nothing to search")
    func nothing() {
        #expect(BM25Index([String]()).search("lock", limit: 3) == [])
        #expect(BM25Index(["", " "]).search("lock", limit: 3) == [])
        let index = BM25Index(["lock", "", "lock"])
        #expect(index.search("", limit: 3) == [])
        #expect(index.search("door", limit: 3) == [])
        #expect(index.search("lock", limit: 0) == [] && index.search("lock", limit: -1) == [])
        #expect(index.search("lock", limit: 3).map(\.row) == [0, 2])
    }
}

/// A seeded generator, so that every run sees the same.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x9E37_79B9_7F4A_7C15
    }
}
