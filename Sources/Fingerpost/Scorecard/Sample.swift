/// Figures of several systems, with what each was on every resample.
struct Sample: Sendable {
    var metrics: [ScorecardMetric]
    /// By system and metric; NaN where a system has no such figure.
    var values: [[Double]]
    /// By resample, system and metric.
    var resampled: [[[Double]]]

    /// The mean of samples that have the same metrics and systems; nil where there are none.
    static func mean(_ samples: [Sample]) -> Sample? {
        guard let first = samples.first else { return nil }
        func mean(_ parts: [[[Double]]]) -> [[Double]] {
            parts[0].indices.map { system in
                first.metrics.indices.map { metric in
                    parts.reduce(0) { $0 + $1[system][metric] } / Double(parts.count)
                }
            }
        }
        return Sample(
            metrics: first.metrics, values: mean(samples.map(\.values)),
            resampled: first.resampled.indices.map { resample in mean(samples.map { $0.resampled[resample] }) })
    }

    /// The figures with their intervals, and the first system's contrasts with the others.
    func figures(_ bootstrap: Bootstrap) -> ScorecardReport.Figures {
        var figures = ScorecardReport.Figures(scores: [], contrasts: [])
        for system in values.indices {
            var scores: [ScorecardMetric: Estimate] = [:]
            var contrasts: [ScorecardMetric: Contrast] = [:]
            for (place, metric) in metrics.enumerated() where values[system][place].isFinite {
                scores[metric] = bootstrap.estimate(
                    values[system][place], resampled: resampled.map { $0[system][place] })
                guard system > 0, values[0][place].isFinite else { continue }
                contrasts[metric] = contrast(with: system, place, bootstrap)
            }
            figures.scores.append(scores)
            figures.contrasts.append(contrasts)
        }
        return figures
    }

    private func contrast(with other: Int, _ place: Int, _ bootstrap: Bootstrap) -> Contrast {
        let pairs = resampled.map { (own: $0[0][place], other: $0[other][place]) }
        let (value, base) = (values[0][place], values[other][place])
        let difference = bootstrap.estimate(value - base, resampled: pairs.map { $0.own - $0.other })
        guard base > 0, pairs.allSatisfy({ $0.other > 0 }) else { return Contrast(difference: difference, ratio: nil) }
        let ratio = bootstrap.estimate(value / base, resampled: pairs.map { $0.own / $0.other })
        return Contrast(difference: difference, ratio: ratio)
    }

    /// The same systems with further metrics.
    func joined(with other: Sample) -> Sample {
        Sample(
            metrics: metrics + other.metrics, values: zip(values, other.values).map { $0 + $1 },
            resampled: zip(resampled, other.resampled).map { zip($0, $1).map { $0 + $1 } })
    }
}

extension Bootstrap {
    /// The means of figures of queries: for each system those of the first query, of the second, and so on.
    func meansSample(
        _ figures: [[Double]], metrics: [ScorecardMetric], stream: String, threads: Int
    ) -> Sample {
        let count = (figures.first?.count ?? 0) / metrics.count
        @Sendable func means(_ drawn: [UInt32]) -> [[Double]] {
            figures.map { figures in
                var sums = [Double](repeating: 0, count: metrics.count)
                for (query, times) in drawn.enumerated() where times > 0 {
                    let start = query * metrics.count
                    for metric in sums.indices { sums[metric] += Double(times) * figures[start + metric] }
                }
                return sums.map { $0 / Double(count) }
            }
        }
        return Sample(
            metrics: metrics, values: means([UInt32](repeating: 1, count: count)),
            resampled: resample([count], stream: stream, threads: threads) { means($0[0]) })
    }

    /// The areas under the ROC curves of the systems' best scores.
    func separationSample(
        positives: [[Float]], negatives: [[Float]], stream: String, threads: Int
    ) -> Sample {
        let areas = zip(positives, negatives).map(ROCArea.init)
        let strata = [positives.first?.count ?? 0, negatives.first?.count ?? 0]
        @Sendable func values(_ drawn: [[UInt32]]) -> [[Double]] {
            areas.map { [$0.value(positives: drawn[0], negatives: drawn[1])] }
        }
        return Sample(
            metrics: [.auroc], values: values(strata.map { [UInt32](repeating: 1, count: $0) }),
            resampled: resample(strata, stream: stream, threads: threads, values))
    }

    /// The rank correlations of the systems' similarities with the given ones; nil for a system that has none.
    func correlationSample(
        _ similarities: [[Double]?], with scores: [Double], stream: String, threads: Int
    ) -> Sample {
        let correlations = similarities.map { $0.map { RankCorrelation($0, scores) } }
        @Sendable func values(_ drawn: [[UInt32]]) -> [[Double]] {
            correlations.map { [$0?.value(drawn: drawn[0]) ?? .nan] }
        }
        return Sample(
            metrics: [.spearman], values: values([[UInt32](repeating: 1, count: scores.count)]),
            resampled: resample([scores.count], stream: stream, threads: threads, values))
    }
}
