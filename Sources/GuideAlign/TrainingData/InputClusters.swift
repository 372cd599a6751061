import Fingerpost
import Platform

/// Inputs put together with all that are nearly the same, and theirs, so that a split can keep them on one side.
///
/// Texts that are equal but for case, punctuation and white space are always together. Of the others those are whose sets
/// of five consecutive characters have about so much in common (Jaccard index): it is estimated by 128 minima of random
/// hashes (A. Broder, "On the resemblance and containment of documents", 1997), which are looked up in 32 bands of four
/// (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3). Of pairs at 0.7 two in 10,000 are overlooked,
/// at 0.8 fewer than one in a million; what is put together in error costs nothing but a coarser split.
public struct InputClusters: Sendable {
    /// For each text the place of the first text of its cluster.
    public private(set) var first: [Int]
    /// For each text, by the place of the first of its cluster, what names the cluster: the normalised text that is first
    /// in the order of UTF-8.
    private var names: [Int: String] = [:]

    private static let hashCount = 128
    private static let rowsPerBand = 4
    /// Earlier texts of a band's bucket that a text is compared with at most.
    private static let mostComparisons = 256
    /// The estimate's standard deviation, at most.
    private static let margin = 0.045

    /// - Complexity: O(length of all texts) and memory of 512 bytes for each distinct one.
    public init(_ texts: [String], likeness: Double, threads: Int? = nil) {
        // Equal texts first: only one of each is compared.
        var places: [String: Int] = [:]
        var distinct: [String] = []
        var number: [Int] = []
        number.reserveCapacity(texts.count)
        for text in texts {
            let normalized = TextNormalization.normalized(text)
            let place = places[normalized] ?? distinct.count
            if place == distinct.count {
                places[normalized] = place
                distinct.append(normalized)
            }
            number.append(place)
        }
        var sets = DisjointSets(count: distinct.count)
        Self.join(&sets, Self.signatures(distinct, threads: threads ?? Processors.available), likeness)

        var firstOfRoot: [Int: Int] = [:]
        first = number.enumerated().map { place, number in
            let root = sets.root(number)
            let first = firstOfRoot[root] ?? place
            firstOfRoot[root] = first
            return first
        }
        for (number, text) in distinct.enumerated() {
            guard let first = firstOfRoot[sets.root(number)] else { continue }
            if let name = names[first], name.utf8.lexicographicallyPrecedes(text.utf8) { continue }
            names[first] = text
        }
    }

    /// How many clusters there are.
    public var count: Int { names.count }

    /// Whether a text is held out. It depends on the seed and on what is in its cluster alone, not on the other texts or
    /// their order.
    public func isHeldOut(_ place: Int, share: Double, seed: UInt64) -> Bool {
        var hash = SHA256()
        hash.update("\(seed):")
        hash.update(names[first[place]] ?? "")
        let bits = hash.finalize().prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(bits >> 11) / Double(1 << 53) < share
    }

    private static func signatures(_ texts: [String], threads: Int) -> [[UInt32]] {
        var generator = SplitMix64(seed: 0x6775_6964_656C_696E)
        let factors = (0..<hashCount).map { _ in (multiply: generator.next() | 1, add: generator.next()) }
        let results = ParallelResults<[UInt32], Never>(count: texts.count)
        Parallel.forEachRange(texts.count, chunk: 64, threads: threads) { range, _ in
            for place in range {
                results.set(place) {
                    var minima = [UInt32](repeating: .max, count: hashCount)
                    forEachShingle(of: texts[place]) { shingle in
                        for index in 0..<hashCount {
                            let value = UInt32(
                                truncatingIfNeeded: (shingle &* factors[index].multiply &+ factors[index].add) >> 32)
                            if value < minima[index] { minima[index] = value }
                        }
                    }
                    return minima
                }
            }
        }
        return results.values()
    }

    /// Hashes of every five characters; of a shorter text, of all.
    static func forEachShingle(of text: String, _ body: (UInt64) -> Void) {
        let characters = text.unicodeScalars.map { UInt64($0.value) }
        func hash(_ part: ArraySlice<UInt64>) -> UInt64 {
            SplitMix64.mix(part.reduce(0x9E37_79B9_7F4A_7C15) { ($0 ^ $1) &* 0x100_0000_01B3 })
        }
        guard characters.count > 5 else { return body(hash(characters[...])) }
        for start in 0...(characters.count - 5) { body(hash(characters[start..<(start + 5)])) }
    }

    private static func join(_ sets: inout DisjointSets, _ signatures: [[UInt32]], _ likeness: Double) {
        let least = Int((max(0, likeness - margin) * Double(hashCount)).rounded(.up))
        var previous = [Int32](repeating: -1, count: signatures.count)
        for band in stride(from: 0, to: hashCount, by: rowsPerBand) {
            var last: [SIMD4<UInt32>: Int32] = [:]
            last.reserveCapacity(signatures.count)
            for (place, signature) in signatures.enumerated() {
                let key = SIMD4(signature[band], signature[band + 1], signature[band + 2], signature[band + 3])
                var other = last[key] ?? -1
                previous[place] = other
                last[key] = Int32(clamping: place)
                var left = mostComparisons
                while other >= 0, left > 0 {
                    if sets.root(place) != sets.root(Int(other)) {
                        left -= 1
                        var equal = 0
                        for index in 0..<hashCount where signature[index] == signatures[Int(other)][index] {
                            equal += 1
                        }
                        if equal >= least { sets.join(place, Int(other)) }
                    }
                    other = previous[Int(other)]
                }
            }
        }
    }
}

/// Sets of which two can be made one (R. Tarjan, "Efficiency of a good but not linear set union algorithm", 1975).
struct DisjointSets {
    private var parents: [Int32]

    init(count: Int) { parents = (0..<Int32(count)).map(\.self) }

    /// What names the set of an element: its smallest member.
    mutating func root(_ element: Int) -> Int {
        var element = element
        while parents[element] != Int32(element) {
            parents[element] = parents[Int(parents[element])]
            element = Int(parents[element])
        }
        return element
    }

    mutating func join(_ one: Int, _ other: Int) {
        let (one, other) = (root(one), root(other))
        guard one != other else { return }
        parents[max(one, other)] = Int32(min(one, other))
    }
}
