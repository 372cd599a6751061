import Fingerpost

/// Keeps texts of which no two are too much alike by ROUGE-L: F1 of the longest common subsequence of their words, `2
/// LCS / (|a| + |b|)` (C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", 2004). Words are letters
/// and digits in lower case.
///
/// A text that is too much like a kept one shares at least a number of words with it that follows from the lengths. So
/// it shares one of its rarest words, and only kept texts that have one of those, a fitting length, and enough words in
/// common in any order are compared in full (the prefix filter of Chaudhuri, Ganti and Kaushik, ICDE 2006).
struct RougeFilter {
    let limit: Double
    private var numbers: [String: UInt32] = [:]
    /// In how many kept texts a word stands.
    private var frequencies: [Int] = []
    private var postings: [[Int32]] = []
    private var texts: [[UInt32]] = []
    private var sorted: [[UInt32]] = []
    /// The candidate for which a kept text was last looked at.
    private var marks: [Int32] = []
    private var candidate: Int32 = 0
    /// How many comparisons were made in full.
    private(set) var comparisons = 0

    /// - Parameter limit: The most that F1 may be between two kept texts.
    init(limit: Double) { self.limit = limit }

    var count: Int { texts.count }

    /// Keeps the text unless a kept one is too much like it, or it has no word.
    mutating func keep(_ text: String) -> Bool {
        let words = numbers(of: text)
        guard !words.isEmpty, !hasSimilar(words) else { return false }
        let number = Int32(texts.count)
        let ordered = words.sorted()
        texts.append(words)
        sorted.append(ordered)
        marks.append(-1)
        for (index, word) in ordered.enumerated() where index == 0 || ordered[index - 1] != word {
            frequencies[Int(word)] += 1
            postings[Int(word)].append(number)
        }
        return true
    }

    private mutating func numbers(of text: String) -> [UInt32] {
        TextNormalization.normalized(text).split(separator: " ").map { word in
            let key = String(word)
            if let number = numbers[key] { return number }
            let number = UInt32(numbers.count)
            numbers[key] = number
            frequencies.append(0)
            postings.append([])
            return number
        }
    }

    private mutating func hasSimilar(_ words: [UInt32]) -> Bool {
        let ordered = words.sorted()
        // Against the shortest text that can be too much alike, the fewest words have to be common.
        var shortest = 1
        while shortest < words.count, !exceeds(shortest, words.count, shortest) { shortest += 1 }
        let needed = leastCommon(words.count, shortest)
        guard needed <= words.count else { return false }
        let rarest = words.sorted {
            let (one, other) = (frequencies[Int($0)], frequencies[Int($1)])
            return one != other ? one < other : $0 < $1
        }
        candidate += 1
        var pattern: CommonSubsequence?
        for word in rarest.prefix(words.count - needed + 1) {
            for number in postings[Int(word)] where marks[Int(number)] != candidate {
                marks[Int(number)] = candidate
                let length = texts[Int(number)].count
                let least = leastCommon(words.count, length)
                guard least <= min(words.count, length), shares(least, ordered, sorted[Int(number)]) else { continue }
                let prepared = pattern ?? CommonSubsequence(words)
                pattern = prepared
                comparisons += 1
                if prepared.length(with: texts[Int(number)]) >= least { return true }
            }
        }
        return false
    }

    /// Whether the F1 of texts of these lengths with this common subsequence is more than the limit.
    private func exceeds(_ common: Int, _ a: Int, _ b: Int) -> Bool { Double(2 * common) > limit * Double(a + b) }

    /// The least common subsequence with which two texts of these lengths are too much alike.
    private func leastCommon(_ a: Int, _ b: Int) -> Int {
        var least = max(1, Int(limit * Double(a + b) / 2))
        while !exceeds(least, a, b) { least += 1 }
        while least > 1, exceeds(least - 1, a, b) { least -= 1 }
        return least
    }

    /// Whether two sorted lists have so many words in common.
    private func shares(_ least: Int, _ a: [UInt32], _ b: [UInt32]) -> Bool {
        var (i, j, common) = (0, 0, 0)
        while i < a.count, j < b.count {
            if common + min(a.count - i, b.count - j) < least { return false }
            if a[i] == b[j] {
                common += 1
                if common >= least { return true }
                i += 1
                j += 1
            } else if a[i] < b[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return common >= least
    }
}
