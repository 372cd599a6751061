/// All keywords at once, in one pass over a text (Aho and Corasick, "Efficient string matching: an aid to bibliographic
/// search", 1975), as a table of states by classes of bytes.
final class KeywordAutomaton: Sendable {
    /// A keyword in a text.
    struct Hit: Hashable {
        var keyword: Int
        /// In bytes of the folded text.
        var range: Range<Int>
    }

    private let classes: [UInt8]
    private let classCount: Int
    private let next: [Int32]
    /// The keyword that ends in a state, or -1, and the nearest state behind by failure links in which one does, or 0.
    private let output: [Int32]
    private let suffix: [Int32]
    private let lengths: [Int]

    /// - Parameter keywords: not empty, no two alike.
    /// - Complexity: O(bytes of the keywords times different bytes).
    init(_ keywords: [[UInt8]]) {
        var classes = [UInt8](repeating: 0, count: 256)
        var used = 0
        // More than 255 different bytes there are not: UTF-8 does not use all.
        for byte in keywords.joined() where classes[Int(byte)] == 0 {
            used += 1
            classes[Int(byte)] = UInt8(used)
        }
        let width = used + 1
        var next = [Int32](repeating: -1, count: width)
        var output: [Int32] = [-1]
        for (number, keyword) in keywords.enumerated() {
            var state = 0
            for byte in keyword {
                let place = state * width + Int(classes[Int(byte)])
                if next[place] < 0 {
                    next[place] = Int32(output.count)
                    next += [Int32](repeating: -1, count: width)
                    output.append(-1)
                }
                state = Int(next[place])
            }
            output[state] = Int32(number)
        }
        var failure = [Int32](repeating: 0, count: output.count)
        var suffix = failure
        var queue: [Int] = []
        for place in 0..<width {
            if next[place] < 0 { next[place] = 0 } else { queue.append(Int(next[place])) }
        }
        var head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            let back = Int(failure[state])
            suffix[state] = output[back] >= 0 ? Int32(back) : suffix[back]
            for place in 0..<width {
                let child = next[state * width + place]
                if child < 0 {
                    next[state * width + place] = next[back * width + place]
                } else {
                    failure[Int(child)] = next[back * width + place]
                    queue.append(Int(child))
                }
            }
        }
        (self.classes, classCount, self.next, self.output, self.suffix) = (classes, width, next, output, suffix)
        lengths = keywords.map(\.count)
    }

    /// Calls `body` with every keyword in the text, also those that overlap, in the order of their ends.
    ///
    /// - Complexity: O(bytes plus hits).
    func forEachHit(in text: [UInt8], _ body: (Hit) -> Void) {
        var state = 0
        for (place, byte) in text.enumerated() {
            state = Int(next[state * classCount + Int(classes[Int(byte)])])
            var ending = output[state] >= 0 ? state : Int(suffix[state])
            while ending > 0 {
                let keyword = Int(output[ending])
                body(Hit(keyword: keyword, range: (place + 1 - lengths[keyword])..<(place + 1)))
                ending = Int(suffix[ending])
            }
        }
    }
}
