import Foundation

/// Tests and intervals for paired judgements.
public enum PairedStatistics {
    /// The two-sided chance of a split at least as uneven as this, were both sides equally likely: the sign test, and
    /// McNemar's exact test where the counts are those of the pairs that differ. 1 where there is nothing to compare.
    ///
    /// Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", 1947.
    ///
    /// - Complexity: O(one + other).
    public static func signTest(_ one: Int, _ other: Int) -> Double {
        let total = one + other
        guard total > 0 else { return 1 }
        let few = min(one, other)
        // In logarithms: a half to the power of a few thousand is no number.
        var logTerm = -Double(total) * log(2)
        var sum = exp(logTerm)
        for count in 0..<few {
            logTerm += log(Double(total - count)) - log(Double(count + 1))
            sum += exp(logTerm)
        }
        return min(1, 2 * sum)
    }

    /// The difference of wins and losses as a share of all pairs, with the interval that holds it in 95 of 100 cases: the
    /// adjusted Wald interval of A. Agresti and Y. Min, "Simple improved confidence intervals for comparing matched
    /// proportions", 2005, which counts half a pair more in each of the four cells.
    public static func netRate(wins: Int, losses: Int, total: Int) -> Estimated {
        guard total > 0 else { return Estimated(value: nil, low: -1, high: 1) }
        let z = 1.959963984540054
        let n = Double(total) + 2
        let (won, lost) = (Double(wins) + 0.5, Double(losses) + 0.5)
        let middle = (won - lost) / n
        let half = z * max(0, (won + lost) - (won - lost) * (won - lost) / n).squareRoot() / n
        return Estimated(
            value: Double(wins - losses) / Double(total), low: max(-1, middle - half), high: min(1, middle + half))
    }
}

/// A figure and the interval around it.
public struct Estimated: Sendable, Hashable {
    /// Nil where nothing was observed.
    public var value: Double?
    public var low: Double
    public var high: Double
}
