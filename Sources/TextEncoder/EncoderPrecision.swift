/// The arithmetic that a network runs in.
public enum EncoderPrecision: String, Sendable, Hashable, CaseIterable {
    /// ``int8`` for a model that was made for it, which says so by storing its word embeddings as 8-bit integers;
    /// ``float32`` for all others.
    case automatic
    /// `Float` throughout: the vectors of the Python reference, within 1e-4.
    case float32
    /// Matrix products of 8-bit integers: many times faster, and the same bits on every CPU. How near the vectors are to
    /// those of ``float32`` depends on the network: a cosine of 0.9996 or more in networks of random weights, 0.995 to
    /// 0.998 in all-MiniLM-L6-v2.
    case int8
}
