import VectorIndex

/// How the index of a library was obtained when the library was opened.
public enum IndexOrigin: Sendable, Hashable {
    /// From its archive, as it was.
    case opened
    /// From its archive, which was older than the database by so many passages.
    case updated(passages: Int)
    /// From the vectors in the database.
    case rebuilt(Cause)

    /// Why an index was built although there may have been an archive.
    public enum Cause: Sendable, Hashable {
        /// There was none.
        case missing
        /// It was saved by another library, or with another encoder.
        case foreign
        /// It could not be read.
        case unreadable(VectorIndexError)
    }
}

extension IndexOrigin: CustomStringConvertible {
    public var description: String {
        switch self {
        case .opened: "opened"
        case .updated(let passages): "updated with \(passages) passages"
        case .rebuilt(.missing): "built because it was missing"
        case .rebuilt(.foreign): "built because it belonged to another library or encoder"
        case .rebuilt(.unreadable(let error)): "built because \(error)"
        }
    }
}
