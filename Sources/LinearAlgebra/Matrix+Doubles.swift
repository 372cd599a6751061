// Between matrices and the column-major doubles that factorisations work on.

extension Matrix {
    /// The elements row after row as doubles: column-major, the transpose.
    func rowMajorDoubles() -> [Double] { withUnsafeElements { $0.map(Double.init) } }

    /// The elements column after column as doubles, each column followed by zeros up to `height`.
    func columnMajorDoubles(height: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: height * columns) { target, count in
            count = height * columns
            withUnsafeElements { source in
                for column in 0..<columns {
                    for row in 0..<height {
                        target.initializeElement(
                            at: column * height + row, to: row < rows ? Double(source[row * columns + column]) : 0)
                    }
                }
            }
        }
    }

    /// A matrix of row-major doubles, rounded.
    init(rows: Int, columns: Int, rowMajorDoubles doubles: [Double]) {
        self.init(rows: rows, columns: columns) { target in
            for index in 0..<target.count { target.initializeElement(at: index, to: Float(doubles[index])) }
        }
    }

    /// A matrix of the first `rows` rows of column-major doubles whose columns have `height` elements, rounded.
    init(rows: Int, columns: Int, columnMajorDoubles doubles: [Double], height: Int) {
        self.init(rows: rows, columns: columns) { target in
            for row in 0..<rows {
                for column in 0..<columns {
                    target.initializeElement(
                        at: row * columns + column, to: Float(doubles[column * height + row]))
                }
            }
        }
    }

    /// LAPACK may loop or answer nonsense where an element is not a number.
    func checkFinite(_ operation: String) throws(LinearAlgebraError) {
        let place = withUnsafeElements { $0.firstIndex { !$0.isFinite } }
        if let place { throw .notFinite(operation: operation, row: place / columns, column: place % columns) }
    }

    func checkSquare(_ operation: String) throws(LinearAlgebraError) {
        guard rows == columns else { throw .notSquare(operation: operation, rows: rows, columns: columns) }
    }

    /// Refuses what would need more work space than LAPACK's 32-bit sizes can say.
    func checkWorkspace(_ operation: String, sides: Int = 0) throws(LinearAlgebraError) {
        try checkSize(operation)
        let (shorter, longer) = (min(rows, columns), max(rows, columns))
        // The largest need among the routines used, with room to spare; the sizes are below 2^31 each.
        let (square, overflow) = (4 * shorter).multipliedReportingOverflow(by: shorter)
        let (product, overflow2) = (shorter + 1).multipliedReportingOverflow(by: sides + 512)
        guard !overflow, !overflow2, square / 2 + product / 2 + longer * 4 < BLAS.largestSize / 2 else {
            throw .tooLarge(operation: operation, rows: rows, columns: columns)
        }
    }
}
