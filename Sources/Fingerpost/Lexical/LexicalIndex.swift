/// The words of a library's guidelines, kept in step with them, for ranking by BM25.
///
/// A value of few segments that never change, each with the marks of the guidelines that have left it: copies share them,
/// so that searches go on while a writer makes the next state. A new segment is merged with the one before it unless that
/// is twice as large, so there are O(log n) of them and each word is moved O(log n) times (O'Neil et al., "The
/// log-structured merge-tree", 1996). Scores do not depend on how the guidelines are spread over segments.
struct LexicalIndex: Sendable {
    private(set) var parts: [Part] = []

    /// A segment and what has left it.
    struct Part: Sendable {
        let segment: LexicalSegment
        /// One element for each guideline of the segment.
        var isLive: [Bool]
        var liveCount: Int
        /// Words of those that are live.
        var liveLength: Int
        /// Guidelines that have left, by the word; empty as long as none has.
        var lost: [UInt32] = []

        init(_ segment: LexicalSegment) {
            self.segment = segment
            isLive = [Bool](repeating: true, count: segment.guidelines.count)
            liveCount = segment.guidelines.count
            liveLength = segment.lengths.reduce(0) { $0 + Int($1) }
        }

        /// Live guidelines that have the word.
        func documentFrequency(of term: Int) -> Int {
            segment.postings(of: term).count - (lost.isEmpty ? 0 : Int(lost[term]))
        }
    }

    /// Guidelines that can be found.
    var count: Int { parts.reduce(0) { $0 + $1.liveCount } }

    var averageLength: Double { Double(parts.reduce(0) { $0 + $1.liveLength }) / Double(max(1, count)) }

    // MARK: Changing

    /// Adds guidelines that are not there.
    mutating func add(_ builder: LexicalSegment.Builder) {
        guard !builder.isEmpty else { return }
        parts.append(Part(builder.finish()))
        while parts.count > 1, parts[parts.count - 2].liveCount < 2 * parts[parts.count - 1].liveCount {
            let last = parts.removeLast()
            parts[parts.count - 1] = Self.merged([parts[parts.count - 1], last])
        }
    }

    /// Removes guidelines; those that are not there do not matter.
    ///
    /// - Complexity: O(postings) for each segment that loses any.
    mutating func remove(_ guidelines: Set<Int64>) {
        guard !guidelines.isEmpty else { return }
        for index in parts.indices { parts[index].remove(guidelines) }
        // What is mostly gone is made anew, so that it costs neither memory nor time.
        for index in parts.indices where parts[index].liveCount * 2 < parts[index].isLive.count {
            parts[index] = Self.merged([parts[index]])
        }
        parts.removeAll { $0.liveCount == 0 }
    }

    /// The live guidelines of some parts in one segment.
    private static func merged(_ parts: [Part]) -> Part {
        struct Word {
            var text: String
            var frequency: UInt32
        }
        var documents: [(guideline: Int64, words: [Word])] = []
        for part in parts {
            let first = documents.count
            var targets = [Int](repeating: -1, count: part.isLive.count)
            for (place, isLive) in part.isLive.enumerated() where isLive {
                targets[place] = documents.count
                documents.append((part.segment.guidelines[place], []))
            }
            guard documents.count > first else { continue }
            for (text, term) in part.segment.terms.sorted(by: { $0.value < $1.value }) {
                for posting in part.segment.postings(of: term) {
                    let target = targets[Int(part.segment.places[posting])]
                    guard target >= 0 else { continue }
                    documents[target].words.append(Word(text: text, frequency: part.segment.frequencies[posting]))
                }
            }
        }
        documents.sort { $0.guideline < $1.guideline }
        var builder = LexicalSegment.Builder()
        for (guideline, words) in documents {
            builder.begin(guideline)
            for word in words { builder.add(word.text, times: word.frequency) }
        }
        return Part(builder.finish())
    }
}

extension LexicalIndex.Part {
    mutating func remove(_ guidelines: Set<Int64>) {
        var leaves = false
        var left = [Bool](repeating: false, count: isLive.count)
        func note(_ place: Int, _ part: inout Self) {
            guard part.isLive[place] else { return }
            part.isLive[place] = false
            part.liveCount -= 1
            part.liveLength -= Int(part.segment.lengths[place])
            left[place] = true
            leaves = true
        }
        if guidelines.count < segment.guidelines.count / 16 {
            for guideline in guidelines { if let place = segment.place(of: guideline) { note(place, &self) } }
        } else {
            for (place, guideline) in segment.guidelines.enumerated() where guidelines.contains(guideline) {
                note(place, &self)
            }
        }
        guard leaves else { return }
        if lost.isEmpty { lost = [UInt32](repeating: 0, count: segment.termCount) }
        for term in 0..<segment.termCount {
            for posting in segment.postings(of: term) where left[Int(segment.places[posting])] { lost[term] += 1 }
        }
    }
}
