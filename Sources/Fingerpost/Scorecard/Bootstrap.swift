import Platform

/// Confidence intervals by resampling: what a figure would have been on other samples of the same size, drawn with
/// replacement from the one at hand; the interval holds the middle of them (the percentile bootstrap).
///
/// All systems are measured on the same resamples, so that a difference of two has an interval of its own, which is
/// narrower than the two intervals suggest (the paired bootstrap).
///
/// Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979; Sakai, "Evaluating Evaluation Metrics based on the
/// Bootstrap", 2006, for the measures of retrieval.
public struct Bootstrap: Sendable, Hashable {
    /// Resamples drawn; at least 1.
    public var resampleCount = 1_000
    /// The share of resamples that the interval holds, above 0 and below 1.
    public var confidence = 0.95
    /// The same seed gives the same intervals, on any machine and any number of threads.
    public var seed: UInt64 = 20_261_122

    public init() {}

    /// A statistic of every resample.
    ///
    /// - Parameters:
    ///   - strata: sizes of samples that are each resampled by themselves.
    ///   - stream: names the draw: another name gives other resamples.
    ///   - threads: how many threads may call `statistic` at once.
    ///   - statistic: gets, for every stratum, how often each of its items was drawn.
    func resample<Value: Sendable>(
        _ strata: [Int], stream: String, threads: Int, _ statistic: @Sendable (_ drawn: [[UInt32]]) -> Value
    ) -> [Value] {
        let results = ParallelResults<Value, Never>(count: resampleCount)
        let start = SplitMix64.mix(
            stream.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        Parallel.forEachRange(resampleCount, chunk: 8, threads: threads) { range, _ in
            var drawn = strata.map { [UInt32](repeating: 0, count: $0) }
            for resample in range {
                var random = SplitMix64(seed: SplitMix64.mix(start &+ UInt64(resample)))
                for (stratum, size) in strata.enumerated() {
                    for item in drawn[stratum].indices { drawn[stratum][item] = 0 }
                    for _ in 0..<size {
                        drawn[stratum][Int(random.next().multipliedFullWidth(by: UInt64(size)).high)] += 1
                    }
                }
                results.set(resample) { statistic(drawn) }
            }
        }
        return results.values()
    }

    /// The figure with the interval that its resamples give.
    func estimate(_ value: Double, resampled: [Double]) -> Estimate {
        let sorted = resampled.sorted()
        let tail = (1 - confidence) / 2
        return Estimate(
            value: value, low: Self.quantile(tail, of: sorted) ?? value,
            high: Self.quantile(1 - tail, of: sorted) ?? value)
    }

    /// Between the two nearest of ascending values; nil where there are none.
    static func quantile(_ share: Double, of sorted: [Double]) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let place = share * Double(sorted.count - 1)
        let below = min(sorted.count - 1, max(0, Int(place)))
        let above = min(sorted.count - 1, below + 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}
