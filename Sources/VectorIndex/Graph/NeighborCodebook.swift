import CKernels

/// How the differences between a node and its neighbours are coded in half a byte for each group of dimensions.
///
/// The differences are turned so that their variance gathers in few dimensions (principal components, without the mean);
/// dimensions share out the bits by their variance and are put together to groups of about four bits (optimized product
/// quantization: Ge et al., CVPR 2013, in its parametric form); each group has 16 codewords found by k-means.
/// Dimensions with too little variance for a share are left out.
///
/// For a node p with the neighbour x, the difference r = x - p is coded by the vector c of the codewords nearest to
/// r / |r|. As the code of RaBitQ does (Gao and Long, arXiv:2405.12497), c is stretched to w = |r| / (r/|r| · c), which
/// makes the estimate of r · r exact, and
///
///     q · x  =  q · p  +  p · r  +  (q - p) · r  ~  q · p  +  p · r  -  w (p - m) · c  +  w (q - m) · c
///
/// where m is the mean of the rows. All but q · p and the last product is kept beside the code, as the *shift* and the
/// *factor* w. The error falls with |q - p|: near the end of a search, where it matters, the estimates are best.
final class NeighborCodebook: Sendable {
    let dimension: Int
    /// By group: its first dimension. One more at the end, the number of dimensions kept.
    let starts: [UInt32]
    /// One row for each dimension kept, in the order of the groups, `lines(dimension)` long: directions as int8 codes.
    let rotation: [Int8]
    let rotationScales: [Float]
    /// The mean of the rows in these dimensions.
    let mean: [Float]
    /// 16 for each dimension.
    let codewords: [Float]
    /// 16 for each group: half of the codewords' squared lengths.
    let halfSquares: [Float]
    private let pointers: Pointers

    init(
        dimension: Int, starts: [UInt32], rotation: [Int8], rotationScales: [Float], mean: [Float], codewords: [Float]
    ) {
        self.dimension = dimension
        self.starts = starts
        self.rotation = rotation
        self.rotationScales = rotationScales
        self.mean = mean
        self.codewords = codewords
        var halfSquares = [Float](repeating: 0, count: (starts.count - 1) * 16)
        for group in 0..<(starts.count - 1) {
            for d in Int(starts[group])..<Int(starts[group + 1]) {
                for c in 0..<16 { halfSquares[group * 16 + c] += 0.5 * codewords[d * 16 + c] * codewords[d * 16 + c] }
            }
        }
        self.halfSquares = halfSquares
        pointers = Pointers(
            starts: starts, rotation: rotation, scales: rotationScales, mean: mean, codewords: codewords,
            halfSquares: halfSquares)
    }

    var groups: Int { starts.count - 1 }
    var keptDimensions: Int { rotationScales.count }

    /// Valid for as long as the codebook is.
    var view: CodebookView {
        CodebookView(
            groups: groups, keptDimensions: keptDimensions, rotation: pointers.rotation,
            rotationStride: NodeLayout.lines(dimension), rotationScales: pointers.scales, mean: pointers.mean,
            table: fp_codebook(
                groups: groups, starts: pointers.starts, codewords: pointers.codewords,
                half_squares: pointers.halfSquares))
    }

    /// Copies that stay where they are.
    private final class Pointers: @unchecked Sendable {
        let starts: UnsafePointer<UInt32>
        let rotation: UnsafePointer<Int8>
        let scales: UnsafePointer<Float>
        let mean: UnsafePointer<Float>
        let codewords: UnsafePointer<Float>
        let halfSquares: UnsafePointer<Float>

        init(
            starts: [UInt32], rotation: [Int8], scales: [Float], mean: [Float], codewords: [Float],
            halfSquares: [Float]
        ) {
            func copy<Element: BitwiseCopyable>(_ array: [Element]) -> UnsafePointer<Element> {
                let memory = UnsafeMutableRawPointer.allocate(
                    byteCount: max(1, array.count * MemoryLayout<Element>.stride), alignment: 64)
                let elements = memory.bindMemory(to: Element.self, capacity: array.count)
                for (index, element) in array.enumerated() { elements[index] = element }
                return UnsafePointer(elements)
            }
            self.starts = copy(starts)
            self.rotation = copy(rotation)
            self.scales = copy(scales)
            self.mean = copy(mean)
            self.codewords = copy(codewords)
            self.halfSquares = copy(halfSquares)
        }

        deinit {
            starts.deallocate()
            rotation.deallocate()
            scales.deallocate()
            mean.deallocate()
            codewords.deallocate()
            halfSquares.deallocate()
        }
    }
}

/// A codebook as plain pointers.
struct CodebookView: @unchecked Sendable {
    let groups: Int
    let keptDimensions: Int
    let rotation: UnsafePointer<Int8>
    let rotationStride: Int
    let rotationScales: UnsafePointer<Float>
    let mean: UnsafePointer<Float>
    let table: fp_codebook

    /// The kept dimensions of a vector, turned, from its code; less the mean if asked for.
    func rotate(
        _ query: CodedQuery, subtractingMean: Bool, into out: UnsafeMutablePointer<Float>,
        integers: UnsafeMutablePointer<Int32>, kernels: fp_kernels
    ) {
        kernels.dot_i8_rows(query.code, rotation, rotationStride, rotationStride, keptDimensions, integers)
        for d in 0..<keptDimensions {
            let value = Float(integers[d]) * (query.scale * rotationScales[d])
            out[d] = subtractingMean ? value - mean[d] : value
        }
    }
}
