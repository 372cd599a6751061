/// Finds where JSON values end in an input of any length, so that each can be parsed on its own.
///
/// It counts brackets outside strings and nothing more; whether a value is well formed is for ``JSONParser`` to say.
struct JSONValueScanner {
    let window: ByteWindow
    let limit: Int
    /// The line of the first byte that has not been consumed.
    private(set) var line = 1

    init(_ source: InputSource, options: ImportOptions) throws(GuidelineStoreError) {
        window = try ByteWindow(source, capacity: options.bufferLength)
        limit = options.maximumRecordLength
    }

    var location: InputLocation { InputLocation(file: window.name, line: line) }

    /// The next byte that is not white space, which is left in place; nil at the end of the input.
    mutating func peek() throws(GuidelineStoreError) -> UInt8? {
        while true {
            let bytes = window.bytes
            if let index = bytes.firstIndex(where: { !Self.isWhiteSpace($0) }) {
                consume(index)
                return window.bytes.first
            }
            consume(bytes.count)
            guard try window.fill() else { return nil }
        }
    }

    /// Consumes the byte that ``peek()`` has found.
    mutating func skipByte() {
        consume(1)
    }

    /// Parses and consumes the value that begins at the next byte that is not white space.
    mutating func value() throws(GuidelineStoreError) -> JSONValue {
        guard try peek() != nil else {
            throw .truncated(location, format: "JSON", problem: "a value is missing")
        }
        let length = try valueLength()
        guard length <= limit else { throw tooLong() }
        let bytes = UnsafeRawBufferPointer(rebasing: window.bytes[0..<length])
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONParser.parse(bytes)
        } catch {
            throw error.located(
                in: bytes, file: window.name, firstLine: line, byteOffset: window.offset,
                isAtEnd: window.isAtEnd && length == window.bytes.count)
        }
        consume(length)
        return value
    }

    /// Length of the value at the start of the window, or of all the rest where the input ends inside it.
    private func valueLength() throws(GuidelineStoreError) -> Int {
        var state = ScanState()
        var position = 0
        while true {
            let bytes = window.bytes
            while position < bytes.count {
                let end = state.take(bytes[position])
                if end == .before, position > 0 { return position }
                position += 1
                if end == .after { return position }
            }
            guard position <= limit else { throw tooLong() }
            guard try window.fill() else { return position }
        }
    }

    private func tooLong() -> GuidelineStoreError {
        .tooLong(location, what: "record", limit: limit)
    }

    private mutating func consume(_ count: Int) {
        line += window.bytes.prefix(count).count { $0 == 0x0A }
        window.consume(count)
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private struct ScanState {
        enum End { case no, before, after }
        private var depth = 0
        private var isInString = false
        private var isEscaped = false

        /// Whether the value ends before or after this byte.
        mutating func take(_ byte: UInt8) -> End {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    return depth == 0 ? .after : .no
                }
                return .no
            }
            switch byte {
            case UInt8(ascii: "\""):
                if depth == 0 {
                    isInString = true
                    return .before
                }
                isInString = true
                return .no
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                return depth == 1 ? .before : .no
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return .before }
                depth -= 1
                return depth == 0 ? .after : .no
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                return depth == 0 ? .before : .no
            case 0x20, 0x0A, 0x0D, 0x09:
                return depth == 0 ? .before : .no
            default:
                return .no
            }
        }
    }
}
