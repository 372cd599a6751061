import Foundation

/// The mean difference of a figure between two systems on the same inputs, with the interval that it has by chance.
///
/// Inputs with the same guideline go up and down together, so that a hundred of one guideline say less than a hundred of a
/// hundred: the standard error is that of groups (Liang and Zeger, "Longitudinal data analysis using generalized linear
/// models", Biometrika 1986), with Student's distribution for as many groups as there are.
public struct PairedDifference: Sendable, Hashable {
    public let count: Int
    public let groupCount: Int
    public let mean: Double
    public let standardError: Double
    /// 95%; infinitely wide where there is no second group.
    public let low: Double
    public let high: Double

    /// - Parameters:
    ///   - differences: of each input.
    ///   - groups: what it is grouped by.
    public init(_ differences: [Double], groups: [Int]) {
        count = differences.count
        let mean = differences.reduce(0, +) / Double(max(1, differences.count))
        self.mean = mean
        var sums: [Int: Double] = [:]
        for (difference, group) in zip(differences, groups) { sums[group, default: 0] += difference - mean }
        groupCount = sums.count
        guard sums.count > 1 else {
            (standardError, low, high) = (.infinity, -.infinity, .infinity)
            return
        }
        // In the order of the groups, so that the sum is always the same.
        let square = sums.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
        let groups = Double(sums.count)
        standardError = (square * groups / (groups - 1)).squareRoot() / Double(differences.count)
        let reach = Self.quantile(freedom: groups - 1) * standardError
        (low, high) = (mean - reach, mean + reach)
    }

    /// The 97.5% quantile of Student's distribution, by the expansion of Cornish and Fisher (Abramowitz and Stegun, 26.7.5).
    static func quantile(freedom: Double) -> Double {
        // The expansion fails for the fewest.
        let exact = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706]
        if freedom < 6 { return exact[max(0, min(4, Int(freedom) - 1))] }
        let z = 1.959_963_985
        let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
        return z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom * freedom * freedom)
    }
}
