/// How two vectors are compared. A score is always larger for a better match.
public enum Metric: UInt32, Sendable, Hashable, CaseIterable {
    /// Cosine of the angle, -1 to 1. Vectors are scaled to unit length when inserted.
    case cosine = 0
    /// Inner product.
    case dot = 1
    /// The squared Euclidean distance, negated: 0 for equal vectors, falling from there.
    case squaredL2 = 2
}
