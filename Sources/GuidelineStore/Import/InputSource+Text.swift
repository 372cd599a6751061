extension InputSource {
    /// All of a source as one text.
    ///
    /// - Throws: ``GuidelineStoreError`` if it cannot be read, is longer than `limit` bytes, or is not UTF-8.
    package func text(limit: Int, bufferLength: Int = 1 << 16) throws(GuidelineStoreError) -> String {
        let window = try ByteWindow(self, capacity: bufferLength)
        repeat {
            guard window.bytes.count <= limit else {
                throw .tooLong(InputLocation(file: name), what: "document", limit: limit)
            }
        } while try window.fill()
        if let text = String(validating: window.bytes, as: UTF8.self) { return text }
        let fault = UTF8Validation.firstInvalidOffset(in: window.bytes) ?? 0
        let line = 1 + window.bytes.prefix(fault).count { $0 == UInt8(ascii: "\n") }
        throw .notUTF8(InputLocation(file: name, line: line), byteOffset: window.offset + fault)
    }

    /// A source as pieces of text, each as soon as it is there, until `body` says that it wants no more of it.
    ///
    /// Pieces end where characters of Unicode (scalars) do.
    ///
    /// - Throws: ``GuidelineStoreError`` if it cannot be read or is not UTF-8; what `body` throws.
    package func forEachPiece(bufferLength: Int = 1 << 14, _ body: (String) throws -> Bool) throws {
        let window = try ByteWindow(self, capacity: bufferLength)
        var line = 1
        repeat {
            let bytes = window.bytes
            let end = UTF8Validation.firstInvalidOffset(in: bytes) ?? bytes.count
            let piece = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            line += piece.count { $0 == UInt8(ascii: "\n") }
            if end > 0, try !body(String(decoding: piece, as: UTF8.self)) { return }
            // A sequence has at most four bytes, of which the last may still be on their way.
            if bytes.count - end >= 4 {
                throw GuidelineStoreError.notUTF8(
                    InputLocation(file: name, line: line), byteOffset: window.offset + end)
            }
            window.consume(end)
        } while try window.fill()
        guard window.bytes.isEmpty else {
            throw GuidelineStoreError.notUTF8(InputLocation(file: name, line: line), byteOffset: window.offset)
        }
    }
}
