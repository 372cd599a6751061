import GuidelineStore

/// What is wrong with the material of an evaluation or a benchmark.
public enum EvaluationError: Error, Sendable, Hashable {
    /// A query names a guideline that the library does not have.
    case unknownPositive(id: String, query: String?, InputLocation?)
    /// Two files of vectors that cannot be compared.
    case dimensionMismatch(base: String, baseDimension: Int, queries: String, queryDimension: Int)
    /// A file of vectors without any.
    case noVectors(file: String)
    /// A vector that cannot be indexed.
    case unusableVector(file: String, row: Int, problem: String)
    /// A number that makes no sense.
    case invalidParameter(name: String, value: String, allowed: String)
}

extension EvaluationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownPositive(let id, let query, let location):
            "\(location.map { "\($0): " } ?? "")\(query.map { "query \"\($0)\" " } ?? "the query ")names the guideline "
                + "\"\(id)\", which the library does not have. Build it into the library, correct the id, or leave such "
                + "ids out with --allow-missing."
        case .dimensionMismatch(let base, let baseDimension, let queries, let queryDimension):
            "\(queries): its vectors have \(queryDimension) numbers, those of \(base) have \(baseDimension). Encode both "
                + "with the same encoder."
        case .noVectors(let file):
            "\(file): there is no vector in it."
        case .unusableVector(let file, let row, let problem):
            "\(file): row \(row) (counted from 0) \(problem). Remove or replace it."
        case .invalidParameter(let name, let value, let allowed):
            "\(name) is \(value); it must be \(allowed)."
        }
    }

    /// A short name for the kind of error, for scripts.
    public var code: String {
        switch self {
        case .unknownPositive: "unknown_positive"
        case .dimensionMismatch: "wrong_dimension"
        case .noVectors: "no_records"
        case .unusableVector: "unusable_vector"
        case .invalidParameter: "invalid_parameter"
        }
    }

    /// Whether what was given is at fault; it always is.
    public var isInputError: Bool { true }

    /// The place in the input, for errors that have one.
    public var location: InputLocation? {
        switch self {
        case .unknownPositive(_, _, let location): location
        case .dimensionMismatch(_, _, let file, _), .noVectors(let file), .unusableVector(let file, _, _):
            InputLocation(file: file)
        case .invalidParameter: nil
        }
    }
}
