/// The words of some guidelines, never changed once made: which guidelines have each word, and how often.
final class LexicalSegment: Sendable {
    /// Rows of the guidelines, ascending.
    let guidelines: [Int64]
    /// Words of each guideline.
    let lengths: [UInt32]
    /// The number of each word.
    let terms: [String: Int]
    /// Where the postings of each word begin, and an end.
    let starts: [Int]
    /// Places among ``guidelines`` that have a word, ascending, and how often they have it.
    let places: [UInt32]
    let frequencies: [UInt32]

    fileprivate init(
        guidelines: [Int64], lengths: [UInt32], terms: [String: Int], starts: [Int], places: [UInt32],
        frequencies: [UInt32]
    ) {
        self.guidelines = guidelines
        self.lengths = lengths
        self.terms = terms
        self.starts = starts
        self.places = places
        self.frequencies = frequencies
    }

    var termCount: Int { starts.count - 1 }

    func postings(of term: Int) -> Range<Int> { starts[term]..<starts[term + 1] }

    /// How often a guideline has a word. O(log postings).
    func frequency(of term: Int, at place: Int) -> UInt32 {
        let range = postings(of: term)
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if Int(places[middle]) < place { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && Int(places[low]) == place ? frequencies[low] : 0
    }

    /// Where a guideline is among ``guidelines``. O(log n).
    func place(of guideline: Int64) -> Int? { guidelines.ascendingPlace(of: guideline) }
}

extension LexicalSegment {
    /// Collects guidelines in ascending order of their rows, their texts in any number of pieces.
    struct Builder {
        private var guidelines: [Int64] = []
        private var lengths: [UInt32] = []
        private var terms: [String: Int] = [:]
        /// Postings in the order of the guidelines.
        private var term: [UInt32] = []
        private var place: [UInt32] = []
        private var frequency: [UInt32] = []
        /// The last posting of each word.
        private var last: [Int] = []

        var isEmpty: Bool { guidelines.isEmpty }

        /// Adds a text of a guideline, which is the last one or a new one.
        mutating func append(_ text: String, guideline: Int64) {
            begin(guideline)
            LexicalWords.forEachStem(in: text) { add($0, times: 1) }
        }

        mutating func begin(_ guideline: Int64) {
            guard guidelines.last != guideline else { return }
            guidelines.append(guideline)
            lengths.append(0)
        }

        /// Counts a word of the last guideline.
        mutating func add(_ word: String, times: UInt32) {
            let current = UInt32(guidelines.count - 1)
            lengths[guidelines.count - 1] += times
            let number: Int
            if let known = terms[word] {
                number = known
                if place[last[known]] == current {
                    frequency[last[known]] += times
                    return
                }
                last[known] = term.count
            } else {
                number = terms.count
                terms[word] = number
                last.append(term.count)
            }
            term.append(UInt32(number))
            place.append(current)
            frequency.append(times)
        }

        func finish() -> LexicalSegment {
            // The postings sorted by word, those of a word staying in the order of the guidelines.
            var starts = [Int](repeating: 0, count: terms.count + 1)
            for number in term { starts[Int(number) + 1] += 1 }
            for number in 0..<terms.count { starts[number + 1] += starts[number] }
            var next = starts
            var places = [UInt32](repeating: 0, count: term.count)
            var frequencies = places
            for (index, number) in term.enumerated() {
                let target = next[Int(number)]
                places[target] = place[index]
                frequencies[target] = frequency[index]
                next[Int(number)] = target + 1
            }
            return LexicalSegment(
                guidelines: guidelines, lengths: lengths, terms: terms, starts: starts, places: places,
                frequencies: frequencies)
        }
    }
}
