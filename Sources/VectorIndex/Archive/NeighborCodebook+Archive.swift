extension NeighborCodebook {
    /// Bytes that no codebook exceeds.
    static var largestByteCount: Int { IndexLimits.maximumDimension * (IndexLimits.maximumDimension + 64) * 2 }

    /// The number of dimensions kept, then the arrays in the order of the initializer, little-endian.
    func archived() -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        append(UInt32(keptDimensions))
        for start in starts { append(start) }
        for values in [rotationScales, mean, codewords] {
            for value in values { append(value.bitPattern) }
        }
        rotation.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Nil if the bytes are not what ``archived()`` wrote for this dimension and number of groups.
    convenience init?(archived bytes: UnsafeRawBufferPointer, dimension: Int, groups: Int) {
        guard groups > 0, bytes.count >= 4 else { return nil }
        let kept = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
        let stride = NodeLayout.lines(dimension)
        guard kept <= dimension, bytes.count == 4 * (1 + groups + 1 + kept * 18) + kept * stride else { return nil }
        var position = 4
        func words(_ count: Int) -> [UInt32] {
            defer { position += count * 4 }
            return (0..<count).map {
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + $0 * 4, as: UInt32.self))
            }
        }
        let starts = words(groups + 1)
        guard starts[0] == 0, starts[groups] == UInt32(kept), zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 })
        else { return nil }
        let scales = words(kept).map(Float.init(bitPattern:))
        let mean = words(kept).map(Float.init(bitPattern:))
        let codewords = words(kept * 16).map(Float.init(bitPattern:))
        guard (scales + mean + codewords).allSatisfy(\.isFinite) else { return nil }
        self.init(
            dimension: dimension, starts: starts, rotation: bytes[position...].map { Int8(bitPattern: $0) },
            rotationScales: scales, mean: mean, codewords: codewords)
    }
}
