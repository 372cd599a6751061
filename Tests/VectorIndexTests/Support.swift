import Foundation
import Platform
@testable import VectorIndex

typealias SeededGenerator = SplitMix64

extension SplitMix64 {
    mutating func normal() -> Float {
        let u = Float.random(in: .leastNormalMagnitude..<1, using: &self)
        let v = Float.random(in: 0..<1, using: &self)
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
}

/// Vectors around a few centres, as embeddings of texts are.
func clusteredVectors(_ count: Int, dimension: Int, clusters: Int = 40, seed: UInt64) -> [[Float]] {
    var centresGenerator = SeededGenerator(seed: 7)
    let centres = (0..<clusters).map { _ in (0..<dimension).map { _ in centresGenerator.normal() } }
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
        let centre = centres[Int.random(in: 0..<clusters, using: &generator)]
        return centre.map { $0 + 0.6 * generator.normal() }
    }
}

/// Scores straight from the definitions, in double precision.
func naiveScore(_ metric: Metric, _ a: [Float], _ b: [Float]) -> Double {
    let pairs = zip(a, b).map { (Double($0), Double($1)) }
    let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
    switch metric {
    case .dot: return dot
    case .squaredL2: return -pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    case .cosine:
        let lengths = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
        return dot / (lengths.0 * lengths.1).squareRoot()
    }
}

func naiveNearest(_ metric: Metric, _ query: [Float], in vectors: [Int: [Float]], limit: Int) -> [(Int, Double)] {
    let scored: [(Int, Double)] = vectors.map { ($0.key, naiveScore(metric, query, $0.value)) }
    let sorted = scored.sorted { (a: (Int, Double), b: (Int, Double)) in a.1 > b.1 || (a.1 == b.1 && a.0 < b.0) }
    return Array(sorted.prefix(limit))
}

/// A folder that is removed when the value goes away.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
