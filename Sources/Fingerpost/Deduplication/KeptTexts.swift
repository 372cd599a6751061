import CKernels

/// The texts of the guidelines kept so far, by their lengths and by the runs of characters in them.
///
/// A text is looked for first among those that share its rarest runs of four characters (an inverted index; nearly all
/// duplicates are found so), then, if wanted, among all whose length and characters allow the similarity. A bag of
/// characters bounds the common subsequence from above; what passes is compared exactly.
///
/// Reading calls may be made from several threads as long as no one adds.
final class KeptTexts: @unchecked Sendable {
    /// A kept guideline that is as alike as asked for.
    struct Hit {
        var item: Int32
        var similarity: Double
    }

    /// What one thread needs to look for texts.
    struct Workspace {
        var pattern = TextPattern()
        fileprivate var bag = [UInt8](repeating: 0, count: KeptTexts.bagSize)
        fileprivate var overlaps: [UInt16] = []
        fileprivate var tally = RunIndex.Tally()
        fileprivate var chosen: [UInt32] = []
        fileprivate var lengths: [UInt32] = []

        /// Puts those of the first `count` whose overlap is large enough into `chosen`, and returns how many they are.
        fileprivate mutating func choose(from count: Int, atLeast least: Int) -> Int {
            if chosen.count < count { chosen.append(contentsOf: repeatElement(0, count: count - chosen.count)) }
            var number = 0
            for index in 0..<count {
                chosen[number] = UInt32(truncatingIfNeeded: index)
                number += Int(overlaps[index]) >= least ? 1 : 0
            }
            return number
        }
    }

    /// Kept texts of one length, one behind the other.
    private struct Bucket {
        var places: [Int32] = []
        var bags: [UInt8] = []
        var text: [UInt16] = []
    }

    fileprivate static let bagSize = Int(FP_BAG_SIZE)
    /// Texts compared that share the most runs.
    private static let candidateLimit = 24

    private let corpus: DuplicateCorpus
    /// The kept guidelines in the order of keeping.
    private(set) var items: [Int32] = []
    private var buckets: [Int: Bucket] = [:]
    private var exact: [UInt64: [Int32]] = [:]
    private var runIndex = RunIndex()

    init(_ corpus: DuplicateCorpus) {
        self.corpus = corpus
    }

    var count: Int { items.count }

    // MARK: Adding

    func append(_ item: Int32) {
        let place = Int32(items.count)
        items.append(item)
        let range = corpus.range(of: Int(item))
        exact[hash(range), default: []].append(item)
        corpus.text.withUnsafeBufferPointer { text in
            let text = UnsafeBufferPointer(rebasing: text[range])
            var bag = [UInt8](repeating: 0, count: KeptTexts.bagSize)
            Self.fill(&bag, text)
            buckets[text.count, default: Bucket()].places.append(place)
            buckets[text.count, default: Bucket()].bags.append(contentsOf: bag)
            buckets[text.count, default: Bucket()].text.append(contentsOf: text)
            runIndex.append(place, text)
        }
    }

    private static func fill(_ bag: inout [UInt8], _ text: UnsafeBufferPointer<UInt16>) {
        for index in bag.indices { bag[index] = 0 }
        for code in text {
            // A space and 26 letters, the digits together, all others in four classes.
            let index = code < 27 ? Int(code) : code < 37 ? 27 : 28 + Int(code & 3)
            if bag[index] < .max { bag[index] += 1 }
        }
    }

    private func hash(_ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        corpus.text.withUnsafeBufferPointer { text in
            for index in range { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        }
        return hash
    }

    // MARK: Looking

    /// The first kept guideline with the same normalised text that `isAllowed`.
    func equal(to item: Int32, isAllowed: (Int32) -> Bool) -> Int32? {
        let range = corpus.range(of: Int(item))
        guard let found = exact[hash(range)] else { return nil }
        return found.first { other in
            corpus.text[corpus.range(of: Int(other))] == corpus.text[range] && isAllowed(other)
        }
    }

    /// The most similar kept guideline that is at least as alike as the threshold says and that `isAllowed`; of equals
    /// the one kept first.
    ///
    /// - Parameter isExhaustive: whether to compare with all that come into question if the index finds none; then
    ///   there is none if nothing is returned.
    func mostSimilar(
        to item: Int32, threshold: Double, isExhaustive: Bool, _ space: inout Workspace,
        isAllowed: (_ item: Int32, _ similarity: Double) -> Bool
    ) -> Hit? {
        let range = corpus.range(of: Int(item))
        return corpus.text.withUnsafeBufferPointer { all in
            let text = UnsafeBufferPointer(rebasing: all[range])
            space.pattern.set(text, characters: corpus.characters.count)
            let found = amongCandidates(text, all, threshold, &space, isAllowed)
            if found != nil || !isExhaustive { return found }
            return amongAll(text, threshold, &space, isAllowed)
        }
    }

    private func amongCandidates(
        _ text: UnsafeBufferPointer<UInt16>, _ all: UnsafeBufferPointer<UInt16>, _ threshold: Double,
        _ space: inout Workspace, _ isAllowed: (Int32, Double) -> Bool
    ) -> Hit? {
        runIndex.tally(text, texts: items.count, &space.tally)
        defer { space.tally.clear() }
        var best: Hit?
        var bestPlace: Int32 = 0
        for place in space.tally.largest(Self.candidateLimit) {
            let other = items[Int(place)]
            let range = corpus.range(of: Int(other))
            let least = TextSimilarity.leastCommon(
                text.count, range.count, threshold: max(threshold, best?.similarity ?? 0))
            guard least <= min(text.count, range.count) else { continue }
            let common = space.pattern.commonSubsequence(
                with: UnsafeBufferPointer(rebasing: all[range]), atLeast: max(1, least))
            guard common >= max(1, least) else { continue }
            let similarity = TextSimilarity.ratio(common: common, text.count, range.count)
            if let best, similarity == best.similarity, place > bestPlace { continue }
            guard isAllowed(other, similarity) else { continue }
            best = Hit(item: other, similarity: similarity)
            bestPlace = place
        }
        return best
    }

    private func amongAll(
        _ text: UnsafeBufferPointer<UInt16>, _ threshold: Double, _ space: inout Workspace,
        _ isAllowed: (Int32, Double) -> Bool
    ) -> Hit? {
        Self.fill(&space.bag, text)
        let isBounded = !space.bag.contains(UInt8.max)
        var best: Hit?
        var bestPlace: Int32 = 0
        let window = TextSimilarity.lengths(near: text.count, threshold: threshold)
        // The nearest lengths first, where the best is likely to be.
        for length in lengths(in: window, near: text.count) {
            guard let bucket = buckets[length] else { continue }
            if space.overlaps.count < bucket.places.count {
                space.overlaps.append(
                    contentsOf: repeatElement(0, count: bucket.places.count - space.overlaps.count))
            }
            fp_bag_overlaps(space.bag, bucket.bags, bucket.places.count, &space.overlaps)
            // Counts that reached their limit bound nothing.
            let isBounded = isBounded && length < 255
            let least = max(
                1, TextSimilarity.leastCommon(text.count, length, threshold: max(threshold, best?.similarity ?? 0)))
            guard least <= min(text.count, length) else { continue }
            let chosen = space.choose(from: bucket.places.count, atLeast: isBounded ? least : 0)
            bucket.text.withUnsafeBufferPointer { texts in
                space.pattern.commonSubsequences(
                    with: texts, length: length, places: space.chosen, count: chosen, atLeast: least,
                    into: &space.lengths)
            }
            for index in 0..<chosen where space.lengths[index] > 0 {
                let place = bucket.places[Int(space.chosen[index])]
                let similarity = TextSimilarity.ratio(common: Int(space.lengths[index]), text.count, length)
                if let best, (best.similarity, place) >= (similarity, bestPlace) { continue }
                guard isAllowed(items[Int(place)], similarity) else { continue }
                best = Hit(item: items[Int(place)], similarity: similarity)
                bestPlace = place
            }
        }
        return best
    }

    private func lengths(in window: ClosedRange<Int>, near length: Int) -> [Int] {
        // There are fewer lengths in use than the window has, where texts are long.
        let used =
            window.count <= buckets.count ? window.filter { buckets[$0] != nil } : buckets.keys.filter(window.contains)
        return used.sorted { (abs($0 - length), $0) < (abs($1 - length), $1) }
    }
}
