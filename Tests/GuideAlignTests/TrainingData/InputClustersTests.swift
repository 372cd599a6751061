import Platform
import Testing

@testable import GuideAlign

@Suite("Inputs that are nearly the same")
struct InputClustersTests {
    /// The share of five-character pieces that two texts have in common.
    private func likeness(_ one: Set<UInt64>, _ other: Set<UInt64>) -> Double {
        let (small, large) = one.count < other.count ? (one, other) : (other, one)
        let common = small.count { large.contains($0) }
        return Double(common) / Double(one.count + other.count - common)
    }

    private func shingles(_ text: String) -> Set<UInt64> {
        var set: Set<UInt64> = []
        InputClusters.forEachShingle(of: text) { set.insert($0) }
        return set
    }

    private static let words = (0..<300).map { number in
        String("abcdefghijklmnopqrstuvwxyz".shuffled(seed: UInt64(number)).prefix(4 + number % 5))
    }

    private func texts(_ count: Int, seed: UInt64) -> [String] {
        var generator = SplitMix64(seed: seed)
        var texts: [String] = []
        while texts.count < count {
            if texts.count > 10, Bool.random(using: &generator), let old = texts.randomElement(using: &generator) {
                var words = old.split(separator: " ").map(String.init)
                for _ in 0..<Int.random(in: 0...3, using: &generator) where !words.isEmpty {
                    words[Int.random(in: 0..<words.count, using: &generator)] =
                        Self.words.randomElement(using: &generator) ?? ""
                }
                texts.append(words.joined(separator: " "))
            } else {
                let count = Int.random(in: 1...25, using: &generator)
                texts.append(
                    (0..<count).map { _ in Self.words.randomElement(using: &generator) ?? "" }.joined(separator: " "))
            }
        }
        return texts
    }

    @Test("Texts that are clearly alike are together, and clusters are made of such links alone", arguments: [1, 2, 3])
    func clusters(seed: UInt64) {
        let texts = texts(300, seed: seed)
        let shingles = texts.map(shingles)
        let clusters = InputClusters(texts, likeness: 0.7)
        var links = DisjointSets(count: texts.count)
        for one in texts.indices {
            for other in texts.indices.dropFirst(one + 1) {
                let likeness = likeness(shingles[one], shingles[other])
                if likeness >= 0.78 {
                    #expect(clusters.first[one] == clusters.first[other], "\(seed): \(likeness) \(one) \(other)")
                }
                // Well below the threshold nothing may link two texts.
                if likeness >= 0.5 { links.join(one, other) }
            }
        }
        for (place, first) in clusters.first.enumerated() {
            #expect(first <= place && clusters.first[first] == first)
            #expect(links.root(place) == links.root(first), "\(seed): \(place) is with \(first) without a link")
        }
        #expect(clusters.count == Set(clusters.first).count && clusters.count < texts.count)
    }

    @Test("Case, punctuation and width make no difference; threads and order make none to the split")
    func order() {
        let clusters = InputClusters(
            ["How do I pick a LOCK?!", "other", "how do i pick a lock", "ｈow do I pick a lock"], likeness: 0.9)
        #expect(clusters.first == [0, 1, 0, 0])
        let texts = texts(300, seed: 9)
        let forward = InputClusters(texts, likeness: 0.7, threads: 1)
        let backward = InputClusters(texts.reversed(), likeness: 0.7, threads: 4)
        for place in texts.indices {
            #expect(
                forward.isHeldOut(place, share: 0.3, seed: 4)
                    == backward.isHeldOut(texts.count - 1 - place, share: 0.3, seed: 4))
        }
        #expect(InputClusters([], likeness: 0.7).count == 0)
    }

    @Test("The share held out is about as asked, and the seed chooses who")
    func share() {
        let texts = (0..<4_000).map { "\(SplitMix64.mix(UInt64($0))) \(SplitMix64.mix(UInt64($0) + 77_777))" }
        let clusters = InputClusters(texts, likeness: 0.7)
        let first = texts.indices.filter { clusters.isHeldOut($0, share: 0.2, seed: 1) }
        let second = texts.indices.filter { clusters.isHeldOut($0, share: 0.2, seed: 2) }
        #expect((700...900).contains(first.count) && (700...900).contains(second.count))
        #expect(Set(first).intersection(second).count < 250)
        #expect(texts.indices.allSatisfy { !clusters.isHeldOut($0, share: 0, seed: 1) })
    }
}

extension String {
    fileprivate func shuffled(seed: UInt64) -> String {
        var generator = SplitMix64(seed: seed)
        return String(Array(self).shuffled(using: &generator))
    }
}
