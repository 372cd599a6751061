import CKernels
import Platform
import VectorIndex

/// The vectors of guidelines, read by their places.
protocol VectorSource {
    var dimension: Int { get }
    /// The vectors of some guidelines, of unit length or zero, one after the other.
    func vectors(of items: [Int32], threads: Int) throws -> [Float]
}

/// The kept guidelines by the directions of their vectors: a graph proposes, the product of the vectors decides.
final class SemanticNeighbors: Sendable {
    struct Hit: Sendable {
        var item: Int32
        var similarity: Double
    }

    private let index: HNSWIndex<Int64>

    init(dimension: Int) throws {
        index = try HNSWIndex(dimension: dimension, metric: .cosine)
    }

    /// Adds kept guidelines; those with a zero vector are left out.
    func append(_ items: [Int32], _ vectors: [[Float]], threads: Int) throws {
        var keys: [Int64] = []
        var values: [Float] = []
        for (item, vector) in zip(items, vectors) where vector.contains(where: { $0 != 0 }) {
            keys.append(Int64(item))
            values += vector
        }
        guard !keys.isEmpty else { return }
        try index.insert(contentsOf: values, keys: keys, threads: threads)
    }

    /// Kept guidelines of at least a cosine, best first.
    func near(_ vector: [Float], threshold: Double) throws -> [Hit] {
        guard index.count > 0, vector.contains(where: { $0 != 0 }) else { return [] }
        // The search scores in full precision; what rounding may have put below the threshold is checked here.
        let found = try index.search(vector, atLeast: Float(threshold) - 1e-4, limit: 64)
        return try found.neighbors.compactMap { neighbor in
            guard let other = try index.vector(for: neighbor.key) else { return nil }
            let cosine = Self.cosine(vector, other)
            return cosine >= threshold ? Hit(item: Int32(neighbor.key), similarity: cosine) : nil
        }
        .sorted { ($1.similarity, $0.item) < ($0.similarity, $1.item) }
    }

    static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        var (product, first, second) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            product += Double(x) * Double(y)
            first += Double(x) * Double(x)
            second += Double(y) * Double(y)
        }
        guard first > 0, second > 0 else { return 0 }
        return min(1, product / (first * second).squareRoot())
    }
}
