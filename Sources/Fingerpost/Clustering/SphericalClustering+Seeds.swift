import LinearAlgebra
import Platform

extension SphericalClustering {
    /// Rows that are drawn far apart from each other (Arthur and Vassilvitskii, "k-means++: The advantages of careful
    /// seeding", 2007): fewer than asked for where there are not as many different ones.
    ///
    /// - Parameter vectors: of unit length, as rows; at least one if `count` is not 0.
    /// - Complexity: O(rows * count * dimension).
    package static func seeds(_ vectors: Matrix, count: Int, using generator: inout SplitMix64) throws -> Matrix {
        guard vectors.rows > 0, count > 0 else { return Matrix(rows: 0, columns: vectors.columns) }
        var rows = [vectors.row(Int.random(in: 0..<vectors.rows, using: &generator))]
        var distances = [Double](repeating: .infinity, count: vectors.rows)
        while rows.count < count, let last = rows.last {
            let similarities = try vectors.multiplied(by: last)
            var sum = 0.0
            for index in distances.indices {
                distances[index] = min(distances[index], max(0, 1 - Double(similarities[index])))
                sum += distances[index]
            }
            guard sum > 1e-6 else { break }
            var left = Double.random(in: 0..<sum, using: &generator)
            let chosen = distances.firstIndex { distance in
                left -= distance
                return left < 0
            }
            rows.append(vectors.row(chosen ?? 0))
        }
        return try Matrix(rows)
    }
}
