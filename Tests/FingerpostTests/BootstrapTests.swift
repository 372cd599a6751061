import Foundation
import Testing

@testable import Fingerpost

@Suite("Bootstrap")
struct BootstrapTests {
    private func estimate(
        _ values: [Double], _ bootstrap: Bootstrap = Bootstrap(), stream: String = "s", threads: Int = 2
    )
        -> Estimate?
    {
        bootstrap.meansSample([values], metrics: [.ndcg10], stream: stream, threads: threads).figures(bootstrap)
            .scores[0][.ndcg10]
    }

    @Test("The same for the same seed on any number of threads, another for another seed or name")
    func determinism() {
        var generator = SeededGenerator(state: 1)
        let values = (0..<200).map { _ in Double.random(in: 0...1, using: &generator) }
        let first = estimate(values, threads: 1)
        for threads in [2, 3, 8] { #expect(estimate(values, threads: threads) == first) }
        var other = Bootstrap()
        other.seed += 1
        #expect(estimate(values, other) != first && estimate(values, stream: "t") != first)
    }

    @Test("Every resample has as many items as the sample, drawn evenly, and no two are alike")
    func draws() {
        let draws = Bootstrap().resample([40, 3], stream: "x", threads: 3) { $0 }
        #expect(draws.count == 1_000 && Set(draws.map { $0[0] }).count == 1_000)
        #expect(draws.allSatisfy { $0[0].reduce(0, +) == 40 && $0[1].reduce(0, +) == 3 })
        for item in 0..<40 {
            // Drawn 1,000 times on average, with a standard deviation of 31.
            let times = draws.reduce(0) { $0 + Int($1[0][item]) }
            #expect(abs(times - 1_000) < 160, "item \(item)")
        }
    }

    @Test("Intervals hold the true mean about as often as they say")
    func coverage() {
        var generator = SeededGenerator(state: 17)
        var bootstrap = Bootstrap()
        bootstrap.resampleCount = 400
        let trials = 300
        var hits = 0
        for trial in 0..<trials {
            // As figures of queries are: many zeros and ones, some between; 0.5 on average.
            let values = (0..<80).map { _ -> Double in
                let kind = Int.random(in: 0..<4, using: &generator)
                return kind == 0 ? 0 : kind == 1 ? 1 : Double.random(in: 0...1, using: &generator)
            }
            guard let found = estimate(values, bootstrap, stream: "\(trial)") else { continue }
            #expect(found.low <= found.value && found.value <= found.high)
            if found.low <= 0.5, 0.5 <= found.high { hits += 1 }
        }
        // 285 are expected, with a standard deviation of 4.
        #expect(hits >= 268 && hits <= 297, "\(hits) of \(trials)")
    }

    @Test("A wider confidence is a wider interval; one item leaves no doubt")
    func confidence() throws {
        let values = (0..<50).map { Double($0) / 50 }
        var narrow = Bootstrap()
        narrow.confidence = 0.5
        let (inner, outer) = (try #require(estimate(values, narrow)), try #require(estimate(values)))
        #expect(outer.low < inner.low && inner.high < outer.high)
        // The standard error is 0.0408.
        #expect(abs((outer.high - outer.low) - 2 * 1.96 * 0.0408) < 0.02)
        #expect(estimate([0.3]) == Estimate(value: 0.3, low: 0.3, high: 0.3))
    }

    @Test("A difference is taken on the same queries, and is surer than the intervals of the two")
    func contrasts() throws {
        var generator = SeededGenerator(state: 23)
        let base = (0..<100).map { _ in Double.random(in: 0.1...0.9, using: &generator) }
        let better = base.map { $0 + 0.05 + Double.random(in: -0.02...0.02, using: &generator) }
        let bootstrap = Bootstrap()
        let figures = bootstrap.meansSample(
            [better, base, base, base.map { _ in 0 }], metrics: [.map10], stream: "s", threads: 2
        ).figures(bootstrap)
        #expect(figures.contrasts[0].isEmpty)
        let contrast = try #require(figures.contrasts[1][.map10])
        #expect(abs(contrast.difference.value - 0.05) < 0.01 && contrast.isSignificant)
        #expect(contrast.difference.high - contrast.difference.low < 0.02)
        let (first, second) = (try #require(figures.scores[0][.map10]), try #require(figures.scores[1][.map10]))
        #expect(first.low < second.high, "The intervals of the two overlap all the same.")
        let ratio = try #require(contrast.ratio)
        #expect(ratio.low > 1 && ratio.low < ratio.value && ratio.value < ratio.high && ratio.high < 1.3)
        #expect(figures.contrasts[2] == figures.contrasts[1])
        #expect(figures.contrasts[3][.map10]?.ratio == nil)
    }

    @Test("Quantiles lie between the two nearest values")
    func quantiles() {
        #expect(Bootstrap.quantile(0.5, of: []) == nil)
        #expect(Bootstrap.quantile(0.25, of: [1, 2, 3, 4, 5]) == 2)
        #expect(Bootstrap.quantile(0.1, of: [0, 10]) == 1)
        #expect(Bootstrap.quantile(1, of: [0, 10]) == 10 && Bootstrap.quantile(0, of: [0, 10]) == 0)
    }
}
