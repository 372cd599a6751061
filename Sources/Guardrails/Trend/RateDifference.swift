import Fingerpost

/// How far two rates lie apart, and what that says of how far they really do.
public struct RateDifference: Sendable, Hashable {
    /// The second less the first.
    public var value: Double
    /// Holds the true difference in about 95 of 100 cases (Newcombe, "Interval estimation for the difference between
    /// independent proportions", 1998, his method 10: Wilson's intervals combined).
    public var interval: ClosedRange<Double>

    /// Nil where one of them was never observed.
    public init?(from first: ObservedRate, to second: ObservedRate) {
        guard let before = first.rate, let after = second.rate else { return nil }
        let (one, two) = (first.interval, second.interval)
        value = after - before
        let below =
            ((after - two.lowerBound) * (after - two.lowerBound)
            + (one.upperBound - before) * (one.upperBound - before)).squareRoot()
        let above =
            ((two.upperBound - after) * (two.upperBound - after)
            + (before - one.lowerBound) * (before - one.lowerBound)).squareRoot()
        interval = max(-1, value - below)...min(1, value + above)
    }

    /// Whether chance alone is a poor explanation.
    public var isCertain: Bool { !interval.contains(0) }
}
