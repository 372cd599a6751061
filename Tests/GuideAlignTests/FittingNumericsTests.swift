import Foundation
import LinearAlgebra
import Platform
import Testing

@testable import GuideAlign

@Suite("Arithmetic of fitting")
struct FittingNumericsTests {
    private func units(_ rows: Int, _ columns: Int, _ generator: inout SplitMix64) throws -> Matrix {
        try Matrix(
            (0..<rows).map { _ in
                let row = (0..<columns).map { _ in Float.random(in: -1...1, using: &generator) }
                let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return row.map { $0 / length }
            })
    }

    private func batch(seed: UInt64, extra: Int) throws -> (ContrastiveBatch, QueryMap) {
        var generator = SplitMix64(seed: seed)
        let (count, width) = (7, 5)
        let inputs = try units(count, width, &generator)
        let guidelines = try units(count + extra, width, &generator)
        var isMasked = (0..<(count * (count + extra))).map { _ in Int.random(in: 0..<5, using: &generator) == 0 }
        for row in 0..<count { isMasked[row * (count + extra) + row] = false }
        var map = QueryMap(dimension: width)
        map.weights.withUnsafeMutableElements { elements in
            for place in elements.indices { elements[place] = Float.random(in: -0.3...0.3, using: &generator) }
        }
        map.bias.withUnsafeMutableElements { elements in
            for place in elements.indices { elements[place] = Float.random(in: -0.3...0.3, using: &generator) }
        }
        return (ContrastiveBatch(inputs: inputs, guidelines: guidelines, isMasked: isMasked, temperature: 0.3), map)
    }

    /// The loss in double precision, written out.
    private func loss(_ batch: ContrastiveBatch, _ map: QueryMap) -> Double {
        let (count, width, columns) = (batch.inputs.rows, batch.inputs.columns, batch.guidelines.rows)
        var scores = [[Double]](repeating: [], count: count)
        for row in 0..<count {
            var mapped = (0..<width).map { Double(batch.inputs[row, $0]) + Double(map.bias[0, $0]) }
            for from in 0..<width {
                for to in 0..<width { mapped[to] += Double(batch.inputs[row, from]) * Double(map.weights[from, to]) }
            }
            let length = mapped.reduce(0) { $0 + $1 * $1 }.squareRoot()
            scores[row] = (0..<columns).map { column in
                (0..<width).reduce(0.0) { $0 + mapped[$1] / length * Double(batch.guidelines[column, $1]) }
                    / Double(batch.temperature)
            }
        }
        func isMasked(_ row: Int, _ column: Int) -> Bool { batch.isMasked[row * columns + column] }
        var sum = 0.0
        for row in 0..<count {
            let all = (0..<columns).filter { !isMasked(row, $0) }.reduce(0.0) { $0 + exp(scores[row][$1]) }
            let inputs = (0..<count).filter { !isMasked($0, row) }.reduce(0.0) { $0 + exp(scores[$1][row]) }
            sum += (log(all) + log(inputs)) / 2 - scores[row][row]
        }
        return sum / Double(count)
    }

    @Test("Loss and gradient are those of the formula, by finite differences", arguments: [0, 4])
    func gradient(extra: Int) throws {
        for seed in 0..<5 as Range<UInt64> {
            let (batch, map) = try batch(seed: seed, extra: extra)
            let result = try batch.evaluate(map, threads: 1)
            #expect(abs(result.loss - loss(batch, map)) < 1e-4, "seed \(seed)")
            func check(_ found: Float, _ change: (inout QueryMap, Float) -> Void) {
                var (up, down) = (map, map)
                change(&up, 1e-3)
                change(&down, -1e-3)
                let expected = (loss(batch, up) - loss(batch, down)) / 2e-3
                #expect(abs(Double(found) - expected) < 1e-3 * max(1, abs(expected)), "seed \(seed)")
            }
            for row in 0..<5 {
                check(result.bias[0, row]) { $0.bias[0, row] += $1 }
                for column in 0..<5 { check(result.weights[row, column]) { $0.weights[row, column] += $1 } }
            }
        }
    }

    @Test("The result does not depend on the threads")
    func threads() throws {
        var generator = SplitMix64(seed: 3)
        let batch = ContrastiveBatch(
            inputs: try units(300, 32, &generator), guidelines: try units(400, 32, &generator),
            isMasked: [Bool](repeating: false, count: 120_000), temperature: 0.05)
        let map = QueryMap(dimension: 32)
        let one = try batch.evaluate(map, threads: 1)
        for threads in [2, 3, 7] {
            let other = try batch.evaluate(map, threads: threads)
            #expect(other.loss == one.loss && other.weights == one.weights && other.bias == one.bias)
        }
    }

    @Test("What applies too, and what says the same, is no wrong answer")
    func mask() throws {
        let guidelines = try Matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.9, 0.435, 0], [1, 0, 0]])
        let mask = try ContrastiveBatch.mask(
            positives: [[10], [12, 20], [30]], columns: [10, 20, 30, 40, 10], guidelines: guidelines, similarity: 0.85,
            threads: 1)
        // The near one and the same one for the first; nothing but what is named for the others.
        #expect(
            mask == [false, false, false, true, true] + [false, false, false, false, false]
                + [false, false, false, false, false])
        let named = try ContrastiveBatch.mask(
            positives: [[10, 30], [20], [30]], columns: [10, 20, 30], guidelines: guidelines.gathered([0, 1, 2]),
            similarity: 0.85, threads: 1)
        #expect(named == [false, false, true] + [false, false, false] + [false, false, false])
    }

    @Test("The first step of Adam goes against the sign of the gradient, and a valley is found")
    func adam() {
        var adam = Adam(count: 2)
        var numbers: [Float] = [1, -2]
        numbers.withUnsafeMutableBufferPointer { numbers in
            [Float(5), -0.01].withUnsafeBufferPointer { adam.update(numbers, gradient: $0, rate: 0.1) }
        }
        #expect(abs(numbers[0] - 0.9) < 1e-4 && abs(numbers[1] + 1.9) < 1e-4)
        for _ in 0..<500 {
            let gradient = [2 * (numbers[0] - 3), 8 * (numbers[1] - 0.5)]
            numbers.withUnsafeMutableBufferPointer { numbers in
                gradient.withUnsafeBufferPointer { adam.update(numbers, gradient: $0, rate: 0.05) }
            }
        }
        #expect(abs(numbers[0] - 3) < 0.05 && abs(numbers[1] - 0.5) < 0.05)
    }

    @Test("Gains are those of the definition, and a penalty moves guidelines down")
    func ranking() throws {
        let ranking = DenseRanking(statements: try Matrix([[1, 0], [0.8, 0.6], [0, 1]]))
        let inputs = try Matrix([[1, 0], [0.6, 0.8]])
        let gains = try ranking.gains(
            of: inputs, positives: [[1], [0, 2]], penalties: [[], [0.5, 0, 0]], threads: 2)
        #expect(abs(gains[0].gain[0] - 1 / log2(3)) < 1e-12 && gains[0].recall == [1, 1])
        // Cosines 0.6, 0.96 and 0.8: the right ones stand second and third.
        #expect(abs(gains[0].gain[1] - (1 / log2(3) + 0.5) / (1 + 1 / log2(3))) < 1e-12)
        #expect(abs(gains[1].gain[0] - 1) < 1e-12)
        let nearest = try ranking.nearest(2, to: inputs, threads: 1)
        #expect(nearest == [[0, 1], [1, 2]])
        #expect(try ranking.nearest(9, to: inputs, threads: 1)[0].count == 3)
    }

    @Test("An interval is Student's where every input is a group, and wider where they go together")
    func interval() {
        let differences = [0.3, -0.1, 0.2, 0.4, 0.0, 0.1]
        let alone = PairedDifference(differences, groups: Array(0..<6))
        // Mean 0.15, standard deviation 0.1871, standard error 0.0764, t(5) 2.5706.
        #expect(abs(alone.mean - 0.15) < 1e-12 && abs(alone.standardError - 0.076376) < 1e-5)
        #expect(abs(alone.low - (0.15 - 2.5706 * 0.076376)) < 1e-3 && alone.groupCount == 6)
        let twice = PairedDifference(differences + differences, groups: Array(0..<6) + Array(0..<6))
        #expect(abs(twice.standardError - alone.standardError) < 1e-9)
        #expect(PairedDifference([1, 2, 3], groups: [1, 1, 1]).low == -.infinity)
        #expect(PairedDifference([], groups: []).low == -.infinity)
        for (freedom, expected) in [(1.0, 12.706), (3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (1_000, 1.962)] {
            #expect(abs(PairedDifference.quantile(freedom: freedom) - expected) < 2e-3)
        }
    }
}
