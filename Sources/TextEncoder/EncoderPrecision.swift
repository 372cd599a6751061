/// The arithmetic that a network runs in.
public enum EncoderPrecision: String, Sendable, Hashable, CaseIterable {
    /// ``int8`` for a model that was made for it, which says so by storing its word embeddings as 8-bit integers;
    /// ``float32`` for all others.
    case automatic
    /// `Float` throughout: the vectors of the Python reference, within 1e-4.
    case float32
    /// Matrix products of 8-bit integers: several times faster, and vectors with a cosine of 0.999 or more to those of
    /// ``float32`` in networks of the usual kind. The same bits on every CPU.
    case int8
}
