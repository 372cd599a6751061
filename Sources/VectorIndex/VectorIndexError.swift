/// What went wrong in an index. Nothing already stored is lost when one of these is thrown.
public enum VectorIndexError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A vector or a query has another length than the index.
    case dimensionMismatch(expected: Int, actual: Int)
    /// An element is NaN or infinite; `row` is its place in a batch.
    case nonFiniteElement(row: Int, element: Int)
    /// Cosine similarity of a zero vector is undefined; `row` is its place in a batch.
    case zeroVector(row: Int)
    /// The key is in the index, or twice in one batch.
    case duplicateKey(String)
    /// The key is not in the index.
    case missingKey(String)
    /// A number in a configuration or a search is outside what makes sense.
    case invalidParameter(name: String, value: Int, allowed: String)
    /// The filter was made for an earlier state of the rows, or for another index.
    case staleFilter
    /// More rows than an index can address.
    case capacityExceeded(limit: Int)
    /// An archive cannot be read or written; `reason` is the system's.
    case file(path: String, reason: String, isMissing: Bool, isOutOfSpace: Bool)
    /// The file is no archive of this kind at all.
    case notAnArchive(path: String)
    /// The archive was written by another version of the format.
    case unsupportedVersion(path: String, found: Int, supported: Int)
    /// The archive holds another kind of index, key or number than was asked for.
    case incompatibleArchive(path: String, reason: String)
    /// The archive is damaged: where, and what was found there.
    case corruptArchive(path: String, section: String, reason: String)

    public var description: String {
        switch self {
        case .dimensionMismatch(let expected, let actual):
            "the vector has \(actual) elements, the index needs \(expected)"
        case .nonFiniteElement(let row, let element):
            "element \(element) of vector \(row) is not a finite number"
        case .zeroVector(let row):
            "vector \(row) is zero, which has no direction to compare by cosine"
        case .duplicateKey(let key): "the key \(key) is already in the index; use update to replace its vector"
        case .missingKey(let key): "the key \(key) is not in the index"
        case .invalidParameter(let name, let value, let allowed): "\(name) is \(value), must be \(allowed)"
        case .staleFilter: "the filter was made before rows of the index moved, or for another index; make it again"
        case .capacityExceeded(let limit): "an index holds at most \(limit) rows"
        case .file(let path, let reason, _, _): "\(path): \(reason)"
        case .notAnArchive(let path): "\(path) is not an index archive"
        case .unsupportedVersion(let path, let found, let supported):
            "\(path) has archive format \(found), this version reads \(supported); build the index again"
        case .incompatibleArchive(let path, let reason): "\(path): \(reason)"
        case .corruptArchive(let path, let section, let reason):
            "\(path) is damaged in its \(section): \(reason); build the index again"
        }
    }
}
