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
        for index in 0..<count { centers += vectors.row(index * vectors.rows / count) }
        var nearest: [Int32] = []
        for _ in 0..<Self.rounds {
            let next = try Self.nearest(vectors, centers, count: count, threads: threads)
            if next == nearest { break }
            nearest = next
            move(to: nearest, vectors)
        }
        var sizes = [Int](repeating: 0, count: count)
        for center in try Self.nearest(vectors, centers, count: count, threads: threads) { sizes[Int(center)] += 1 }
        logWeights = sizes.map { log(Float(max($0, 1)) / Float(vectors.rows)) }
    }

    /// The centre that each vector is nearest to, the first of several.
    private static func nearest(
        _ vectors: Matrix, _ centers: [Float], count: Int, threads: Int
    ) throws -> [Int32] {
        let centers = try Matrix(rows: count, columns: vectors.columns, elements: centers)
        var nearest = [Int32](repeating: 0, count: vectors.rows)
        try nearest.withUnsafeMutableBufferPointer { nearest in
            nonisolated(unsafe) let nearest = nearest
            try vectors.forEachProductBlock(by: centers, transposingOther: true, threads: threads) { rows, scores in
                for (place, row) in rows.enumerated() {
                    var best = 0
                    for center in 1..<max(1, count) where scores[place * count + center] > scores[place * count + best]
                    {
                        best = center
                    }
                    nearest[row] = Int32(best)
                }
            }
        }
        return nearest
    }

    /// Puts each centre into the middle of its vectors; one without any stays.
    private mutating func move(to nearest: [Int32], _ vectors: Matrix) {
        var sums = [Double](repeating: 0, count: centers.count)
        for (row, center) in nearest.enumerated() {
            vectors.withRow(row) { vector in
                let start = Int(center) * dimension
                for index in 0..<dimension { sums[start + index] += Double(vector[index]) }
            }
        }
        for start in stride(from: 0, to: sums.count, by: dimension) {
            let length = sums[start..<(start + dimension)].reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 0 else { continue }
            for index in start..<(start + dimension) { centers[index] = Float(sums[index] / length) }
        }
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
