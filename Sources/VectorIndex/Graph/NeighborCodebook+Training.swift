import CKernels
import LinearAlgebra

extension NeighborCodebook {
    /// Samples of differences that training looks at, at most.
    static var sampleCount: Int { 16_384 }

    /// Learns a codebook from a sample of differences between nodes and neighbours, scaled to length one and stored one
    /// after the other. Nil if there are too few to learn from, or the eigenvectors do not converge.
    ///
    /// - Complexity: O(samples * dimension^2 + dimension^3).
    static func train(
        differences: [Float], dimension: Int, groups: Int, mean: [Float], threads: Int
    ) -> NeighborCodebook? {
        let count = differences.count / dimension
        guard count >= 256 else { return nil }
        guard let basis = try? principalDirections(differences, count: count, dimension: dimension) else { return nil }
        let allocation = BitAllocation(variances: basis.variances, groups: groups)
        let kept = allocation.order

        // Directions as codes, since they are multiplied with codes.
        let stride = NodeLayout.lines(dimension)
        let kernels = fp_kernels_current().pointee
        var rotation = [Int8](repeating: 0, count: kept.count * stride)
        var scales: [Float] = []
        rotation.withUnsafeMutableBufferPointer { rotation in
            guard let codes = rotation.baseAddress else { return }
            for (place, component) in kept.enumerated() {
                basis.directions.withRow(component) { direction in
                    guard let values = direction.baseAddress else { return }
                    scales.append(VectorMath.quantize(values, dimension, into: codes + place * stride, kernels))
                }
            }
        }
        var turnedMean: [Float] = []
        for component in kept {
            turnedMean.append(
                basis.directions.withRow(component) { direction in
                    zip(direction, mean).reduce(0) { $0 + $1.0 * $1.1 }
                })
        }
        guard
            let codewords = trainCodewords(
                differences, count: count, dimension: dimension, basis: basis, allocation: allocation, threads: threads)
        else { return nil }
        return NeighborCodebook(
            dimension: dimension, starts: allocation.starts, rotation: rotation, rotationScales: scales,
            mean: turnedMean, codewords: codewords)
    }

    /// Orthonormal directions, one a row, and the mean square of the samples along each, falling.
    private struct Basis {
        var directions: Matrix
        var variances: [Float]
    }

    private static func principalDirections(
        _ samples: [Float], count: Int, dimension: Int
    ) throws -> Basis {
        let matrix = try Matrix(rows: count, columns: dimension, elements: samples)
        var moments = try matrix.multiplied(by: matrix, transposingSelf: true)
        moments.withUnsafeMutableElements { elements in
            for index in elements.indices { elements[index] /= Float(count) }
        }
        let eigen = try moments.symmetricEigen()
        // They come ascending.
        let order = (0..<dimension).reversed()
        var directions = Matrix(rows: dimension, columns: dimension)
        for (place, index) in order.enumerated() {
            eigen.vectors.withRow(index) { source in
                directions.withMutableRow(place) { target in _ = target.update(from: source) }
            }
        }
        return Basis(directions: directions, variances: order.map { max(0, eigen.values[$0]) })
    }

    /// Sixteen codewords for each group. An error in a direction counts as much as the samples vary in it, as in
    /// ``BitAllocation``.
    private static func trainCodewords(
        _ samples: [Float], count: Int, dimension: Int, basis: Basis, allocation: BitAllocation, threads: Int
    ) -> [Float]? {
        let units = allocation.order.map { max(basis.variances[$0], 1e-12).squareRoot() }
        var chosen = Matrix(rows: units.count, columns: dimension)
        for (place, component) in allocation.order.enumerated() {
            basis.directions.withRow(component) { source in
                chosen.withMutableRow(place) { target in
                    for index in source.indices { target[index] = source[index] * units[place] }
                }
            }
        }
        guard let matrix = try? Matrix(rows: count, columns: dimension, elements: samples),
            let turned = try? matrix.multiplied(by: chosen, transposingOther: true, threads: threads)
        else { return nil }
        var codewords = CodewordTraining(starts: allocation.starts, threads: threads).centres(of: turned)
        for index in codewords.indices { codewords[index] /= units[index / 16] }
        return codewords
    }
}

/// Which dimensions get a share of the bits, and which stand together in a group.
///
/// The errors that matter are those of products with other differences, which have the same variances v: a dimension's
/// error counts v times. The bits that make the sum least are b = max(0, log2(v^2 / t) / 2), with t such that they add
/// up (reverse water-filling: Cover and Thomas, "Elements of Information Theory", 10.3).
struct BitAllocation {
    /// The dimensions kept, group after group.
    var order: [Int] = []
    /// By group: its first place in ``order``; one more at the end.
    var starts: [UInt32] = [0]

    init(variances: [Float], groups: Int) {
        let weights = variances.map { max($0, 1e-12) * max($0, 1e-12) }
        let logarithms = weights.map { Double($0).logarithmBase2 }
        let wanted = Double(4 * groups)
        var low = (logarithms.min() ?? 0) - wanted
        var high = logarithms.max() ?? 0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let sum = logarithms.reduce(0) { $0 + max(0, ($1 - middle) / 2) }
            if sum > wanted { low = middle } else { high = middle }
        }
        let bits = logarithms.map { max(0, ($0 - high) / 2) }
        // The largest shares first, each into the group that has fewest bits so far.
        var members = [[Int]](repeating: [], count: groups)
        var filled = [Double](repeating: 0, count: groups)
        let ranked = bits.indices.sorted { bits[$0] > bits[$1] || (bits[$0] == bits[$1] && $0 < $1) }
        for dimension in ranked where bits[dimension] > 0.02 {
            guard
                let group = filled.indices.min(by: {
                    filled[$0] < filled[$1] || (filled[$0] == filled[$1] && members[$0].count < members[$1].count)
                })
            else { continue }
            members[group].append(dimension)
            filled[group] += bits[dimension]
        }
        for group in members {
            order += group
            starts.append(UInt32(order.count))
        }
    }
}

extension Double {
    /// The binary logarithm of a positive number, within 1e-9, without a mathematics library.
    fileprivate var logarithmBase2: Double {
        var result = Double(exponent)
        var x = significand  // 1 ..< 2
        var bit = 0.5
        for _ in 0..<32 {
            x *= x
            if x >= 2 {
                x /= 2
                result += bit
            }
            bit /= 2
        }
        return result
    }
}
