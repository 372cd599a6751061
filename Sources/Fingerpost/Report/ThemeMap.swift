import Foundation
import LinearAlgebra
import Platform

/// Vectors in clusters, and in the plane in which the clusters lie farthest apart.
struct ThemeMap {
    /// The cluster of each row, the largest cluster being 0.
    private(set) var clusters: [Int]
    private(set) var clusterCount: Int
    private(set) var points: [(x: Double, y: Double)]

    /// Clusters of directions from seeds drawn far apart (Arthur and Vassilvitskii, "k-means++", 2007) with a fixed
    /// generator. The plane is that of the two largest eigenvectors of the clusters' scatter around the mean. O(n k d) for
    /// each of at most 25 rounds.
    init(_ vectors: Matrix, threads: Int) throws {
        let count = vectors.rows
        let wanted = min(12, max(1, Int((Double(count) / 4).squareRoot())))
        guard count > 0 else {
            (clusters, clusterCount, points) = ([], 0, [])
            return
        }
        var generator = SplitMix64(seed: 0x5EED)
        let found = try SphericalClustering(
            vectors, seeds: SphericalClustering.seeds(vectors, count: wanted, using: &generator), rounds: 25,
            threads: threads)
        let sizes = found.sizes
        let order = sizes.indices.filter { sizes[$0] > 0 }.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
        var places = [Int](repeating: 0, count: sizes.count)
        for (place, cluster) in order.enumerated() { places[cluster] = place }
        clusters = found.nearest.map { places[$0] }
        clusterCount = order.count
        points = try Self.plane(vectors, found.centers, sizes, threads)
    }

    private static func plane(
        _ vectors: Matrix, _ centers: Matrix, _ sizes: [Int], _ threads: Int
    ) throws -> [(x: Double, y: Double)] {
        let total = Float(sizes.reduce(0, +))
        var spread = centers
        for column in 0..<centers.columns {
            let mean = sizes.indices.reduce(Float(0)) { $0 + Float(sizes[$1]) * centers[$1, column] } / total
            for row in sizes.indices {
                spread[row, column] = (centers[row, column] - mean) * (Float(sizes[row]) / total).squareRoot()
            }
        }
        // With fewer than three clusters there is no plane between them: the scatter of all vectors takes its place.
        let scattered = centers.rows > 2 ? spread : Self.centered(vectors)
        let scatter = try scattered.multiplied(by: scattered, transposingSelf: true, threads: threads)
        let eigen = try scatter.symmetricEigen()
        let last = eigen.values.count - 1
        let axes = try Matrix([eigen.vectors.row(last), eigen.vectors.row(max(0, last - 1))])
        let projected = try vectors.multiplied(by: axes, transposingOther: true, threads: threads)
        return (0..<vectors.rows).map { (Double(projected[$0, 0]), Double(projected[$0, 1])) }
    }

    private static func centered(_ vectors: Matrix) -> Matrix {
        var centered = vectors
        for column in 0..<vectors.columns {
            let mean = (0..<vectors.rows).reduce(Float(0)) { $0 + vectors[$1, column] } / Float(vectors.rows)
            for row in 0..<vectors.rows { centered[row, column] -= mean }
        }
        return centered
    }
}
