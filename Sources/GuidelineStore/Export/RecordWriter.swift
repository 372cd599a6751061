/// What each format's writer does.
protocol RecordWriter {
    mutating func begin(_ bytes: inout [UInt8])
    /// Appends the guideline; false where the format has no way to say it.
    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool
    mutating func end(_ bytes: inout [UInt8])
}

extension RecordWriter {
    mutating func begin(_ bytes: inout [UInt8]) {}
    mutating func end(_ bytes: inout [UInt8]) {}
}

struct JSONLinesWriter: RecordWriter {
    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        guideline.appendJSON(to: &bytes)
        bytes.append(0x0A)
        return true
    }
}

/// A list in JSON, an item a line, in what stands around it.
struct JSONList {
    var opening = "["
    var closing = "]\n"
    private var isEmpty = true

    init(opening: String = "[", closing: String = "]\n") {
        (self.opening, self.closing) = (opening, closing)
    }

    func begin(_ bytes: inout [UInt8]) { bytes += opening.utf8 }

    mutating func beginItem(_ bytes: inout [UInt8]) {
        bytes += (isEmpty ? "\n" : ",\n").utf8
        isEmpty = false
    }

    func end(_ bytes: inout [UInt8]) {
        if !isEmpty { bytes.append(0x0A) }
        bytes += closing.utf8
    }
}

struct JSONListWriter: RecordWriter {
    private var list = JSONList()

    mutating func begin(_ bytes: inout [UInt8]) { list.begin(&bytes) }
    mutating func end(_ bytes: inout [UInt8]) { list.end(&bytes) }

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        list.beginItem(&bytes)
        guideline.appendJSON(to: &bytes)
        return true
    }
}

extension JSONValue {
    /// Appends an object whose members keep the order given.
    package static func appendObject(_ members: [(name: String, value: JSONValue)], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            appendString(member.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            member.value.append(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
