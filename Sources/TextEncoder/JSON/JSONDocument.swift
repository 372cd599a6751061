/// A parsed JSON file: the bytes, and a flat list of the values in them in the order they stand there.
///
/// Foundation's decoder makes a string per vocabulary entry and takes most of a second over a tokenizer; this reads
/// one in a few milliseconds, and its errors name line and column. Strict RFC 8259: no comments, no trailing commas,
/// UTF-8 without a byte order mark, no lone surrogates.
final class JSONDocument: Sendable {
    enum Kind: UInt8 {
        case null, `true`, `false`, number
        /// A string whose bytes stand in the file as they are.
        case plainString
        /// A string with at least one backslash.
        case escapedString
        case array, object
        /// An object that is kept in `table`.
        case table
    }

    /// The names of a member of the outermost object, and of one of that.
    struct TablePath {
        let outer: String
        let inner: String
    }

    /// A name and its number.
    struct TableEntry {
        /// Where the name is, without its quotes.
        let start: UInt32
        let length: UInt32
        let value: Int32
        let isEscaped: Bool
    }

    /// One value. Containers are followed by what is in them; in objects, names and values alternate.
    struct Node {
        let kind: Kind
        /// First byte; for strings, the first after the quote.
        let start: UInt32
        /// First byte after the value; for strings, the closing quote.
        var end: UInt32
        /// The node after this value and all that is in it.
        var next: UInt32
    }

    /// For errors.
    let path: String
    let bytes: [UInt8]
    let nodes: [Node]
    /// The members, in their order, of the object of kind `table`.
    let table: [TableEntry]

    /// - Parameter table: an object that is kept as a table where it has names and whole numbers only.
    /// - Throws: `EncoderError.invalidJSON` with the position of the first fault.
    init(_ bytes: [UInt8], path: String, table: TablePath? = nil) throws(EncoderError) {
        self.path = path
        self.bytes = bytes
        guard bytes.count < Int(UInt32.max) else {
            throw EncoderError.invalidJSON(path: path, line: 1, column: 1, reason: "larger than 4 GiB")
        }
        let result: Result<JSONParser, JSONParser.Fault> = bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(buffer, table: table)
            do throws(JSONParser.Fault) {
                try parser.parseDocument()
                return .success(parser)
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let parser):
            nodes = parser.nodes
            self.table = parser.table
        case .failure(let fault):
            let (line, column) = Self.position(of: fault.offset, in: bytes)
            throw EncoderError.invalidJSON(path: path, line: line, column: column, reason: fault.reason)
        }
    }

    /// The outermost value.
    var root: JSONElement { JSONElement(document: self, index: 0, field: "") }

    private static func position(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return (line, offset - lineStart + 1)
    }

    /// Calls `body` with the UTF-8 bytes of the string at `index`, escapes resolved.
    func withString<Result>(at index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let node = nodes[index]
        let range = Int(node.start)..<Int(node.end)
        return withString(in: range, isEscaped: node.kind == .escapedString, body)
    }

    /// Calls `body` with the UTF-8 bytes of the name of an entry, escapes resolved.
    @inline(__always)
    func withName<Result>(of entry: TableEntry, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withString(in: Int(entry.start)..<Int(entry.start + entry.length), isEscaped: entry.isEscaped, body)
    }

    @inline(__always)
    private func withString<Result>(
        in range: Range<Int>, isEscaped: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        if isEscaped { return unescaped(range).withUnsafeBufferPointer(body) }
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    func string(at index: Int) -> String {
        withString(at: index) { String(decoding: $0, as: UTF8.self) }
    }

    private func unescaped(_ range: Range<Int>) -> [UInt8] {
        var output: [UInt8] = []
        let span = bytes[range]
        var position = span.startIndex
        while position < span.endIndex {
            let byte = span[position]
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                position += 1
                continue
            }
            // The parser has checked that escapes are whole and that surrogates come in pairs.
            let escape = span[position + 1]
            position += 2
            switch escape {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = Self.hexadecimal(span[position..<(position + 4)])
                position += 4
                if scalar & 0xFC00 == 0xD800 {
                    let low = Self.hexadecimal(span[(position + 2)..<(position + 6)])
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                    position += 6
                }
                if let scalar = Unicode.Scalar(scalar) { output.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
            default: output.append(escape)
            }
        }
        return output
    }

    /// The whole number at `index`; nil if there is none or it does not fit.
    func integer(at index: Int) -> Int? {
        let node = nodes[index]
        guard node.kind == .number else { return nil }
        var value = 0
        var digits = bytes[Int(node.start)..<Int(node.end)]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        for digit in digits {
            guard digit &- 0x30 < 10 else { return nil }
            let (product, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = product.addingReportingOverflow(Int(digit &- 0x30))
            if first || second { return nil }
            value = sum
        }
        return isNegative ? -value : value
    }

    func double(at index: Int) -> Double? {
        Double(String(decoding: bytes[Int(nodes[index].start)..<Int(nodes[index].end)], as: UTF8.self))
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32 {
        var value: UInt32 = 0
        for digit in digits { value = value << 4 | UInt32(JSONParser.hexadecimalValue(digit) ?? 0) }
        return value
    }
}
