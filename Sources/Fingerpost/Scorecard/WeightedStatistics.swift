// Statistics of a sample whose items may count several times or not at all, as those of a resample do. What can be
// sorted is sorted once, so that each resample takes a single pass.

/// The area under the ROC curve of scores that should be high for the positives and low for the negatives.
struct ROCArea: Sendable {
    /// Positives first, then negatives: places in ascending order of the score.
    private let order: [Int]
    private let scores: [Float]
    private let positiveCount: Int

    init(positives: [Float], negatives: [Float]) {
        let scores = positives + negatives
        self.scores = scores
        positiveCount = positives.count
        order = scores.indices.sorted { scores[$0] < scores[$1] }
    }

    /// The share of pairs of a positive and a negative in which the positive scores higher, equal scores counting half
    /// (Mann and Whitney, 1947); 0.5 where no pair is left. O(n).
    func value(positives: [UInt32], negatives: [UInt32]) -> Double {
        var (below, wins, drawnPositives) = (0.0, 0.0, 0.0)
        var place = 0
        while place < order.count {
            let score = scores[order[place]]
            var (tiedPositives, tiedNegatives) = (0.0, 0.0)
            repeat {
                let item = order[place]
                if item < positiveCount {
                    tiedPositives += Double(positives[item])
                } else {
                    tiedNegatives += Double(negatives[item - positiveCount])
                }
                place += 1
            } while place < order.count && scores[order[place]] == score
            wins += tiedPositives * (below + tiedNegatives / 2)
            drawnPositives += tiedPositives
            below += tiedNegatives
        }
        let pairs = drawnPositives * below
        return pairs > 0 ? wins / pairs : 0.5
    }
}

/// Spearman's rank correlation of two rows of numbers; equal numbers share the middle of their ranks.
struct RankCorrelation: Sendable {
    private let first: [Double]
    private let second: [Double]
    private let firstOrder: [Int]
    private let secondOrder: [Int]

    /// - Precondition: as many numbers in both, none of them NaN.
    init(_ first: [Double], _ second: [Double]) {
        precondition(first.count == second.count, "numbers must come in pairs")
        self.first = first
        self.second = second
        firstOrder = first.indices.sorted { first[$0] < first[$1] }
        secondOrder = second.indices.sorted { second[$0] < second[$1] }
    }

    /// -1 to 1; 0 where all numbers of a side are equal. O(n).
    func value(drawn: [UInt32]) -> Double {
        let one = Self.ranks(first, firstOrder, drawn)
        let other = Self.ranks(second, secondOrder, drawn)
        let middle = (Double(drawn.reduce(0) { $0 + Int($1) }) + 1) / 2
        var (product, square, otherSquare) = (0.0, 0.0, 0.0)
        for item in drawn.indices where drawn[item] > 0 {
            let (x, y) = (one[item] - middle, other[item] - middle)
            let weight = Double(drawn[item])
            product += weight * x * y
            square += weight * x * x
            otherSquare += weight * y * y
        }
        let scale = (square * otherSquare).squareRoot()
        return scale > 0 ? product / scale : 0
    }

    /// The rank of each item, from 1, among as many copies of the items as were drawn.
    private static func ranks(_ values: [Double], _ order: [Int], _ drawn: [UInt32]) -> [Double] {
        var ranks = [Double](repeating: 0, count: values.count)
        var before = 0.0
        var place = 0
        while place < order.count {
            let start = place
            var tied = 0.0
            repeat {
                tied += Double(drawn[order[place]])
                place += 1
            } while place < order.count && values[order[place]] == values[order[start]]
            for item in order[start..<place] { ranks[item] = before + (tied + 1) / 2 }
            before += tied
        }
        return ranks
    }
}
