import Foundation

/// An index of words in memory that ranks documents by Okapi BM25.
///
/// The score of a document *d* for a query is the sum, over the words of the query (one that is repeated counts each
/// time), of
///
///     idf(w) · tf · (k1 + 1) / (tf + k1 · (1 - b + b · |d| / mean |d|)),   idf(w) = ln(1 + (N - n + 0.5) / (n + 0.5))
///
/// with *tf* the times that *w* stands in *d*, |d| the words of *d*, *N* the documents and *n* those that have *w*. Words
/// are runs of letters, digits and underscores in lower case; there is no stemming and no list of words to leave out.
///
/// Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the idf, which is never
/// negative, is Lucene's.
///
/// ```swift
/// let index = BM25Index(["pick a lock", "lock the door", "a recipe for soup"])
/// let best = index.search("how do I lock my door", limit: 2)   // rows 1 and 0
/// ```
public struct BM25Index: Sendable {
    /// The two numbers that BM25 leaves open.
    public struct Parameters: Sendable, Hashable {
        /// How much a word counts that is repeated: 0 not at all, large values in proportion.
        public var k1 = 1.2
        /// How far the length of a document discounts its words: 0 not at all, 1 in proportion.
        public var b = 0.75

        public init() {}
    }

    /// Number of documents.
    public let count: Int
    private let terms: [String: Int]
    /// Where the postings of each term begin, and an end.
    private let starts: [Int]
    /// Documents that have the term, ascending, with what it adds to their scores.
    private let rows: [UInt32]
    private let weights: [Float]

    /// Reads the documents once and weighs every word of each. O(their length).
    public init(_ documents: some Collection<String>, parameters: Parameters = Parameters()) {
        var postings = Postings()
        for (row, document) in documents.enumerated() { postings.append(document, row: UInt32(row)) }
        count = documents.count
        terms = postings.terms

        // The postings sorted by term, those of a term staying in the order of the documents.
        var starts = [Int](repeating: 0, count: terms.count + 1)
        for term in postings.term { starts[term + 1] += 1 }
        let total = Double(count)
        let rarities = starts.dropFirst().map { log(1 + (total - Double($0) + 0.5) / (Double($0) + 0.5)) }
        for term in 0..<terms.count { starts[term + 1] += starts[term] }
        let mean = Double(postings.lengths.reduce(0, +)) / max(1, total)
        var next = starts
        var rows = [UInt32](repeating: 0, count: postings.term.count)
        var weights = [Float](repeating: 0, count: postings.term.count)
        for (place, term) in postings.term.enumerated() {
            let frequency = Double(postings.frequency[place])
            let length = Double(postings.lengths[Int(postings.row[place])]) / mean
            let norm = parameters.k1 * (1 - parameters.b + parameters.b * length)
            rows[next[term]] = postings.row[place]
            weights[next[term]] = Float(rarities[term] * frequency * (parameters.k1 + 1) / (frequency + norm))
            next[term] += 1
        }
        self.starts = starts
        self.rows = rows
        self.weights = weights
    }

    /// The documents that share a word with the query, best first; equal scores in the order of the documents.
    ///
    /// - Complexity: O(postings of the query's words + ``count``).
    public func search(_ query: String, limit: Int) -> [RankedDocument] {
        guard limit > 0 else { return [] }
        let asked = askedTerms(query)
        guard !asked.isEmpty else { return [] }
        // Term at a time: the scores of all documents together, and then the best of them.
        var scores = [Float](repeating: 0, count: count)
        for (term, times) in asked { add(starts[term]..<starts[term + 1], times: times, to: &scores) }
        var best = TopDocuments(limit: limit)
        var bar: Float = 0
        for (row, score) in scores.enumerated() where score > bar {
            best.offer(row: row, score: score)
            bar = max(0, best.bar)
        }
        return best.documents
    }

    /// Adds what a term is worth to the scores of the documents that have it.
    private func add(_ postings: Range<Int>, times: Float, to scores: inout [Float]) {
        // Every row of a posting is below `count`, and the range within both columns, by how they were made.
        scores.withUnsafeMutableBufferPointer { scores in
            rows.withUnsafeBufferPointer { rows in
                weights.withUnsafeBufferPointer { weights in
                    for place in postings { scores[Int(rows[place])] += times * weights[place] }
                }
            }
        }
    }

    /// The known words of a query in the order of their first appearance, and how often each is there.
    private func askedTerms(_ query: String) -> [(term: Int, times: Float)] {
        var asked: [(term: Int, times: Float)] = []
        var places: [Int: Int] = [:]
        LexicalWords.forEach(in: query) { word in
            guard let term = terms[word] else { return }
            if let place = places[term] {
                asked[place].times += 1
            } else {
                places[term] = asked.count
                asked.append((term, 1))
            }
        }
        return asked
    }
}

/// Which words stand how often in which documents, in the order of the documents.
private struct Postings {
    private(set) var terms: [String: Int] = [:]
    private(set) var lengths: [Int] = []
    private(set) var term: [Int] = []
    private(set) var row: [UInt32] = []
    private(set) var frequency: [UInt32] = []
    /// The last posting of each term.
    private var last: [Int] = []

    mutating func append(_ document: String, row number: UInt32) {
        var length = 0
        LexicalWords.forEach(in: document) { word in
            length += 1
            let id: Int
            if let known = terms[word] {
                id = known
                if row[last[id]] == number {
                    frequency[last[id]] += 1
                    return
                }
                last[id] = term.count
            } else {
                id = terms.count
                terms[word] = id
                last.append(term.count)
            }
            term.append(id)
            row.append(number)
            frequency.append(1)
        }
        lengths.append(length)
    }
}
