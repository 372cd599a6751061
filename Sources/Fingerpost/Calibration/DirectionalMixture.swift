import Foundation
import LinearAlgebra

/// Where many vectors of unit length lie, in few numbers: a mixture of von Mises-Fisher distributions of one
/// concentration around centres found by spherical k-means (Banerjee, Dhillon, Ghosh and Sra, "Clustering on the unit
/// hypersphere using von Mises-Fisher distributions", 2005).
struct DirectionalMixture: Sendable, Hashable {
    /// Unit vectors, one after the other.
    private(set) var centers: [Float] = []
    /// The logarithm of the share of the vectors that each centre stands for.
    private(set) var logWeights: [Float] = []
    let dimension: Int

    /// How closely vectors lie around their centre. Chosen on inputs to assistants, where 15 to 25 did equally well.
    static let concentration: Float = 25
    private static let rounds = 12

    var count: Int { logWeights.count }

    init(dimension: Int, centers: [Float], logWeights: [Float]) {
        self.dimension = dimension
        self.centers = centers
        self.logWeights = logWeights
    }

    /// Fits so many centres at most. The result depends on the vectors and their order alone.
    ///
    /// - Parameter vectors: of unit length, as rows, in an order that has nothing to do with what they are.
    /// - Complexity: O(rows * count * dimension).
    init(fitting vectors: Matrix, count: Int, threads: Int) throws {
        dimension = vectors.columns
        let count = min(count, vectors.rows)
        guard count > 0 else { return }
        let seeds = try Matrix((0..<count).map { vectors.row($0 * vectors.rows / count) })
        let clusters = try SphericalClustering(vectors, seeds: seeds, rounds: Self.rounds, threads: threads)
        centers = clusters.centers.elements
        logWeights = clusters.sizes.map { log(Float(max($0, 1)) / Float(vectors.rows)) }
    }

    /// The logarithm of the density at a place, over the concentration: comparable with a cosine similarity, and with that
    /// of another mixture.
    ///
    /// - Parameter similarities: of the place to each centre.
    static func logDensity(_ similarities: ArraySlice<Float>, logWeights: [Float]) -> Float {
        var largest = -Float.infinity
        for (similarity, weight) in zip(similarities, logWeights) {
            largest = max(largest, concentration * similarity + weight)
        }
        guard largest > -.infinity else { return 0 }
        var sum: Float = 0
        for (similarity, weight) in zip(similarities, logWeights) {
            sum += exp(concentration * similarity + weight - largest)
        }
        return (largest + log(sum)) / concentration
    }
}
