import Platform

/// The token ids of a run of texts, and how to run them in packs without padding.
struct TokenizedTexts: Sendable {
    /// Texts of one part, one after another.
    private struct Part: Sendable {
        var ids: [Int32] = []
        var ends: [Int] = []
    }

    private static let partSize = 256
    private let parts: [Part]
    let count: Int

    /// Tokenizes with special tokens. O(bytes), shared among threads.
    init(_ texts: ArraySlice<String>, _ tokenizer: WordPieceTokenizer, maximumCount: Int, threads: Int) {
        count = texts.count
        let partCount = (texts.count + Self.partSize - 1) / Self.partSize
        let parts = Locked([Part](repeating: Part(), count: partCount))
        Parallel.forEachRange(texts.count, chunk: Self.partSize, threads: threads) { range, _ in
            var part = Part()
            for index in range {
                tokenizer.append(
                    texts[texts.startIndex + index], addingSpecialTokens: true, maximumCount: maximumCount,
                    to: &part.ids)
                part.ends.append(part.ids.count)
            }
            let done = part
            parts.withLock { $0[range.lowerBound / Self.partSize] = done }
        }
        self.parts = parts.withLock { $0 }
    }

    /// The ids of a text.
    subscript(text: Int) -> ArraySlice<Int32> {
        let part = parts[text / Self.partSize]
        let index = text % Self.partSize
        return part.ids[(index == 0 ? 0 : part.ends[index - 1])..<part.ends[index]]
    }

    /// Cuts the texts, longest first, into packs of at most `size` tokens (or one text). Texts of like length come
    /// together, and the packs that take longest are begun first.
    func packs(size: Int) -> [ArraySlice<Int>] {
        let lengths = (0..<count).map { self[$0].count }
        let order = (0..<count).sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
        var packs: [ArraySlice<Int>] = []
        var start = 0
        var total = 0
        for (position, text) in order.enumerated() {
            if position > start, total + lengths[text] > size {
                packs.append(order[start..<position])
                start = position
                total = 0
            }
            total += lengths[text]
        }
        if start < order.count { packs.append(order[start...]) }
        return packs
    }
}
