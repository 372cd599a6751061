import CKernels

/// The numbers of a tensor as `Float`s that live as long as this value does.
///
/// F32 that is aligned is used where it lies in the file's memory map; everything else is converted once. I8 is
/// multiplied by its scales: a tensor called `<name>.scales`, or else `scales`, of one number per row or one number
/// in all; without either, the integers are the values.
struct FloatTensor: @unchecked Sendable {  // The memory is never written after `init`, and `owner` keeps it.
    let shape: [Int]
    /// Good for as long as this value, or a copy of it, is there: the caller sees to that.
    let pointer: UnsafePointer<Float>
    private let owner: AnyObject

    var count: Int { shape.reduce(1, *) }

    /// The numbers, copied.
    var values: [Float] {
        withExtendedLifetime(owner) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
    }

    private final class Storage {
        let pointer: UnsafeMutablePointer<Float>
        init(count: Int) { pointer = .allocate(capacity: max(1, count)) }
        deinit { pointer.deallocate() }
    }

    /// - Throws: `missingTensor`; `mismatchedTensor` if the shape is not `shape`, or the type is not one of numbers
    ///   that weights are stored as, or the scales do not fit.
    init(_ file: SafetensorsFile, _ name: String, shape: [Int]) throws(EncoderError) {
        let tensor = try file.tensor(name)
        guard tensor.shape == shape else {
            throw EncoderError.mismatchedTensor(
                path: file.path, name: name, expected: "\(shape)", found: tensor.summary)
        }
        try self.init(file, tensor)
    }

    init(_ file: SafetensorsFile, _ tensor: SafetensorsFile.Tensor) throws(EncoderError) {
        shape = tensor.shape
        if tensor.type == .float32, let start = file.file.bytes.baseAddress {
            let address = start + tensor.byteRange.lowerBound
            if Int(bitPattern: address) % MemoryLayout<Float>.alignment == 0 {
                pointer = address.assumingMemoryBound(to: Float.self)
                owner = file
                return
            }
        }
        let rows = try RowTable(file, tensor)
        let storage = Storage(count: tensor.count)
        if let widen = Widening(tensor.type) {
            file.withUnsafeBytes(of: tensor) { bytes in
                guard let start = bytes.baseAddress else { return }
                widen(start, to: storage.pointer, count: tensor.count)
            }
        } else {
            storage.pointer.initialize(repeating: 0, count: tensor.count)
            for row in 0..<rows.count { rows.add(row, times: 1, to: storage.pointer + row * rows.dimension) }
        }
        pointer = UnsafePointer(storage.pointer)
        owner = storage
    }
}

/// The rows of a tensor (all but its innermost size are rows), read from the file as they are used.
struct RowTable: @unchecked Sendable {  // The memory is a read-only map, and `file` keeps it.
    let count: Int
    let dimension: Int
    private let bytes: UnsafeRawBufferPointer
    private let type: ElementType
    /// Empty: 1 for all rows.
    private let scales: [Float]
    private let file: SafetensorsFile

    private static let types: Set<ElementType> = [
        .float64, .float32, .float16, .bfloat16, .float8E4M3, .float8E5M2, .int8,
    ]

    /// - Throws: `mismatchedTensor` where the numbers are not such as weights are stored as, or the scales do not fit.
    init(_ file: SafetensorsFile, _ tensor: SafetensorsFile.Tensor) throws(EncoderError) {
        guard Self.types.contains(tensor.type) else {
            throw EncoderError.mismatchedTensor(
                path: file.path, name: tensor.name, expected: "F64, F32, F16, BF16, F8 or I8",
                found: tensor.summary)
        }
        dimension = tensor.shape.last ?? 1
        count = dimension == 0 ? 0 : tensor.count / dimension
        type = tensor.type
        bytes = UnsafeRawBufferPointer(rebasing: file.file.bytes[tensor.byteRange])
        self.file = file
        guard tensor.type == .int8 else {
            scales = []
            return
        }
        guard let found = file.tensors["\(tensor.name).scales"] ?? file.tensors["scales"] else {
            scales = []
            return
        }
        guard found.type != .int8, found.count == count || found.count == 1 else {
            throw EncoderError.mismatchedTensor(
                path: file.path, name: found.name, expected: "one float, or \(count), one per row",
                found: found.summary)
        }
        let values = try FloatTensor(file, found).values
        scales = values.count == count ? values : Array(repeating: values[0], count: count)
    }

    /// Adds row `row` to `dimension` numbers at `sum`, through the kernels where the numbers are bytes.
    @inline(__always)
    func add(_ row: Int, to sum: UnsafeMutablePointer<Float>, kernels: UnsafePointer<fp_network>) {
        guard type == .int8, let start = bytes.baseAddress else { return add(row, times: 1, to: sum) }
        precondition(row >= 0 && row < count)
        kernels.pointee.add_i8(
            (start + row * dimension).assumingMemoryBound(to: Int8.self), scales.isEmpty ? 1 : scales[row], sum,
            dimension)
    }

    /// Adds `factor` times row `row` to `dimension` numbers at `sum`.
    @inline(__always)
    func add(_ row: Int, times factor: Float, to sum: UnsafeMutablePointer<Float>) {
        precondition(row >= 0 && row < count)
        let factor = scales.isEmpty ? factor : factor * scales[row]
        let start = row * dimension * type.size
        switch type {
        case .float32:
            for i in 0..<dimension {
                sum[i] += factor * bytes.loadUnaligned(fromByteOffset: start + i * 4, as: Float.self)
            }
        case .float16:
            for i in 0..<dimension {
                let bits = bytes.loadUnaligned(fromByteOffset: start + i * 2, as: UInt16.self)
                sum[i] += factor * Float(halfBits: bits)
            }
        case .bfloat16:
            for i in 0..<dimension {
                let bits = bytes.loadUnaligned(fromByteOffset: start + i * 2, as: UInt16.self)
                sum[i] += factor * Float(bfloat16Bits: bits)
            }
        case .float8E4M3:
            for i in 0..<dimension { sum[i] += factor * Float(e4m3Bits: bytes[start + i]) }
        case .float8E5M2:
            for i in 0..<dimension { sum[i] += factor * Float(e5m2Bits: bytes[start + i]) }
        case .int8:
            for i in 0..<dimension { sum[i] += factor * Float(Int8(bitPattern: bytes[start + i])) }
        case .float64:
            for i in 0..<dimension {
                sum[i] += factor * Float(bytes.loadUnaligned(fromByteOffset: start + i * 8, as: Double.self))
            }
        default:
            break  // `init` lets no other type through.
        }
    }
}
