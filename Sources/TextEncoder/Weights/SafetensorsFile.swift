import Platform

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A safetensors file: named tensors, opened by memory map.
///
/// The layout is an 8-byte little-endian length, a JSON header of that length, and the numbers. Opening checks all of
/// it: every shape against its offsets, the offsets against one another (no overlap, no gap) and against the size of
/// the file. Nothing is read of the numbers until they are used.
public final class SafetensorsFile: Sendable {
    /// Where a tensor is and what it holds.
    public struct Tensor: Sendable, Hashable {
        public let name: String
        public let type: ElementType
        /// Sizes, outermost first; empty for a single number.
        public let shape: [Int]
        /// Where its bytes are in the file.
        public let byteRange: Range<Int>
        /// Numbers in all.
        public var count: Int { byteRange.count / type.size }

        /// For messages, such as "F32 [30522, 384]".
        var summary: String { "\(type.rawValue) \(shape)" }
    }

    public let path: String
    /// All tensors by name.
    public let tensors: [String: Tensor]
    /// What the writer put under `__metadata__`.
    public let metadata: [String: String]
    let file: MappedFile

    /// - Throws: ``EncoderError``. O(header).
    public convenience init(contentsOf url: URL) throws(EncoderError) {
        let name = url.lastPathComponent
        try self.init(folder: ModelFolder(path: url.deletingLastPathComponent().path), name: name)
    }

    init(folder: ModelFolder, name: String) throws(EncoderError) {
        path = folder.path(of: name)
        file = try folder.map(name)
        let header = try Self.header(of: file.bytes, path: path)
        (tensors, metadata) = (header.tensors, header.metadata)
    }

    /// The tensor called `name`.
    /// - Throws: `missingTensor`.
    public func tensor(_ name: String) throws(EncoderError) -> Tensor {
        guard let tensor = tensors[name] else { throw EncoderError.missingTensor(path: path, name: name) }
        return tensor
    }

    /// Calls `body` with the bytes of a tensor of this file, which need not be aligned for their type.
    public func withUnsafeBytes<Result>(
        of tensor: Tensor, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(self) {
            try body(UnsafeRawBufferPointer(rebasing: file.bytes[tensor.byteRange]))
        }
    }

    /// Tells the system that all of the file will be read soon.
    func willNeed() { file.willNeed() }

    /// Gives back the memory that the bytes of `tensor` are mapped to, for a while at least: they can still be read.
    func release(_ tensor: Tensor) { file.release(tensor.byteRange) }

    /// SHA-256 of the whole file, 64 lower-case hexadecimal digits. O(bytes), in little memory.
    func digest() -> String {
        var hash = SHA256()
        let piece = 1 << 20
        for start in stride(from: 0, to: file.bytes.count, by: piece) {
            let range = start..<min(file.bytes.count, start + piece)
            withExtendedLifetime(file) { hash.update(UnsafeRawBufferPointer(rebasing: file.bytes[range])) }
            file.release(range)
        }
        return SHA256.hexadecimal(hash.finalize())
    }
}
