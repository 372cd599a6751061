import LinearAlgebra
import Platform

extension SplitMix64 {
    mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1, using: &self) } }

    mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix {
        Matrix(rows: rows, columns: columns) { _ = $0.initialize(from: floats(rows * columns)) }
    }

    /// A dimension: often none, one, or beside a multiple of what kernels work in.
    mutating func dimension() -> Int {
        [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100].randomElement(using: &self) ?? 1
    }
}

/// The product as its definition has it, in double precision.
func naiveProduct(_ a: Matrix, _ b: Matrix) -> [Double] {
    let (left, right) = (a.elements.map(Double.init), b.elements.map(Double.init))
    var result = [Double](repeating: 0, count: a.rows * b.columns)
    for i in 0..<a.rows {
        for k in 0..<a.columns {
            for j in 0..<b.columns { result[i * b.columns + j] += left[i * a.columns + k] * right[k * b.columns + j] }
        }
    }
    return result
}

/// The transpose, element by element.
func naiveTranspose(_ a: Matrix) -> Matrix {
    var result = Matrix(rows: a.columns, columns: a.rows)
    for i in 0..<a.rows {
        for j in 0..<a.columns { result[j, i] = a[i, j] }
    }
    return result
}

/// The largest difference between two lists of numbers; infinite if they are not equally long.
func distance(_ a: [Float], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs(Double($0) - $1) }.max() ?? 0 : .infinity
}

func distance(_ a: Matrix, _ b: Matrix) -> Double {
    a.rows == b.rows && a.columns == b.columns ? distance(a.elements, b.elements.map(Double.init)) : .infinity
}

extension Matrix {
    /// Without `throws`, for shapes that fit.
    func times(_ other: Matrix) -> Matrix {
        Matrix(rows: rows, columns: other.columns) { target in
            _ = target.initialize(from: naiveProduct(self, other).map(Float.init))
        }
    }
}
