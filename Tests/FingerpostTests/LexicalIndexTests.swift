import Foundation
import Testing

@testable import Fingerpost

@Suite("Words of a library")
struct LexicalIndexTests {
    private func stems(_ text: String) -> [String] {
        var words: [String] = []
        LexicalWords.forEachStem(in: text) { words.append($0) }
        return words
    }

    @Test("The plural and the third person go, other endings stay")
    func endings() {
        #expect(stems("Locks rules policies drugs knives") == ["lock", "rule", "policy", "drug", "knive"])
        #expect(stems("glass virus is gas tomatoes") == ["glass", "virus", "is", "gas", "tomatoes"])
        #expect(stems("trees movies") == ["trees", "movy"])
        #expect(stems("écoles АБВs") == ["école", "абв"])
    }

    /// BM25 and the length of the input's vector, word for word and guideline by guideline.
    private func naive(_ input: String, _ texts: [Int64: String]) -> [Int64: Double] {
        let words = texts.mapValues(stems)
        let mean = Double(words.values.reduce(0) { $0 + $1.count }) / Double(max(1, words.count))
        var asked: [String] = []
        for word in stems(input) where !asked.contains(word) { asked.append(word) }
        func rarity(_ word: String) -> Double {
            let having = Double(words.values.count { $0.contains(word) })
            return log(1 + (Double(words.count) - having + 0.5) / (having + 0.5))
        }
        let length = asked.reduce(0) { $0 + rarity($1) * rarity($1) }.squareRoot()
        return words.mapValues { document in
            asked.reduce(0) { sum, word in
                let frequency = Double(document.count { $0 == word })
                let norm = 1.2 * (0.25 + 0.75 * Double(document.count) / mean)
                return frequency > 0 ? sum + rarity(word) * frequency * 2.2 / (frequency + norm) : sum
            } / length
        }
    }

    @Test("Shares are those of the formula, whatever was added, removed and changed before")
    func againstTheFormula() throws {
        var generator = SeededGenerator(state: 7)
        var texts: [Int64: String] = [:]
        var index = LexicalIndex()
        var nextRow: Int64 = 1
        func text() -> String {
            (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                "w\(Int.random(in: 0...Int.random(in: 0..<30, using: &generator), using: &generator))"
            }.joined(separator: " ")
        }
        func add(_ rows: [Int64]) {
            var builder = LexicalSegment.Builder()
            for row in rows.sorted() {
                let pieces = [text(), text()]
                for piece in pieces { builder.append(piece, guideline: row) }
                texts[row] = pieces.joined(separator: " ")
            }
            index.add(builder)
        }
        for step in 0..<400 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                let rows = (0..<Int64.random(in: 1...6, using: &generator)).map { nextRow + $0 }
                nextRow += Int64(rows.count)
                add(rows)
            case 2:
                let rows = Set(texts.keys.sorted().filter { _ in Int.random(in: 0..<5, using: &generator) == 0 })
                index.remove(rows.union([nextRow + 5]))
                for row in rows { texts[row] = nil }
            default:
                let rows = texts.keys.sorted().filter { _ in Int.random(in: 0..<8, using: &generator) == 0 }
                index.remove(Set(rows))
                add(rows)
            }
            #expect(index.count == texts.count)
            guard step.isMultiple(of: 5), !texts.isEmpty else { continue }
            let input = "W3 w7s unknown \(text())"
            let ranking = LexicalRanking(input, in: index)
            let expected = naive(input, texts)
            for (row, share) in expected { #expect(abs(Double(ranking.share(of: row)) - share) < 1e-4, "\(step)") }
            #expect(ranking.share(of: nextRow) == 0)
            #expect(ranking.best(300) == Array(ranking.best(256)), "sorted as inserted")
            let best = ranking.best(5)
            let rightBest = expected.filter { $0.value > 0 }.sorted { $0.value > $1.value }.prefix(5)
            #expect(best.count == rightBest.count)
            for (row, right) in zip(best, rightBest) {
                #expect(abs(expected[row, default: -1] - right.value) < 1e-4)
            }
            #expect(
                zip(best, best.dropFirst()).allSatisfy { a, b in
                    ranking.share(of: a) > ranking.share(of: b)
                        || (ranking.share(of: a) == ranking.share(of: b) && a < b)
                })
        }
        #expect(index.parts.count <= 12, "segments are merged")
    }

    @Test("The same bits, however the guidelines are spread over segments")
    func independentOfSegments() {
        var generator = SeededGenerator(state: 9)
        let texts = (0..<300).map { _ in
            (0..<8).map { _ in "w\(Int.random(in: 0..<50, using: &generator))" }.joined(separator: " ")
        }
        func index(_ sizes: [Int]) -> LexicalIndex {
            var index = LexicalIndex()
            var row = 0
            var next = 0
            while row < texts.count {
                var builder = LexicalSegment.Builder()
                for _ in 0..<sizes[next % sizes.count] where row < texts.count {
                    builder.append(texts[row], guideline: Int64(row))
                    row += 1
                }
                index.add(builder)
                next += 1
            }
            return index
        }
        let whole = LexicalRanking("w1 w2 w3 w4", in: index([1_000]))
        for sizes in [[1], [7, 1, 30], [100, 1]] {
            let spread = LexicalRanking("w1 w2 w3 w4", in: index(sizes))
            #expect(spread.best(20) == whole.best(20))
            for row in texts.indices { #expect(spread.share(of: Int64(row)) == whole.share(of: Int64(row))) }
        }
    }

    @Test("Nothing to compare")
    func nothing() {
        var index = LexicalIndex()
        #expect(LexicalRanking("lock", in: index).best(3).isEmpty)
        index.add(LexicalSegment.Builder())
        var builder = LexicalSegment.Builder()
        builder.append("lock the door", guideline: 4)
        builder.append("…", guideline: 5)
        index.add(builder)
        #expect(index.count == 2)
        for input in ["", " … ", "soup"] { #expect(LexicalRanking(input, in: index).best(3).isEmpty, "\(input)") }
        #expect(LexicalRanking("lock", in: index).best(0).isEmpty)
        #expect(LexicalRanking("lock", in: index).best(3) == [4])
        index.remove([4, 5])
        #expect(index.count == 0 && index.parts.isEmpty)
    }
}
