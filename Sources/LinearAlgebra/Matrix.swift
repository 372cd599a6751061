/// A matrix of single-precision numbers, row after row in memory of its own.
///
/// A value: a copy shares the memory until one of the two is changed. The first element is aligned to 64 bytes;
/// rows follow each other without padding. Either dimension may be zero.
public struct Matrix: Sendable {
    /// The number of rows.
    public let rows: Int
    /// The number of columns, which is the distance in elements between two rows.
    public let columns: Int
    @usableFromInline var storage: MatrixStorage

    private init(rows: Int, columns: Int, storage: MatrixStorage) {
        (self.rows, self.columns, self.storage) = (rows, columns, storage)
    }

    /// A matrix with one value everywhere. O(`rows` `columns`).
    ///
    /// - Precondition: neither dimension is negative.
    public init(rows: Int, columns: Int, repeating value: Float = 0) {
        self.init(rows: rows, columns: columns) { $0.initialize(repeating: value) }
    }

    /// A matrix whose elements `initialize` writes, all of them, row after row.
    ///
    /// - Precondition: neither dimension is negative.
    public init<Failure: Error>(
        rows: Int, columns: Int,
        initializingWith initialize: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(rows >= 0 && columns >= 0, "a matrix cannot be \(rows)x\(columns)")
        let storage = MatrixStorage(count: rows * columns)
        try initialize(storage.elements)
        self.init(rows: rows, columns: columns, storage: storage)
    }

    /// A matrix of `elements`, row after row.
    ///
    /// - Throws: ``LinearAlgebraError/elementCount(expectedRows:expectedColumns:actual:)`` unless there are
    ///   `rows` times `columns` of them.
    public init(rows: Int, columns: Int, elements: [Float]) throws(LinearAlgebraError) {
        let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflows, count == elements.count else {
            throw .elementCount(expectedRows: rows, expectedColumns: columns, actual: elements.count)
        }
        self.init(rows: rows, columns: columns) { _ = $0.initialize(fromContentsOf: elements) }
    }

    /// A matrix of the given rows, of which there may be none.
    ///
    /// - Throws: ``LinearAlgebraError/raggedRows(row:expected:actual:)`` unless all have one length.
    public init(_ rows: [[Float]]) throws(LinearAlgebraError) {
        let columns = rows.first?.count ?? 0
        for (index, row) in rows.enumerated() where row.count != columns {
            throw .raggedRows(row: index, expected: columns, actual: row.count)
        }
        self.init(rows: rows.count, columns: columns) { elements in
            for (index, row) in rows.enumerated() {
                _ = elements.extracting((index * columns)..<((index + 1) * columns)).initialize(fromContentsOf: row)
            }
        }
    }

    /// Ones on the diagonal and zeros elsewhere.
    public static func identity(_ size: Int) -> Matrix {
        var identity = Matrix(rows: size, columns: size)
        for index in 0..<size { identity[index, index] = 1 }
        return identity
    }

    /// The number of elements.
    @inlinable public var count: Int { storage.elements.count }
    /// Whether there are no elements.
    @inlinable public var isEmpty: Bool { count == 0 }
    /// A copy of the elements, row after row.
    public var elements: [Float] { withUnsafeElements(Array.init) }

    /// One element. O(1), but a write to shared memory copies it first.
    ///
    /// - Precondition: `row` and `column` are within the matrix.
    @inlinable
    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(contains(row, column), "\(row), \(column) is outside a \(shape) matrix")
            return storage.elements[row * columns + column]
        }
        set {
            precondition(contains(row, column), "\(row), \(column) is outside a \(shape) matrix")
            makeUnique()
            storage.elements[row * columns + column] = newValue
        }
    }

    /// Calls `body` with all elements, row after row. The pointer is good only within the call.
    @inlinable
    public func withUnsafeElements<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeBufferPointer(storage.elements))
    }

    /// Calls `body` with all elements, row after row, to change in place. The pointer is good only within the call.
    @inlinable
    public mutating func withUnsafeMutableElements<Result, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        makeUnique()
        defer { withExtendedLifetime(storage) {} }
        return try body(storage.elements)
    }

    /// Calls `body` with the elements of one row. The pointer is good only within the call.
    ///
    /// - Precondition: `row` is within the matrix.
    @inlinable
    public func withRow<Result, Failure: Error>(
        _ row: Int, _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(row >= 0 && row < rows, "row \(row) is outside a \(shape) matrix")
        return try withUnsafeElements { elements throws(Failure) in
            try body(elements.extracting((row * columns)..<((row + 1) * columns)))
        }
    }

    /// Calls `body` with the elements of one row to change in place. The pointer is good only within the call.
    ///
    /// - Precondition: `row` is within the matrix.
    @inlinable
    public mutating func withMutableRow<Result, Failure: Error>(
        _ row: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(row >= 0 && row < rows, "row \(row) is outside a \(shape) matrix")
        let range = (row * columns)..<((row + 1) * columns)
        return try withUnsafeMutableElements { elements throws(Failure) in try body(elements.extracting(range)) }
    }

    /// A copy of one row.
    ///
    /// - Precondition: `index` is within the matrix.
    public func row(_ index: Int) -> [Float] { withRow(index, Array.init) }

    /// The matrix with rows and columns exchanged. O(`rows` `columns`).
    public var transposed: Matrix {
        withUnsafeElements { source in
            Matrix(rows: columns, columns: rows) { target in
                // In square tiles, so that each cache line of both sides is used whole while it is near.
                let tile = 16
                for firstRow in stride(from: 0, to: rows, by: tile) {
                    for firstColumn in stride(from: 0, to: columns, by: tile) {
                        for row in firstRow..<min(rows, firstRow + tile) {
                            for column in firstColumn..<min(columns, firstColumn + tile) {
                                target.initializeElement(
                                    at: column * rows + row, to: source[row * columns + column])
                            }
                        }
                    }
                }
            }
        }
    }

    /// The dimensions as error texts write them: "3x4".
    @usableFromInline var shape: String { "\(rows)x\(columns)" }

    @usableFromInline
    func contains(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < rows && column >= 0 && column < columns
    }

    @usableFromInline
    mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    }
}

extension Matrix: Equatable {
    /// Whether dimensions and elements are equal, as numbers: a NaN equals nothing.
    public static func == (a: Matrix, b: Matrix) -> Bool {
        guard a.rows == b.rows, a.columns == b.columns else { return false }
        return a.withUnsafeElements { left in b.withUnsafeElements { right in left.elementsEqual(right) } }
    }
}

extension Matrix: CustomStringConvertible {
    /// The dimensions: a matrix is rarely small enough to read.
    public var description: String { "Matrix(\(shape))" }
}
