/// Checks JSON byte by byte and lists its values. One pass, O(bytes).
struct JSONParser {
    struct Fault: Error {
        let offset: Int
        let reason: String
    }

    /// Containers inside containers: enough for any configuration, too few to exhaust the stack.
    static let maximumDepth = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private(set) var nodes: [JSONDocument.Node] = []

    /// The member of a member of the outermost object that should be kept as a table if it can be.
    private let tablePath: JSONDocument.TablePath?
    private var isOnTablePath = false
    private(set) var table: [JSONDocument.TableEntry] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, table: JSONDocument.TablePath? = nil) {
        self.bytes = bytes
        tablePath = table
        nodes.reserveCapacity(bytes.count / 8 + 16)
    }

    mutating func parseDocument() throws(Fault) {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw fault("starts with a byte order mark; save the file as UTF-8 without one")
        }
        skipSpace()
        try parseValue(depth: 0)
        skipSpace()
        if position < bytes.count { throw fault("something follows the value") }
    }

    private func fault(_ reason: String) -> Fault { Fault(offset: position, reason: reason) }

    @inline(__always)
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    @inline(__always)
    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func append(_ kind: JSONDocument.Kind, from start: Int, to end: Int) {
        nodes.append(
            .init(
                kind: kind, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: nodes.count + 1)))
    }

    private mutating func parseValue(depth: Int) throws(Fault) {
        guard let byte = current else { throw fault("ends where a value should be") }
        switch byte {
        case UInt8(ascii: "\""): try parseString()
        case UInt8(ascii: "{"): try parseObject(depth: depth)
        case UInt8(ascii: "["): try parseArray(depth: depth)
        case UInt8(ascii: "n"): try parseWord("null", .null)
        case UInt8(ascii: "t"): try parseWord("true", .true)
        case UInt8(ascii: "f"): try parseWord("false", .false)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber()
        default: throw fault("a value cannot start here")
        }
    }

    private mutating func parseWord(_ word: StaticString, _ kind: JSONDocument.Kind) throws(Fault) {
        let count = word.utf8CodeUnitCount
        guard bytes.count - position >= count else { throw fault("a value cannot start here") }
        for offset in 0..<count where bytes[position + offset] != word.utf8Start[offset] {
            throw fault("a value cannot start here")
        }
        append(kind, from: position, to: position + count)
        position += count
    }

    private mutating func parseNumber() throws(Fault) {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        let leading = current
        try parseDigits()
        if leading == UInt8(ascii: "0"), position - start > (bytes[start] == leading ? 1 : 2) {
            position = start
            throw fault("a number has a leading zero")
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try parseDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try parseDigits()
        }
        append(.number, from: start, to: position)
    }

    private mutating func parseDigits() throws(Fault) {
        let start = position
        while let byte = current, byte &- 0x30 < 10 { position += 1 }
        if position == start { throw fault("a digit should stand here") }
    }

    private mutating func parseArray(depth: Int) throws(Fault) {
        let index = try openContainer(.array, depth: depth)
        skipSpace()
        if current == UInt8(ascii: "]") { return closeContainer(index) }
        while true {
            try parseValue(depth: depth + 1)
            skipSpace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            case UInt8(ascii: "]"):
                return closeContainer(index)
            default:
                throw fault("',' or ']' should stand here")
            }
        }
    }

    private mutating func parseObject(depth: Int) throws(Fault) {
        let index = try openContainer(.object, depth: depth)
        skipSpace()
        if current == UInt8(ascii: "}") { return closeContainer(index) }
        while true {
            guard current == UInt8(ascii: "\"") else { throw fault("a name in quotes should stand here") }
            try parseString()
            skipSpace()
            let isTable = depth < 2 && isNext(depth: depth)
            guard current == UInt8(ascii: ":") else { throw fault("':' should stand here") }
            position += 1
            skipSpace()
            if depth == 0 { isOnTablePath = isTable }
            if depth != 1 || !isTable || !isOnTablePath || !table.isEmpty || !parseTable() {
                try parseValue(depth: depth + 1)
            }
            skipSpace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            case UInt8(ascii: "}"):
                return closeContainer(index)
            default:
                throw fault("',' or '}' should stand here")
            }
        }
    }

    /// Whether the name just read is the next on the way to the table.
    private func isNext(depth: Int) -> Bool {
        guard let tablePath, let name = nodes.last, name.kind == .plainString else { return false }
        return bytes[Int(name.start)..<Int(name.end)]
            .elementsEqual((depth == 0 ? tablePath.outer : tablePath.inner).utf8)
    }

    /// Reads an object of names and whole numbers, such as a vocabulary of 30,000 pieces, into `table`, which takes a
    /// fraction of the time and memory that a node for each would. False, with nothing read, where it is anything else
    /// or has a fault, which is then for the others to find.
    private mutating func parseTable() -> Bool {
        let (start, nodeCount) = (position, nodes.count)
        guard current == UInt8(ascii: "{") else { return false }
        position += 1
        skipSpace()
        while let entry = parseTableEntry() {
            table.append(entry)
            skipSpace()
            let byte = current
            position += 1
            if byte == UInt8(ascii: "}") {
                nodes.removeSubrange(nodeCount...)
                append(.table, from: start, to: position)
                return true
            }
            guard byte == UInt8(ascii: ",") else { break }
            skipSpace()
        }
        nodes.removeSubrange(nodeCount...)
        table = []
        position = start
        return false
    }

    private mutating func parseTableEntry() -> JSONDocument.TableEntry? {
        guard current == UInt8(ascii: "\""), (try? parseString()) != nil, let name = nodes.popLast() else { return nil }
        skipSpace()
        guard current == UInt8(ascii: ":") else { return nil }
        position += 1
        skipSpace()
        let digits = position
        var value = 0
        while let byte = current, byte &- 0x30 < 10, position - digits < 10 {
            value = value * 10 + Int(byte &- 0x30)
            position += 1
        }
        let count = position - digits
        guard count > 0, value <= Int(Int32.max), count == 1 || bytes[digits] != UInt8(ascii: "0") else { return nil }
        return .init(
            start: name.start, length: name.end - name.start, value: Int32(truncatingIfNeeded: value),
            isEscaped: name.kind == .escapedString)
    }

    private mutating func openContainer(_ kind: JSONDocument.Kind, depth: Int) throws(Fault) -> Int {
        guard depth < Self.maximumDepth else { throw fault("nested deeper than \(Self.maximumDepth) levels") }
        append(kind, from: position, to: position)
        position += 1
        return nodes.count - 1
    }

    private mutating func closeContainer(_ index: Int) {
        position += 1
        nodes[index].end = UInt32(truncatingIfNeeded: position)
        nodes[index].next = UInt32(truncatingIfNeeded: nodes.count)
    }

    private mutating func parseString() throws(Fault) {
        position += 1
        let start = position
        var kind = JSONDocument.Kind.plainString
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                append(kind, from: start, to: position)
                position += 1
                return
            case UInt8(ascii: "\\"):
                kind = .escapedString
                try parseEscape()
            case 0..<0x20:
                throw fault("a control character in a string must be written as an escape")
            case 0x80...:
                let length = UTF8Validation.length(at: position, in: bytes)
                if length == 0 { throw fault("not UTF-8") }
                position += length
            default:
                position += 1
            }
        }
        throw fault("ends inside a string")
    }

    private mutating func parseEscape() throws(Fault) {
        guard position + 1 < bytes.count else { throw fault("ends inside an escape") }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            let unit = try parseCodeUnit()
            if unit & 0xFC00 == 0xDC00 { throw fault("a low surrogate without a high one before it") }
            if unit & 0xFC00 == 0xD800 {
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u"), try parseCodeUnit() & 0xFC00 == 0xDC00
                else { throw fault("a high surrogate without a low one after it") }
            }
        default:
            throw fault("no such escape")
        }
    }

    /// Reads `\uXXXX`, the backslash and the `u` being there already.
    private mutating func parseCodeUnit() throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for offset in 2..<6 {
            guard position + offset < bytes.count, let digit = Self.hexadecimalValue(bytes[position + offset]) else {
                throw fault("four hexadecimal digits should follow \\u")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 6
        return value
    }

    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// UTF-8 as The Unicode Standard, table 3-7, defines it.
enum UTF8Validation {
    /// Bytes of the well-formed sequence at `position`; 0 if there is none.
    static func length(at position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        func isContinuation(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            position + offset < bytes.count && range.contains(bytes[position + offset])
        }
        switch bytes[position] {
        case 0..<0x80: return 1
        case 0xC2...0xDF: return isContinuation(1) ? 2 : 0
        case 0xE0: return isContinuation(1, 0xA0...0xBF) && isContinuation(2) ? 3 : 0
        case 0xED: return isContinuation(1, 0x80...0x9F) && isContinuation(2) ? 3 : 0
        case 0xE1...0xEF: return isContinuation(1) && isContinuation(2) ? 3 : 0
        case 0xF0: return isContinuation(1, 0x90...0xBF) && isContinuation(2) && isContinuation(3) ? 4 : 0
        case 0xF1...0xF3: return isContinuation(1) && isContinuation(2) && isContinuation(3) ? 4 : 0
        case 0xF4: return isContinuation(1, 0x80...0x8F) && isContinuation(2) && isContinuation(3) ? 4 : 0
        default: return 0
        }
    }

    /// The offset of the first byte that is not part of well-formed UTF-8; nil if there is none.
    static func firstFault(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var position = 0
        while position < bytes.count {
            let length = length(at: position, in: bytes)
            if length == 0 { return position }
            position += length
        }
        return nil
    }
}
