import Fingerpost
import Foundation

/// What is added up over the inputs of one cluster.
struct GapTally {
    /// What is added up over the inputs that a guideline is the nearest to.
    struct Near {
        var volume = 0
        var similaritySum = 0.0
        var matchedCount = 0
    }

    /// An input that may be shown as an example.
    struct Candidate {
        var entry: Int
        var closeness: Float
        var vector: [Float]
    }

    private(set) var volume = 0
    private(set) var distinctCount = 0
    private(set) var unmatchedCount = 0
    private(set) var times = TimeSums()
    private(set) var near: [Int: Near] = [:]
    /// The most central ones, in no order.
    private(set) var candidates: [Candidate] = []
    /// All of them, if they are to be listed.
    private(set) var members: [(entry: Int, closeness: Float)] = []
    private let listsMembers: Bool
    private var severitySum = 0.0
    private var lackSum = 0.0
    private var lackSquares = 0.0
    private var volumeSquares = 0.0
    private var needSum = 0.0

    /// Inputs among which examples are chosen.
    private static let candidateCount = 40

    init(listsMembers: Bool) { self.listsMembers = listsMembers }

    /// What is known of an input.
    struct Item {
        var entry: Int
        var count: Int
        var severity: Double
        var lack: Double
        var need: Double
        var isMatched: Bool?
        var closeness: Float
        var times: TimeSums
        /// The nearest guideline, its similarity, and whether it reaches its threshold.
        var nearest: (guideline: Int, similarity: Float, isMatched: Bool)?
    }

    mutating func add(_ item: Item, vector: () -> [Float]) {
        let count = Double(item.count)
        volume += item.count
        distinctCount += 1
        severitySum += count * item.severity
        lackSum += count * item.lack
        lackSquares += count * item.lack * item.lack
        volumeSquares += count * count
        needSum += count * item.need
        times.add(item.times)
        if item.isMatched == false { unmatchedCount += item.count }
        if let nearest = item.nearest {
            near[nearest.guideline, default: Near()].volume += item.count
            near[nearest.guideline, default: Near()].similaritySum += count * Double(nearest.similarity)
            if nearest.isMatched { near[nearest.guideline, default: Near()].matchedCount += item.count }
        }
        if listsMembers { members.append((item.entry, item.closeness)) }
        guard candidates.count >= Self.candidateCount else {
            candidates.append(Candidate(entry: item.entry, closeness: item.closeness, vector: vector()))
            return
        }
        // The first of the least central ones makes room.
        guard let last = candidates.indices.min(by: { candidates[$0].closeness < candidates[$1].closeness }),
            candidates[last].closeness < item.closeness
        else { return }
        candidates[last] = Candidate(entry: item.entry, closeness: item.closeness, vector: vector())
    }

    var severity: Double { severitySum / Double(max(1, volume)) }
    var need: Double { needSum / Double(max(1, volume)) }
    /// The mean lack of evidence.
    var lack: Double { lackSum / Double(max(1, volume)) }

    /// The standard error of ``lack``, an input that came often being worth no more than one of so many (Kish, "Survey
    /// Sampling", 1965).
    var lackError: Double {
        guard volume > 0, volumeSquares > 0 else { return 0 }
        let total = Double(volume)
        let effective = total * total / volumeSquares
        let variance = max(0, lackSquares / total - lack * lack)
        // Of one or two inputs, the spread among them says nothing.
        guard effective > 1.5 else { return 1 }
        return (variance / (effective - 1)).squareRoot()
    }

    /// The most central input and then, one by one, those that are central and unlike the ones that are there (Carbonell
    /// and Goldstein, "The use of MMR, diversity-based reranking", 1998).
    func examples(_ limit: Int) -> [Candidate] {
        var left = candidates.sorted { ($1.closeness, $0.entry) < ($0.closeness, $1.entry) }
        var chosen: [Candidate] = []
        var likeness = [Float](repeating: -1, count: left.count)
        while chosen.count < limit, !left.isEmpty {
            var best = 0
            func worth(_ place: Int) -> Float {
                chosen.isEmpty ? left[place].closeness : left[place].closeness - 0.7 * likeness[place]
            }
            for place in left.indices where worth(place) > worth(best) { best = place }
            let next = left.remove(at: best)
            likeness.remove(at: best)
            for place in left.indices {
                let cosine = zip(left[place].vector, next.vector).reduce(Float(0)) { $0 + $1.0 * $1.1 }
                likeness[place] = max(likeness[place], cosine)
            }
            chosen.append(next)
        }
        return chosen
    }
}

/// How well an input is covered beside others.
struct CoverReference {
    /// What inputs that are covered reach, ascending.
    let similarities: [Float]
    let kind: GapReport.Reference

    /// The part of the covered inputs that reach more than an input does, those that reach as much counting half: 1 for an
    /// input that nothing is near to, 0.5 on average for one that is covered as they are. O(log n).
    func lack(_ similarity: Float) -> Double {
        guard !similarities.isEmpty else { return 1 }
        let below = similarities.partitioningIndex { $0 >= similarity }
        let notAbove = similarities.partitioningIndex { $0 > similarity }
        return 1 - Double(below + notAbove) / 2 / Double(similarities.count)
    }
}

extension [Float] {
    /// The first place for which a condition holds that holds for all behind it too.
    fileprivate func partitioningIndex(where isBehind: (Float) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
