import Platform

extension Matrix {
    /// Reads a two-dimensional `.npy` file of floats of 16, 32 or 64 bits, in C or Fortran order, of either byte order.
    ///
    /// Every field of the header is checked, and the file's size against it, before anything is allocated. 64-bit
    /// numbers are rounded. NaN and infinities come through as they are.
    /// - Throws: ``LinearAlgebraError/invalidNumPyFile(path:reason:)`` or ``LinearAlgebraError/file(path:reason:)``.
    public init(numPyFile path: String) throws(LinearAlgebraError) {
        let file: MappedFile
        do throws(FileError) {
            file = try MappedFile(path: path)
        } catch {
            throw .file(path: path, reason: error.description)
        }
        let header: NumPyHeader
        do throws(NumPyHeader.Failure) {
            header = try NumPyHeader(file.bytes)
        } catch {
            throw .invalidNumPyFile(path: path, reason: error.reason)
        }
        file.willNeed()
        // Fortran order is C order of the transpose.
        let (rows, columns) = header.isFortranOrder ? (header.columns, header.rows) : (header.rows, header.columns)
        let data = UnsafeRawBufferPointer(rebasing: file.bytes[header.dataOffset...])
        let matrix = Matrix(rows: rows, columns: columns) { elements in
            Self.read(data, header, into: elements)
        }
        withExtendedLifetime(file) {}
        self = header.isFortranOrder ? matrix.transposed : matrix
    }

    /// Writes a `.npy` file of little-endian 32-bit floats in C order, which NumPy loads as a two-dimensional array.
    ///
    /// `path` holds the old file or the whole new one, also after a crash.
    /// - Throws: ``LinearAlgebraError/file(path:reason:)``.
    public func writeNumPyFile(to path: String) throws(LinearAlgebraError) {
        do {
            try AtomicFile.write(to: path) { writer in
                try NumPyHeader.bytes(rows: rows, columns: columns).withUnsafeBytes { try writer.write($0) }
                try withUnsafeElements { try writer.write(UnsafeRawBufferPointer($0)) }
            }
        } catch {
            throw .file(path: path, reason: (error as? FileError)?.description ?? "\(error)")
        }
    }

    private static func read(
        _ data: UnsafeRawBufferPointer, _ header: NumPyHeader, into elements: UnsafeMutableBufferPointer<Float>
    ) {
        switch (header.element, header.isBigEndian) {
        case (.float32, false):
            // The commonest case is one copy; all platforms of Swift are little-endian.
            UnsafeMutableRawBufferPointer(elements).copyMemory(from: data)
        case (.float32, true):
            fill(elements, data) { Float(bitPattern: UInt32(bigEndian: $0)) }
        case (.float64, let isBigEndian):
            fill(elements, data) { Float(Double(bitPattern: isBigEndian ? UInt64(bigEndian: $0) : $0)) }
        case (.float16, let isBigEndian):
            fill(elements, data) { Float(halfBits: isBigEndian ? UInt16(bigEndian: $0) : $0) }
        }
    }

    private static func fill<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ elements: UnsafeMutableBufferPointer<Float>, _ data: UnsafeRawBufferPointer, _ convert: (Bits) -> Float
    ) {
        for index in 0..<elements.count {
            let bits = data.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
            elements.initializeElement(at: index, to: convert(bits))
        }
    }
}

extension Float {
    /// The value of an IEEE 754 half-precision number, exactly. (`Float16` is missing on Intel Macs.)
    init(halfBits: UInt16) {
        let sign = UInt32(halfBits & 0x8000) << 16
        let exponent = UInt32(halfBits >> 10) & 0x1f
        let fraction = UInt32(halfBits & 0x3ff)
        switch exponent {
        case 0:
            // A denormal half is a normal float: fraction * 2^-24.
            let magnitude = Float(fraction) * 0x1p-24
            self = Float(bitPattern: magnitude.bitPattern | sign)
        case 0x1f:
            self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default:
            self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
