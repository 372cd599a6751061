/// Vectors under stable keys, and the nearest of them to a query.
///
/// ``HNSWIndex`` answers from a graph, ``FlatIndex`` by scanning every row. Both may be searched from any number of
/// threads at once; writers take turns. A search sees the write of a row wholly or not at all; a large batch may become
/// searchable in steps.
public protocol NeighborIndex<Key>: Sendable {
    associatedtype Key: IndexKey

    /// Elements of a vector.
    var dimension: Int { get }
    var metric: Metric { get }
    /// Whether a key may have several vectors: those of a text and of examples for it, say. A search then gives each
    /// key once, with its best vector's score.
    var isMultiple: Bool { get }
    /// Vectors that a search can find.
    var count: Int { get }

    func contains(_ key: Key) -> Bool
    /// The vectors stored under a key, in no order to rely on: scaled to unit length if the metric is cosine.
    ///
    /// - Throws: ``VectorIndexError/corruptArchive(path:section:reason:)`` if they lie in a damaged archive.
    func vectors(for key: Key) throws -> [[Float]]
    /// Makes room for rows in advance. Never required.
    func reserveCapacity(_ capacity: Int)

    /// Adds rows. All are added, or none, unless a long insertion is ended early.
    ///
    /// - Parameters:
    ///   - vectors: the rows, one after the other.
    ///   - keys: the key of each row.
    ///   - threads: how many threads may work; nil for all there are. The result does not depend on it.
    ///   - progress: told, on the calling thread, how many rows are done. A long insertion ends early if it throws.
    /// - Throws: ``VectorIndexError`` for a wrong length, a number that is not finite, a zero vector under cosine, and,
    ///   unless keys may have several vectors, a key given twice or already present.
    func insert(
        contentsOf vectors: [Float], keys: [Key], threads: Int?, progress: ((_ inserted: Int) throws -> Void)?) throws
    /// Puts other vectors in the place of all those of a key: one, unless keys may have several.
    func update(contentsOf vectors: [Float], for key: Key) throws
    /// Removes all vectors of a key; false if there are none.
    @discardableResult func remove(_ key: Key) -> Bool

    /// The nearest rows, best first; rows of equal score in the order of their keys.
    ///
    /// - Parameters:
    ///   - query: as many numbers as a row has.
    ///   - limit: how many at most. Fewer come back only if fewer match.
    ///   - options: which rows count, and how they are searched.
    func search(_ query: [Float], limit: Int, options: SearchOptions<Key>) throws -> SearchResult<Key>
    /// A filter over the rows that exist now; see ``RowFilter``.
    func filter(including keys: some Sequence<Key>) -> RowFilter
}

extension NeighborIndex {
    public var isEmpty: Bool { count == 0 }

    /// The vector stored under a key, any of several; nil if there is none.
    public func vector(for key: Key) throws -> [Float]? { try vectors(for: key).first }

    /// Puts a vector in the place of that of a key, or of all that it has.
    public func update(_ vector: [Float], for key: Key) throws {
        guard vector.count == dimension else {
            throw VectorIndexError.dimensionMismatch(expected: dimension, actual: vector.count)
        }
        try update(contentsOf: vector, for: key)
    }

    /// Adds one row.
    public func insert(_ vector: [Float], for key: Key) throws {
        try insert(contentsOf: vector, keys: [key], threads: 1, progress: nil)
    }

    /// The nearest rows with default options.
    public func search(_ query: [Float], limit: Int) throws -> SearchResult<Key> {
        try search(query, limit: limit, options: SearchOptions())
    }
}
