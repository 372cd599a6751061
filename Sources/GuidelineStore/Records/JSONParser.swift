/// Why a text is not JSON, and at which byte.
package struct JSONSyntaxError: Error, Sendable, Hashable {
    package enum Problem: Sendable, Hashable {
        /// The text ends inside a value.
        case truncated(String)
        case notUTF8
        case invalid(String)
    }
    package var problem: Problem
    package var offset: Int
}

/// A strict parser for RFC 8259 over UTF-8 bytes.
///
/// It is our own for three reasons: an error names its byte, and so its line; integers stay integers; and it is the
/// same on every platform. An escape of half a surrogate pair becomes U+FFFD, as in every browser; a name given twice
/// in an object is an error, because one of the two values would be lost. O(n) time; nesting is limited to
/// ``maximumDepth`` so that no input can exhaust the stack.
package struct JSONParser {
    package static let maximumDepth = 128

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Parses a text that holds exactly one value, with white space around it.
    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONValue {
        var parser = JSONParser(bytes)
        parser.skipWhiteSpace()
        let value = try parser.parseValue(depth: 0)
        parser.skipWhiteSpace()
        guard parser.position == bytes.count else { throw parser.error("there is text after the value") }
        return value
    }

    /// Parses a text that holds exactly one object and hands out its members in their order, without making a
    /// dictionary of them and so without finding names that repeat.
    static func forEachMember(
        _ bytes: UnsafeRawBufferPointer, _ body: (String, JSONValue) throws -> Void
    ) throws {
        var parser = JSONParser(bytes)
        parser.skipWhiteSpace()
        guard parser.peek() == UInt8(ascii: "{") else { throw parser.error("an object is expected") }
        parser.position += 1
        parser.skipWhiteSpace()
        if parser.peek() == UInt8(ascii: "}") {
            parser.position += 1
        } else {
            repeat {
                let (name, value) = try parser.parseMember(depth: 1)
                try body(name, value)
            } while try parser.parseSeparator(closing: UInt8(ascii: "}"), "an object is not closed")
        }
        parser.skipWhiteSpace()
        guard parser.position == bytes.count else { throw parser.error("there is text after the value") }
    }

    // MARK: Structure

    private mutating func parseValue(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard let byte = peek() else { throw truncated("a value is missing") }
        switch byte {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "t"): try expect("true"); return .bool(true)
        case UInt8(ascii: "f"): try expect("false"); return .bool(false)
        case UInt8(ascii: "n"): try expect("null"); return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        case 0x80...: throw nonASCII()
        default: throw error("a value cannot begin with \(Self.describe(byte))")
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONSyntaxError) -> [String: JSONValue] {
        try checkDepth(depth)
        position += 1
        var object: [String: JSONValue] = [:]
        skipWhiteSpace()
        if peek() == UInt8(ascii: "}") {
            position += 1
            return object
        }
        repeat {
            skipWhiteSpace()
            let offset = position
            let (name, value) = try parseMember(depth: depth)
            guard object.updateValue(value, forKey: name) == nil else {
                throw JSONSyntaxError(problem: .invalid("the name \"\(name)\" is given twice"), offset: offset)
            }
        } while try parseSeparator(closing: UInt8(ascii: "}"), "an object is not closed")
        return object
    }

    private mutating func parseMember(depth: Int) throws(JSONSyntaxError) -> (name: String, value: JSONValue) {
        skipWhiteSpace()
        guard let quote = peek() else { throw truncated("an object is not closed") }
        guard quote == UInt8(ascii: "\"") else { throw error("a name in quotes is expected") }
        let name = try parseString()
        skipWhiteSpace()
        guard let colon = peek() else { throw truncated("an object is not closed") }
        guard colon == UInt8(ascii: ":") else { throw error("a colon is expected after a name") }
        position += 1
        skipWhiteSpace()
        return (name, try parseValue(depth: depth))
    }

    /// Whether another item follows.
    private mutating func parseSeparator(closing: UInt8, _ unclosed: String) throws(JSONSyntaxError) -> Bool {
        skipWhiteSpace()
        guard let next = peek() else { throw truncated(unclosed) }
        guard next == closing || next == UInt8(ascii: ",") else {
            throw error("a comma or a closing bracket is expected")
        }
        position += 1
        return next != closing
    }

    private mutating func parseArray(depth: Int) throws(JSONSyntaxError) -> [JSONValue] {
        try checkDepth(depth)
        position += 1
        var array: [JSONValue] = []
        skipWhiteSpace()
        if peek() == UInt8(ascii: "]") {
            position += 1
            return array
        }
        repeat {
            skipWhiteSpace()
            array.append(try parseValue(depth: depth))
        } while try parseSeparator(closing: UInt8(ascii: "]"), "an array is not closed")
        return array
    }

    private func checkDepth(_ depth: Int) throws(JSONSyntaxError) {
        guard depth <= Self.maximumDepth else { throw error("values are nested deeper than \(Self.maximumDepth)") }
    }

    // MARK: Numbers

    private mutating func parseNumber() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        let digits = position
        skipDigits()
        guard position > digits else {
            throw position == bytes.count ? truncated("a number has no digits") : error("a number has no digits")
        }
        guard bytes[digits] != UInt8(ascii: "0") || position == digits + 1 else {
            throw JSONSyntaxError(problem: .invalid("a number begins with 0"), offset: digits)
        }
        var isInteger = true
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipRequiredDigits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try skipRequiredDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, text != "-0", let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw JSONSyntaxError(problem: .invalid("the number \(text.prefix(40)) is out of range"), offset: start)
        }
        return .number(number)
    }

    private mutating func skipDigits() {
        while let byte = peek(), byte &- UInt8(ascii: "0") < 10 { position += 1 }
    }

    private mutating func skipRequiredDigits() throws(JSONSyntaxError) {
        let start = position
        skipDigits()
        guard position == start else { return }
        throw position == bytes.count ? truncated("a number has no digits") : error("a digit is expected")
    }

    // MARK: Strings

    private mutating func parseString() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        var seen: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                // What is all ASCII needs no validation.
                let string = seen < 0x80 ? String(decoding: text, as: UTF8.self) : try decode(text, at: start)
                position += 1
                return string
            }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start) }
            guard byte >= 0x20 else { throw error("\(Self.describe(byte)) in a string must be written as an escape") }
            seen |= byte
            position += 1
        }
        throw truncated("a string is not closed")
    }

    /// The rest of a string from its first escape on; what precedes is copied.
    private mutating func parseEscapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var text = [UInt8](bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                var result: String?
                text.withUnsafeBytes { result = Self.validated($0) }
                // Escapes are valid by construction, so the fault is in the bytes as they stand in the input.
                guard let result else { throw firstInvalidByte(in: start..<position) }
                return result
            case UInt8(ascii: "\\"): try appendEscape(to: &text)
            case ..<0x20: throw error("\(Self.describe(byte)) in a string must be written as an escape")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw truncated("a string is not closed")
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSONSyntaxError) {
        position += 1
        guard let byte = peek() else { throw truncated("a string is not closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            text.append(contentsOf: UTF8.encode(try parseScalar()) ?? UTF8.encodedReplacementCharacter)
        default:
            position -= 1
            throw error("\\\(Self.describe(byte)) is not an escape")
        }
    }

    /// The scalar of `\uXXXX`, of which `\u` has been read, or of a pair of them.
    private mutating func parseScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let unit = try parseHexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let afterFirst = position
        if unit < 0xDC00, peek() == UInt8(ascii: "\\") {
            position += 1
            if peek() == UInt8(ascii: "u") {
                position += 1
                let low = try parseHexadecimal()
                if (0xDC00..<0xE000).contains(low),
                    let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
                {
                    return scalar
                }
            }
            position = afterFirst
        }
        return "\u{FFFD}"
    }

    private mutating func parseHexadecimal() throws(JSONSyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek() else { throw truncated("a string is not closed") }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw error("\\u needs four hexadecimal digits")
            }
            position += 1
        }
        return value
    }

    private func decode(_ text: UnsafeRawBufferPointer, at offset: Int) throws(JSONSyntaxError) -> String {
        guard let result = Self.validated(text) else { throw firstInvalidByte(in: offset..<(offset + text.count)) }
        return result
    }

    private static func validated(_ text: UnsafeRawBufferPointer) -> String? {
        String(validating: text, as: UTF8.self)
    }

    // MARK: Bytes

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func expect(_ word: StaticString) throws(JSONSyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard let byte = peek() else { throw truncated("\"\(word)\" is expected") }
            guard byte == word.utf8Start[index] else { throw error("\"\(word)\" is expected") }
            position += 1
        }
    }

    // MARK: Errors

    private func error(_ problem: String) -> JSONSyntaxError {
        JSONSyntaxError(problem: .invalid(problem), offset: position)
    }

    private func truncated(_ problem: String) -> JSONSyntaxError {
        JSONSyntaxError(problem: .truncated(problem), offset: bytes.count)
    }

    private func nonASCII() -> JSONSyntaxError {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[position..<min(bytes.count, position + 4)])
        return UTF8Validation.firstInvalidOffset(in: rest) == 0
            ? JSONSyntaxError(problem: .notUTF8, offset: position)
            : error("a value cannot begin with a character beyond ASCII")
    }

    private func firstInvalidByte(in range: Range<Int>) -> JSONSyntaxError {
        let offset = UTF8Validation.firstInvalidOffset(in: UnsafeRawBufferPointer(rebasing: bytes[range])) ?? 0
        return JSONSyntaxError(problem: .notUTF8, offset: range.lowerBound + offset)
    }

    private static func describe(_ byte: UInt8) -> String {
        switch byte {
        case 0x21..<0x7F: "\"\(Character(Unicode.Scalar(byte)))\""
        case 0x0A: "a line break"
        case 0x09: "a tab"
        default: "the byte \(byte)"
        }
    }
}
