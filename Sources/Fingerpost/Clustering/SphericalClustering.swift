import LinearAlgebra

/// Vectors of unit length in clusters, each around the direction of its vectors' sum: spherical k-means (Dhillon and Modha,
/// "Concept decompositions for large sparse text data using clustering", 2001).
///
/// The result depends on the vectors and the seeds alone, not on the number of threads.
package struct SphericalClustering {
    /// Unit vectors as rows: as many as there were seeds.
    package private(set) var centers: Matrix
    /// The centre that each vector is nearest to, the first of several.
    package private(set) var nearest: [Int]

    /// - Parameters:
    ///   - vectors: as rows.
    ///   - seeds: where the centres begin, as rows. One that no vector is nearest to stays where it is.
    ///   - rounds: at most so many; fewer where nothing moves any more.
    /// - Complexity: O(vectors * seeds * dimension) for each round.
    package init(_ vectors: Matrix, seeds: Matrix, rounds: Int, threads: Int) throws {
        centers = seeds
        nearest = try Self.nearest(vectors, seeds, threads: threads)
        for _ in 0..<rounds {
            move(to: nearest, vectors)
            let next = try Self.nearest(vectors, centers, threads: threads)
            if next == nearest { break }
            nearest = next
        }
    }

    /// Vectors of each cluster.
    package var sizes: [Int] {
        var sizes = [Int](repeating: 0, count: centers.rows)
        for center in nearest { sizes[center] += 1 }
        return sizes
    }

    /// The centre that each vector is nearest to, the first of several. O(vectors * centres * dimension).
    package static func nearest(_ vectors: Matrix, _ centers: Matrix, threads: Int) throws -> [Int] {
        var nearest = [Int](repeating: 0, count: vectors.rows)
        let count = centers.rows
        guard count > 0 else { return nearest }
        try nearest.withUnsafeMutableBufferPointer { nearest in
            nonisolated(unsafe) let nearest = nearest
            try vectors.forEachProductBlock(by: centers, transposingOther: true, threads: threads) { rows, scores in
                for (place, row) in rows.enumerated() {
                    let start = place * count
                    var best = 0
                    for center in 1..<count where scores[start + center] > scores[start + best] { best = center }
                    nearest[row] = best
                }
            }
        }
        return nearest
    }

    private mutating func move(to nearest: [Int], _ vectors: Matrix) {
        let dimension = vectors.columns
        var sums = [Double](repeating: 0, count: centers.rows * dimension)
        vectors.withUnsafeElements { elements in
            sums.withUnsafeMutableBufferPointer { sums in
                for (row, center) in nearest.enumerated() {
                    var (from, to) = (row * dimension, center * dimension)
                    let end = from + dimension
                    while from < end {
                        sums[to] += Double(elements[from])
                        from += 1
                        to += 1
                    }
                }
            }
        }
        for center in 0..<centers.rows {
            let sum = sums[(center * dimension)..<((center + 1) * dimension)]
            let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 1e-9 else { continue }
            for (column, value) in sum.enumerated() { centers[center, column] = Float(value / length) }
        }
    }
}
