/// What can be wrong with matrices, vectors and the files that hold them.
public enum LinearAlgebraError: Error, Sendable, Hashable {
    /// Two operands whose shapes do not fit the operation. A vector of n is written as n x 1.
    case dimensionMismatch(
        operation: String, leftRows: Int, leftColumns: Int, rightRows: Int, rightColumns: Int)
    /// Not as many elements as the shape holds.
    case elementCount(expectedRows: Int, expectedColumns: Int, actual: Int)
    /// A row that is not as long as the first.
    case raggedRows(row: Int, expected: Int, actual: Int)
    /// An operation for square matrices was given another.
    case notSquare(operation: String, rows: Int, columns: Int)
    /// A NaN or an infinity where only finite numbers make sense.
    case notFinite(operation: String, row: Int, column: Int)
    /// The leading minor of this order (counted from 1) is not positive.
    case notPositiveDefinite(minor: Int)
    /// The iteration of LAPACK's `routine` did not converge.
    case noConvergence(operation: String, routine: String, info: Int)
    /// LAPACK's `routine` refused an argument: a defect of this package or of the library that is loaded.
    case routineFailed(routine: String, info: Int)
    /// A dimension is beyond what the interface of BLAS can express (2,147,483,647).
    case tooLarge(operation: String, rows: Int, columns: Int)
    /// A file that is not the `.npy` it should be, or is of a kind that is not read.
    case invalidNumPyFile(path: String, reason: String)
    /// The operating system would not do something with a file.
    case file(path: String, reason: String)
}

extension LinearAlgebraError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dimensionMismatch(let operation, let leftRows, let leftColumns, let rightRows, let rightColumns):
            "\(operation): \(leftRows)x\(leftColumns) does not fit \(rightRows)x\(rightColumns); "
                + "check which operand is transposed"
        case .elementCount(let rows, let columns, let actual):
            "a \(rows)x\(columns) matrix cannot be made of \(actual) elements; give rows times columns of them"
        case .raggedRows(let row, let expected, let actual):
            "row \(row) has \(actual) elements where row 0 has \(expected); give every row the same length"
        case .notSquare(let operation, let rows, let columns):
            "\(operation) needs a square matrix, not a \(rows)x\(columns) one"
        case .notFinite(let operation, let row, let column):
            "\(operation): the element at row \(row), column \(column) is NaN or infinite; remove or replace it"
        case .notPositiveDefinite(let minor):
            "the matrix is not positive definite (leading minor \(minor)); add a small multiple of the identity to it"
        case .noConvergence(let operation, let routine, let info):
            "\(operation) did not converge (\(routine), info \(info)); scale the matrix or look for extreme elements"
        case .routineFailed(let routine, let info):
            "\(routine) refused its arguments (info \(info)); check which BLAS and LAPACK libraries are loaded"
        case .tooLarge(let operation, let rows, let columns):
            "\(operation): \(rows)x\(columns) is larger than BLAS can address; work on a part of the rows at a time"
        case .invalidNumPyFile(let path, let reason):
            "\(path) is not a NumPy matrix that can be read: \(reason)"
        case .file(let path, let reason):
            reason.contains(path) ? reason : "\(path): \(reason)"
        }
    }
}
