import Foundation

/// How much each guideline shares of the words of one input.
///
/// The score of a guideline is Okapi BM25 (Robertson and Zaragoza, 2009) over what it says and its examples together, with
/// k1 = 1.2 and b = 0.75, where a word of the input counts once however often it is there. Divided by the length of the
/// input's own vector of word weights it is comparable between inputs: a long story, of which every guideline has some
/// words, does not outweigh a short question, of which one guideline has all. Words that no guideline has count in that
/// length.
struct LexicalRanking {
    private var scores: [[Float]] = []
    private let parts: [LexicalIndex.Part]
    /// The length of the input's vector of word weights; 0 where it has no words.
    private var length: Float = 0

    private static let k1 = 1.2
    private static let b = 0.75
    /// Beyond so many it is faster to sort all than to keep the best in order.
    private static let largestInsertion = 256

    /// - Parameter own: the row of a guideline that has this very text among its examples, to be ranked as though it had not.
    /// - Complexity: O(postings of the input's words + guidelines).
    init(_ text: String, in index: LexicalIndex, leavingOutOf own: Int64? = nil) {
        parts = index.parts
        var words: [String] = []
        var times: [String: UInt32] = [:]
        var textLength = 0
        LexicalWords.forEachStem(in: text) { word in
            textLength += 1
            if times[word, default: 0] == 0 { words.append(word) }
            times[word, default: 0] += 1
        }
        let count = index.count
        guard count > 0, !words.isEmpty else { return }

        scores = parts.map { [Float](repeating: 0, count: $0.isLive.count) }
        let owner = own.flatMap { place(of: $0) }
        var ownScore: Float = 0
        let averageLength = index.averageLength - (owner == nil ? 0 : Double(textLength) / Double(count))
        let perWord = Self.k1 * Self.b / max(averageLength, 1e-9)
        var squares = 0.0
        for word in words {
            let terms = parts.map { $0.segment.terms[word] }
            var frequency = zip(parts, terms).reduce(0) { sum, found in
                sum + (found.1.map { found.0.documentFrequency(of: $0) } ?? 0)
            }
            var left: UInt32 = 0
            if let owner, let term = terms[owner.part] {
                let there = parts[owner.part].segment.frequency(of: term, at: owner.place)
                left = there - min(there, times[word] ?? 0)
                if there > 0, left == 0 { frequency -= 1 }
            }
            let rarity = log(1 + (Double(count - frequency) + 0.5) / (Double(frequency) + 0.5))
            squares += rarity * rarity
            guard !Self.isEverywhere(frequency, of: count) else { continue }
            let weight = Float(rarity * (Self.k1 + 1))
            for (number, term) in terms.enumerated() {
                guard let term else { continue }
                add(term, of: number, weight: weight, perWord: Float(perWord))
            }
            if let owner, left > 0 {
                let words = max(0, Int(parts[owner.part].segment.lengths[owner.place]) - textLength)
                let base = Float(Self.k1 * (1 - Self.b)) + Float(perWord) * Float(words)
                ownScore += weight * Float(left) / (Float(left) + base)
            }
        }
        if let owner { scores[owner.part][owner.place] = ownScore }
        length = Float(squares.squareRoot())
    }

    /// Whether a word is in so many of many guidelines that it tells none from another, and costs the most.
    private static func isEverywhere(_ frequency: Int, of count: Int) -> Bool {
        count >= 1_000 && frequency > count / 8
    }

    private mutating func add(_ term: Int, of part: Int, weight: Float, perWord: Float) {
        let segment = parts[part].segment
        let range = segment.postings(of: term)
        let base = Float(Self.k1 * (1 - Self.b))
        // Every place of a posting is below the number of guidelines, by how segments are made.
        scores[part].withUnsafeMutableBufferPointer { scores in
            segment.places.withUnsafeBufferPointer { places in
                segment.frequencies.withUnsafeBufferPointer { frequencies in
                    segment.lengths.withUnsafeBufferPointer { lengths in
                        for posting in range {
                            let place = Int(places[posting])
                            let frequency = Float(frequencies[posting])
                            scores[place] += weight * frequency / (frequency + base + perWord * Float(lengths[place]))
                        }
                    }
                }
            }
        }
    }

    /// The share of a guideline: 0 if it has no word of the input. O(log guidelines).
    func share(of guideline: Int64) -> Float {
        guard length > 0, let (part, place) = place(of: guideline) else { return 0 }
        return scores[part][place] / length
    }

    private func place(of guideline: Int64) -> (part: Int, place: Int)? {
        // Later segments have the newer words of a guideline that was changed.
        for (number, part) in parts.enumerated().reversed() {
            if let place = part.segment.place(of: guideline), part.isLive[place] { return (number, place) }
        }
        return nil
    }

    /// The guidelines with the largest shares, best first, equal ones in the order of their rows; none without a word of
    /// the input, and none that is not allowed.
    func best(_ limit: Int, where isAllowed: (Int64) -> Bool = { _ in true }) -> [Int64] {
        guard length > 0, limit > 0 else { return [] }
        typealias Item = (guideline: Int64, score: Float)
        func isBefore(_ a: Item, _ b: Item) -> Bool {
            a.score > b.score || (a.score == b.score && a.guideline < b.guideline)
        }
        guard limit <= Self.largestInsertion else {
            var all: [Item] = []
            for (number, part) in parts.enumerated() {
                for (place, score) in scores[number].enumerated() where score > 0 && part.isLive[place] {
                    if isAllowed(part.segment.guidelines[place]) { all.append((part.segment.guidelines[place], score)) }
                }
            }
            return all.sorted(by: isBefore).prefix(limit).map(\.guideline)
        }
        var best: [Item] = []
        var bar: Float = 0
        for (number, part) in parts.enumerated() {
            for (place, score) in scores[number].enumerated() where score >= bar && score > 0 && part.isLive[place] {
                let item = (part.segment.guidelines[place], score)
                if best.count == limit, !isBefore(item, best[limit - 1]) { continue }
                guard isAllowed(item.0) else { continue }
                if best.count == limit { best.removeLast() }
                var target = best.count
                while target > 0, isBefore(item, best[target - 1]) { target -= 1 }
                best.insert(item, at: target)
                if best.count == limit { bar = best[limit - 1].score }
            }
        }
        return best.map(\.guideline)
    }
}
