#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Hands out the lines of an input one after the other, in memory bounded by the longest line that is allowed.
final class LineReader {
    struct Line {
        /// Without the line break. Valid until the next line is asked for.
        var bytes: UnsafeRawBufferPointer
        /// Counted from 1.
        var number: Int
        /// Where it begins in the input.
        var offset: Int
        /// Whether it is the last one and has no line break, as when a file was cut off.
        var isUnterminated: Bool
    }

    private let window: ByteWindow
    private let limit: Int
    private var consumption = 0
    private var number = 0
    private var isInsideLongLine = false

    init(_ source: InputSource, options: ImportOptions) throws(GuidelineStoreError) {
        window = try ByteWindow(source, capacity: options.bufferLength)
        limit = options.maximumRecordLength
    }

    var name: String { window.name }

    /// The next line, or nil at the end. An input that ends in a line break has no empty line after it. After a line that
    /// was too long comes the one behind it.
    func next() throws(GuidelineStoreError) -> Line? {
        window.consume(consumption)
        consumption = 0
        if isInsideLongLine { try passLongLine() }
        var searched = 0
        while true {
            let bytes = window.bytes
            if let start = bytes.baseAddress, searched < bytes.count,
                let found = memchr(start + searched, 0x0A, bytes.count - searched)
            {
                return try line(length: UnsafeRawPointer(found) - start, isTerminated: true)
            }
            searched = bytes.count
            guard searched <= limit else { throw tooLong() }
            guard try window.fill() else { break }
        }
        return searched > 0 ? try line(length: searched, isTerminated: false) : nil
    }

    private func line(length: Int, isTerminated: Bool) throws(GuidelineStoreError) -> Line {
        guard length <= limit else { throw tooLong() }
        number += 1
        consumption = length + (isTerminated ? 1 : 0)
        var bytes = UnsafeRawBufferPointer(rebasing: window.bytes[0..<length])
        if bytes.last == 0x0D { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast()) }
        return Line(bytes: bytes, number: number, offset: window.offset, isUnterminated: !isTerminated)
    }

    private func tooLong() -> GuidelineStoreError {
        isInsideLongLine = true
        return .tooLong(InputLocation(file: name, line: number + 1), what: "line", limit: limit)
    }

    /// Consumes the rest of a line that was too long, in bounded memory.
    private func passLongLine() throws(GuidelineStoreError) {
        isInsideLongLine = false
        number += 1
        while true {
            if let found = window.bytes.firstIndex(of: 0x0A) { return window.consume(found + 1) }
            window.consume(window.bytes.count)
            guard try window.fill() else { return }
        }
    }
}

extension LineReader.Line {
    /// Nothing but spaces and tabs.
    var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    func text(file: String) throws(GuidelineStoreError) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let fault = UTF8Validation.firstInvalidOffset(in: bytes) ?? 0
        throw .notUTF8(InputLocation(file: file, line: number, column: fault + 1), byteOffset: offset + fault)
    }
}
