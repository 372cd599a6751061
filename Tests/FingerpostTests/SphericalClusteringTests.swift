import LinearAlgebra
import Platform
import Testing

@testable import Fingerpost

@Suite("Clusters of directions")
struct SphericalClusteringTests {
    private func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }

    @Test("Clusters far apart are found, whatever the number of threads, and centres are means of directions")
    func clusters() throws {
        var generator = SplitMix64(seed: 4)
        let vectors = try Matrix(
            (0..<300).map { row in
                unit((0..<8).map { ($0 == row % 3 ? 1 : 0) + Float.random(in: -0.2...0.2, using: &generator) })
            })
        let seeds = try Matrix([vectors.row(0), vectors.row(1), vectors.row(2)])
        let found = try SphericalClustering(vectors, seeds: seeds, rounds: 20, threads: 1)
        #expect(found.nearest == (0..<300).map { $0 % 3 } && found.sizes == [100, 100, 100])
        for center in 0..<3 {
            var sum = [Float](repeating: 0, count: 8)
            for row in stride(from: center, to: 300, by: 3) { sum = zip(sum, vectors.row(row)).map(+) }
            for (one, other) in zip(unit(sum), found.centers.row(center)) { #expect(abs(one - other) < 1e-5) }
        }
        let threaded = try SphericalClustering(vectors, seeds: seeds, rounds: 20, threads: 3)
        #expect(threaded.nearest == found.nearest && threaded.centers.elements == found.centers.elements)
    }

    @Test("One cluster, no vectors, and seeds that nothing is near to")
    func edges() throws {
        let one = try SphericalClustering(
            Matrix([[1, 0], [0, 1]]), seeds: Matrix([[1, 0]]), rounds: 5, threads: 1)
        #expect(one.nearest == [0, 0] && abs(one.centers[0, 0] - Float(0.5).squareRoot()) < 1e-6)
        let none = try SphericalClustering(
            Matrix(rows: 0, columns: 2), seeds: Matrix([[1, 0], [0, 1]]), rounds: 5, threads: 1)
        #expect(none.nearest.isEmpty && none.sizes == [0, 0])
        let far = try SphericalClustering(
            Matrix([[1, 0], [1, 0]]), seeds: Matrix([[1, 0], [-1, 0]]), rounds: 5, threads: 1)
        #expect(far.sizes == [2, 0] && far.centers.row(1) == [-1, 0])
    }
}
