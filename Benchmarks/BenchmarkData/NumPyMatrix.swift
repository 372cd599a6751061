import Foundation

/// A matrix of floats from a NumPy file: as much of the format as benchmarks need.
public struct NumPyMatrix: Sendable {
    public let rows: Int
    public let columns: Int
    public let elements: [Float]

    public struct FormatError: Error, CustomStringConvertible {
        public let description: String
    }

    public init(contentsOf path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        guard data.count > 12, data.prefix(6).elementsEqual([0x93] + Array("NUMPY".utf8)) else {
            throw FormatError(description: "\(path) is no NumPy file")
        }
        let isLong = data[6] > 1
        let lengthBytes = isLong ? 4 : 2
        let length = (0..<lengthBytes).reduce(0) { $0 | Int(data[8 + $1]) << (8 * $1) }
        let start = 8 + lengthBytes + length
        guard start <= data.count else { throw FormatError(description: "\(path) ends within its header") }
        let header = String(decoding: data[(8 + lengthBytes)..<start], as: UTF8.self)
        guard header.contains("'<f4'"), header.contains("'fortran_order': False"),
            let open = header.firstIndex(of: "("), let close = header[open...].firstIndex(of: ")")
        else { throw FormatError(description: "\(path) holds no row-major 32-bit floats") }
        let shape = header[header.index(after: open)..<close].split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard shape.count == 2, shape[0] > 0, shape[1] > 0, data.count - start == shape[0] * shape[1] * 4 else {
            throw FormatError(description: "\(path) holds no whole matrix")
        }
        rows = shape[0]
        columns = shape[1]
        elements = data.withUnsafeBytes { bytes in
            (0..<(shape[0] * shape[1])).map { bytes.loadUnaligned(fromByteOffset: start + $0 * 4, as: Float.self) }
        }
    }

    public func row(_ index: Int) -> [Float] { Array(elements[(index * columns)..<((index + 1) * columns)]) }
}
