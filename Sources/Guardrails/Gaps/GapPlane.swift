import LinearAlgebra

/// Where the middles of clusters lie to each other: in the plane that keeps most of their distances, and, for each, the one
/// that is most like it in all dimensions.
struct GapPlane {
    private(set) var positions: [GapReport.Position] = []
    /// The place of another middle, and the cosine similarity to it; nil where there is no other.
    private(set) var closest: [(place: Int, similarity: Double)?] = []
    /// The part of the squared distances that the plane keeps, 0 to 1; 1 where there is nothing to lose.
    private(set) var share = 1.0

    /// Classical scaling (Torgerson, "Multidimensional scaling", 1952): the coordinates are the two largest eigenvectors of
    /// the products of the centred middles, each times the root of its eigenvalue. Which way an axis points is told by
    /// its largest coordinate, so the same middles give the same plane.
    ///
    /// - Parameter centers: of unit length, as rows.
    /// - Complexity: O(rows² * dimension + rows³).
    init(_ centers: Matrix) throws {
        let count = centers.rows
        guard count > 0 else { return }
        let products = try centers.multiplied(by: centers, transposingOther: true, threads: 1)
        closest = (0..<count).map { row in
            var best: Int?
            for other in 0..<count where other != row {
                if let known = best, products[row, other] <= products[row, known] { continue }
                best = other
            }
            return best.map { ($0, Double(products[row, $0])) }
        }
        // Centring products is the same as centring what they are products of.
        let means = (0..<count).map { row in
            (0..<count).reduce(Float(0)) { $0 + products[row, $1] } / Float(count)
        }
        let mean = means.reduce(0, +) / Float(count)
        var centered = products
        for row in 0..<count {
            for column in 0..<count {
                centered[row, column] = products[row, column] - means[row] - means[column] + mean
            }
        }
        let eigen = try centered.symmetricEigen()
        let order = eigen.values.indices.sorted { (eigen.values[$1], $0) < (eigen.values[$0], $1) }
        func axis(_ number: Int) -> [Double] {
            guard number < order.count, eigen.values[order[number]] > 1e-6 else {
                return [Double](repeating: 0, count: count)
            }
            let length = Double(eigen.values[order[number]]).squareRoot()
            return eigen.vectors.row(order[number]).map { Double($0) * length }
        }
        positions = zip(axis(0), axis(1)).map { GapReport.Position(x: $0, y: $1) }
        let kept = eigen.values.map { max(0, Double($0)) }
        let total = kept.reduce(0, +)
        if total > 1e-6 { share = order.prefix(2).reduce(0) { $0 + kept[$1] } / total }
    }
}
