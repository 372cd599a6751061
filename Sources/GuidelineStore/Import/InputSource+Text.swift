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
}
