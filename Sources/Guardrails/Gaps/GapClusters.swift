import Fingerpost
import LinearAlgebra
import Platform

/// Clusters of inputs, found on a sample, into which any other input can be put.
///
/// Inputs to assistants have much in common that says nothing about what they ask for; so the mean of the sample is taken
/// off every vector before directions are compared.
struct GapClusters: Sendable {
    private let mean: [Float]
    let centers: Matrix

    /// Where an input is.
    struct Place: Sendable {
        var cluster: Int
        /// Cosine similarity to the cluster's centre.
        var closeness: Float
    }

    private static let rounds = 25
    /// Seeds are drawn from so many of the sample.
    private static let seedingRows = 20_000
    /// Of a sample that is no larger than that, the best of several attempts is taken: chance matters most where there is
    /// little to cluster, and there an attempt costs least.
    private static func attempts(for rows: Int) -> Int {
        rows > seedingRows ? 1 : min(24, max(4, 40_000 / max(1, rows)))
    }

    /// - Parameters:
    ///   - sample: vectors of unit length, as rows, in an order that means nothing.
    ///   - count: clusters at most.
    /// - Complexity: O(rows * count * dimension) for each of at most 25 rounds.
    init(_ sample: Matrix, count: Int, seed: UInt64, threads: Int, progress: (Int, Int) -> Void = { _, _ in }) throws {
        mean = Self.mean(of: sample)
        let centered = Self.centered(sample, mean)
        let isSmall = sample.rows <= Self.seedingRows
        let seeding =
            isSmall
            ? centered
            : try Matrix(
                rows: Self.seedingRows, columns: centered.columns,
                elements: centered.withUnsafeElements { Array($0.prefix(Self.seedingRows * centered.columns)) })
        var generator = SplitMix64(seed: seed)
        var best: (centers: Matrix, closeness: Double)?
        let attempts = Self.attempts(for: sample.rows)
        for attempt in 0..<attempts {
            progress(attempt, attempts)
            let seeds = try SphericalClustering.seeds(seeding, count: count, using: &generator)
            let found = try SphericalClustering(centered, seeds: seeds, rounds: Self.rounds, threads: threads)
            let closeness = try Self.places(centered, found.centers, threads: threads).reduce(0) {
                $0 + Double($1.closeness)
            }
            if best.map({ closeness > $0.closeness }) ?? true { best = (found.centers, closeness) }
        }
        centers = best?.centers ?? Matrix(rows: 0, columns: sample.columns)
    }

    var count: Int { centers.rows }

    /// The cluster of each vector, in their order. O(rows * clusters * dimension).
    func places(of vectors: Matrix, threads: Int) throws -> [Place] {
        try Self.places(Self.centered(vectors, mean), centers, threads: threads)
    }

    private static func places(_ centered: Matrix, _ centers: Matrix, threads: Int) throws -> [Place] {
        var places = [Place](repeating: Place(cluster: 0, closeness: 0), count: centered.rows)
        let count = centers.rows
        guard count > 0 else { return places }
        try places.withUnsafeMutableBufferPointer { places in
            nonisolated(unsafe) let places = places
            try centered.forEachProductBlock(by: centers, transposingOther: true, threads: threads) { rows, scores in
                for (index, row) in rows.enumerated() {
                    let start = index * count
                    var best = 0
                    for center in 1..<count where scores[start + center] > scores[start + best] { best = center }
                    places[row] = Place(cluster: best, closeness: scores[start + best])
                }
            }
        }
        return places
    }

    private static func mean(of vectors: Matrix) -> [Float] {
        let columns = vectors.columns
        var sums = [Double](repeating: 0, count: columns)
        vectors.withUnsafeElements { elements in
            sums.withUnsafeMutableBufferPointer { sums in
                for row in 0..<vectors.rows {
                    let start = row * columns
                    for column in 0..<columns { sums[column] += Double(elements[start + column]) }
                }
            }
        }
        return sums.map { Float($0 / Double(max(1, vectors.rows))) }
    }

    /// Without the mean, and of unit length again; what is nothing but the mean stays as it is.
    private static func centered(_ vectors: Matrix, _ mean: [Float]) -> Matrix {
        var centered = vectors
        let columns = vectors.columns
        centered.withUnsafeMutableElements { elements in
            mean.withUnsafeBufferPointer { mean in
                for row in 0..<vectors.rows {
                    let start = row * columns
                    var length: Float = 0
                    for column in 0..<columns {
                        let value = elements[start + column] - mean[column]
                        length += value * value
                    }
                    guard length > 1e-12 else { continue }
                    let scale = 1 / length.squareRoot()
                    for column in 0..<columns {
                        elements[start + column] = (elements[start + column] - mean[column]) * scale
                    }
                }
            }
        }
        return centered
    }
}
