import Platform
import Testing

@testable import GuideAlign

@Suite("Statistics of pairs")
struct PairedStatisticsTests {
    @Test("The sign test is the sum of binomial chances")
    func signTest() {
        #expect(PairedStatistics.signTest(0, 0) == 1)
        #expect(abs(PairedStatistics.signTest(8, 2) - 0.109375) < 1e-12)
        #expect(abs(PairedStatistics.signTest(0, 10) - 2.0 / 1024) < 1e-12)
        for total in 1...20 {
            var row = [1.0]
            for _ in 0..<total { row = zip(row + [0], [0] + row).map { ($0 + $1) / 2 } }
            for few in 0...(total / 2) {
                let expected = min(1, 2 * row[0...few].reduce(0, +))
                #expect(abs(PairedStatistics.signTest(few, total - few) - expected) < 1e-9)
                #expect(PairedStatistics.signTest(total - few, few) == PairedStatistics.signTest(few, total - few))
            }
        }
        #expect(PairedStatistics.signTest(400_000, 400_100) > 0.9)
        #expect(PairedStatistics.signTest(3_000, 4_000) < 1e-20)
    }

    @Test("The interval of the net win rate holds the truth about as often as it says")
    func coverage() {
        var generator = SplitMix64(seed: 11)
        for (win, loss) in [(0.5, 0.3), (0.1, 0.05), (0.9, 0.02), (0.02, 0.02)] {
            for total in [20, 100] {
                var held = 0
                let trials = 2_000
                for _ in 0..<trials {
                    var (wins, losses) = (0, 0)
                    for _ in 0..<total {
                        let draw = Double.random(in: 0..<1, using: &generator)
                        if draw < win { wins += 1 } else if draw < win + loss { losses += 1 }
                    }
                    let estimate = PairedStatistics.netRate(wins: wins, losses: losses, total: total)
                    if estimate.low <= win - loss, win - loss <= estimate.high { held += 1 }
                }
                #expect(Double(held) / Double(trials) > 0.925, "\(win) \(loss) \(total): \(held)")
            }
        }
        let none = PairedStatistics.netRate(wins: 0, losses: 0, total: 0)
        #expect(none.value == nil && none.low == -1 && none.high == 1)
    }
}
