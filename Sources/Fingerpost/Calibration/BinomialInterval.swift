import Foundation

/// How often something happened, and what that says about how often it happens.
public struct ObservedRate: Sendable, Hashable, Codable {
    public var count: Int
    public var total: Int

    public init(count: Int, total: Int) {
        self.count = count
        self.total = total
    }

    /// Nil where nothing was observed.
    public var rate: Double? { total > 0 ? Double(count) / Double(total) : nil }

    /// The interval that holds the true rate in 95 of 100 cases (Wilson, "Probable inference, the law of succession, and
    /// statistical inference", 1927); 0 to 1 where nothing was observed.
    public var interval: ClosedRange<Double> {
        guard total > 0 else { return 0...1 }
        let z = 1.959963984540054
        let n = Double(total)
        let p = Double(count) / n
        let scale = 1 + z * z / n
        let middle = (p + z * z / (2 * n)) / scale
        let half = z / scale * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, middle - half)...min(1, middle + half)
    }
}

/// Bounds on the rate of an event that was seen so and so often (Clopper and Pearson, "The use of confidence or fiducial
/// limits illustrated in the case of the binomial", 1934).
enum BinomialBound {
    /// The largest number of events in `total` tries that shows, with this confidence, a rate of at most `rate`; nil if
    /// even none is too few tries to show it.
    ///
    /// - Complexity: O(result).
    static func largestCount(showing rate: Double, confidence: Double, total: Int) -> Int? {
        guard total > 0, rate > 0 else { return nil }
        guard rate < 1 else { return total }
        // The chance of so few events, or fewer, if the rate were just too high.
        let logOdds = log(rate) - log1p(-rate)
        var logTerm = Double(total) * log1p(-rate)
        var sum = exp(logTerm)
        guard sum <= 1 - confidence else { return nil }
        var count = 0
        while count < total {
            logTerm += log(Double(total - count)) - log(Double(count + 1)) + logOdds
            sum += exp(logTerm)
            guard sum <= 1 - confidence else { break }
            count += 1
        }
        return count
    }

    /// How many tries without any event show a rate of at most `rate`.
    static func triesNeeded(toShow rate: Double, confidence: Double) -> Int {
        guard rate > 0, rate < 1 else { return 1 }
        return Int((log(1 - confidence) / log1p(-rate)).rounded(.up))
    }
}
