/// Takes one member out of a guideline's record without reading the others.
///
/// Records are what ``Guideline/jsonText`` writes, so that a name is written in one way only and is compared as it
/// stands. O(size of the record).
struct RecordMember {
    /// The name as a record writes it, with its quotes.
    private let name: [UInt8]

    init(_ name: String) {
        var bytes: [UInt8] = []
        JSONValue.appendString(name, to: &bytes)
        self.name = bytes
    }

    /// The member's value, or nil where the record has none.
    ///
    /// - Throws: ``JSONSyntaxError`` where the record is no JSON object as far as it was read.
    func value(in record: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONValue? {
        var scanner = Scanner(bytes: record)
        try scanner.expect(UInt8(ascii: "{"))
        if scanner.take(UInt8(ascii: "}")) { return nil }
        repeat {
            let key = try scanner.skipString()
            try scanner.expect(UInt8(ascii: ":"))
            let value = try scanner.skipValue()
            if key.count == name.count, record[key].elementsEqual(name) {
                return try JSONParser.parse(UnsafeRawBufferPointer(rebasing: record[value]))
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        return nil
    }

    private struct Scanner {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        mutating func take(_ byte: UInt8) -> Bool {
            skipWhiteSpace()
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }

        mutating func expect(_ byte: UInt8) throws(JSONSyntaxError) {
            guard take(byte) else { throw malformed }
        }

        private mutating func skipWhiteSpace() {
            while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
        }

        /// Where the string stands, with its quotes.
        mutating func skipString() throws(JSONSyntaxError) -> Range<Int> {
            try expect(UInt8(ascii: "\""))
            let start = position - 1
            while position < bytes.count {
                let byte = bytes[position]
                position += byte == UInt8(ascii: "\\") ? 2 : 1
                if byte == UInt8(ascii: "\"") { return start..<position }
            }
            throw malformed
        }

        /// Where the value stands. What it holds is not looked at beyond brackets and strings.
        mutating func skipValue() throws(JSONSyntaxError) -> Range<Int> {
            skipWhiteSpace()
            let start = position
            var depth = 0
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "\""):
                    _ = try skipString()
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return start..<position }
                    depth -= 1
                case UInt8(ascii: ","):
                    if depth == 0 { return start..<position }
                default: break
                }
                position += 1
            }
            throw malformed
        }

        private var malformed: JSONSyntaxError {
            JSONSyntaxError(problem: .invalid("the record is no object"), offset: min(position, bytes.count))
        }
    }
}
