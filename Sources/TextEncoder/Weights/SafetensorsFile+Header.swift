extension SafetensorsFile {
    /// The format's own limit.
    static let largestHeader = 100_000_000

    /// Reads and checks the header.
    static func header(
        of bytes: UnsafeRawBufferPointer, path: String
    ) throws(EncoderError) -> (tensors: [String: Tensor], metadata: [String: String]) {
        func corrupt(_ reason: String) -> EncoderError { .corruptWeights(path: path, reason: reason) }
        guard bytes.count >= 8 else {
            throw corrupt("\(bytes.count) bytes are too few to hold a header")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(largestHeader) else { throw corrupt("a header of \(length) bytes is too long") }
        let dataStart = 8 + Int(length)
        guard dataStart <= bytes.count else {
            throw corrupt("the header is cut off: \(length) bytes of which \(bytes.count - 8) are there")
        }
        let document = try JSONDocument(Array(bytes[8..<dataStart]), path: path)
        guard document.root.kind == .object else { throw corrupt("the header is not an object") }

        var tensors: [String: Tensor] = [:]
        var metadata: [String: String] = [:]
        var sawMetadata = false
        try document.root.forEachMember { (key, value) throws(EncoderError) in
            let name = document.string(at: key)
            let element = JSONElement(document: document, index: value, field: name)
            if name == "__metadata__" {
                if sawMetadata { throw corrupt("__metadata__ stands there twice") }
                sawMetadata = true
                metadata = try strings(element)
            } else {
                let tensor = try tensor(name, element, dataStart: dataStart, dataCount: bytes.count - dataStart)
                guard tensors.updateValue(tensor, forKey: name) == nil else {
                    throw corrupt("tensor \(name) stands there twice")
                }
            }
        }
        try checkCover(tensors.values, of: dataStart..<bytes.count, path: path)
        return (tensors, metadata)
    }

    private static func strings(_ object: JSONElement) throws(EncoderError) -> [String: String] {
        var strings: [String: String] = [:]
        try object.forEachMember { (key, value) throws(EncoderError) in
            let name = object.document.string(at: key)
            strings[name] = try JSONElement(
                document: object.document, index: value, field: "\(object.field).\(name)"
            ).string()
        }
        return strings
    }

    private static func tensor(
        _ name: String, _ element: JSONElement, dataStart: Int, dataCount: Int
    ) throws(EncoderError) -> Tensor {
        try element.requireMembers(among: ["dtype", "shape", "data_offsets"])
        let dtype = try element.required("dtype")
        guard let type = ElementType(rawValue: try dtype.string()) else { throw dtype.unsupported() }
        var size = type.size
        var shape: [Int] = []
        for entry in try element.required("shape").elements() {
            let length = try entry.integer(in: 0...Int.max)
            shape.append(length)
            let (product, overflows) = size.multipliedReportingOverflow(by: length)
            if overflows { throw entry.invalid("makes the tensor too large") }
            size = product
        }
        let offsets = try element.required("data_offsets")
        let ends = try offsets.elements()
        guard ends.count == 2 else { throw offsets.invalid("should be two numbers") }
        let start = try ends[0].integer(in: 0...dataCount)
        let end = try ends[1].integer(in: 0...dataCount)
        guard start <= end, end - start == size else {
            throw offsets.invalid("cover \(end - start) bytes where \(type.rawValue) \(shape) takes \(size)")
        }
        return Tensor(name: name, type: type, shape: shape, byteRange: (dataStart + start)..<(dataStart + end))
    }

    /// The tensors must cover the data without overlap and without gap, as the format says.
    private static func checkCover(
        _ tensors: some Sequence<Tensor>, of data: Range<Int>, path: String
    ) throws(EncoderError) {
        var end = data.lowerBound
        let sorted = tensors.sorted {
            ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
        }
        for tensor in sorted {
            guard tensor.byteRange.lowerBound == end else {
                let fault = tensor.byteRange.lowerBound < end ? "overlaps another" : "leaves a gap before it"
                throw EncoderError.corruptWeights(path: path, reason: "tensor \(tensor.name) \(fault)")
            }
            end = tensor.byteRange.upperBound
        }
        guard end == data.upperBound else {
            throw EncoderError.corruptWeights(path: path, reason: "\(data.upperBound - end) bytes belong to no tensor")
        }
    }
}
