/// A line of the decision log: a record, or a note on one.
public enum DecisionEntry: Sendable, Hashable {
    case record(DecisionRecord)
    case note(DecisionNote)

    /// One line of JSON, without the line break at its end.
    public var jsonText: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func append(to bytes: inout [UInt8]) {
        switch self {
        case .record(let record): record.append(to: &bytes)
        case .note(let note): note.append(to: &bytes)
        }
    }

    /// Reads a line's object. Members that are not known are ignored, so that newer programs may add some.
    ///
    /// - Throws: ``GuidelineStoreError`` with the place, for a member that is missing, of another type, or of a value that
    ///   is not allowed.
    public init(_ line: JSONLine) throws(GuidelineStoreError) {
        let reader = EntryReader(line)
        self = line.members["note"] == nil ? .record(try DecisionRecord(reader)) : .note(try DecisionNote(reader))
    }
}

/// Writes members of an object as bytes. It is on the path of whoever logs, so nothing is made on the way.
struct EntryWriter {
    private(set) var bytes: [UInt8]
    private var isFirst = true

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func begin(_ name: StaticString) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func open() {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
    }
    mutating func close() {
        bytes.append(UInt8(ascii: "}"))
        isFirst = false
    }

    mutating func string(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        begin(name)
        JSONValue.appendString(value, to: &bytes)
    }
    mutating func time(_ name: StaticString, _ value: LogTime) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\""))
    }
    mutating func integer(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        begin(name)
        append(value)
    }
    /// What is not finite is left out: JSON has no such numbers.
    mutating func number(_ name: StaticString, _ value: Double?) {
        guard let value, value.isFinite else { return }
        begin(name)
        bytes.append(contentsOf: value.description.utf8)
    }
    mutating func bool(_ name: StaticString, _ value: Bool) {
        begin(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }
    mutating func object(_ name: StaticString, _ body: (inout EntryWriter) -> Void) {
        begin(name)
        open()
        body(&self)
        close()
    }
    mutating func objects<Element>(
        _ name: StaticString, _ elements: [Element], _ body: (inout EntryWriter, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for (place, element) in elements.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            open()
            body(&self, element)
            close()
        }
        bytes.append(UInt8(ascii: "]"))
        isFirst = false
    }
    mutating func strings(_ name: StaticString, _ values: [String]) {
        guard !values.isEmpty else { return }
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for (place, value) in values.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONValue.appendString(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func append(_ value: Int) {
        guard value >= 0, value < 1_000_000 else { return bytes.append(contentsOf: String(value).utf8) }
        var divisor = 1
        while divisor * 10 <= value { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(truncatingIfNeeded: 48 + value / divisor % 10))
            divisor /= 10
        }
    }
}

/// Reads members of an object, each with its type.
struct EntryReader {
    private let members: [String: JSONValue]
    private let location: InputLocation
    /// What errors call the members before their names.
    private let prefix: String

    init(_ line: JSONLine) { (members, location, prefix) = (line.members, line.location, "") }

    private init(_ members: [String: JSONValue], _ location: InputLocation, _ prefix: String) {
        (self.members, self.location, self.prefix) = (members, location, prefix)
    }

    func fault(_ name: String, _ problem: String) -> GuidelineStoreError {
        .invalidField(prefix + name, problem: problem, location)
    }

    private func value(_ name: String) -> JSONValue? {
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    func string(_ name: String) throws(GuidelineStoreError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw fault(name, "must be a string, not \(value.typeName)") }
        return text
    }
    func requiredString(_ name: String) throws(GuidelineStoreError) -> String {
        guard let text = try string(name) else { throw fault(name, "is missing") }
        return text
    }
    func integer(_ name: String) throws(GuidelineStoreError) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .integer(let number) = value else { throw fault(name, "must be an integer, not \(value.typeName)") }
        return number
    }
    func number(_ name: String) throws(GuidelineStoreError) -> Double? {
        switch value(name) {
        case nil: return nil
        case .integer(let number): return Double(number)
        case .number(let number): return number
        case let value?: throw fault(name, "must be a number, not \(value.typeName)")
        }
    }
    func bool(_ name: String) throws(GuidelineStoreError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else { throw fault(name, "must be true or false, not \(value.typeName)") }
        return flag
    }
    func time(_ name: String) throws(GuidelineStoreError) -> LogTime {
        let text = try requiredString(name)
        guard let time = LogTime(text) else { throw fault(name, "is no time such as 2026-03-01T09:30:00Z") }
        return time
    }
    func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, _: Value.Type = Value.self
    ) throws(GuidelineStoreError) -> Value? where Value.RawValue == String {
        guard let text = try string(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw fault(name, "must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }
    func requiredChoice<Value: RawRepresentable & CaseIterable>(
        _ name: String, _: Value.Type = Value.self
    ) throws(GuidelineStoreError) -> Value where Value.RawValue == String {
        guard let value: Value = try choice(name) else { throw fault(name, "is missing") }
        return value
    }
    func object(_ name: String) throws(GuidelineStoreError) -> EntryReader? {
        guard let value = value(name) else { return nil }
        guard case .object(let members) = value else { throw fault(name, "must be an object, not \(value.typeName)") }
        return EntryReader(members, location, prefix + name + ".")
    }
    func objects(_ name: String) throws(GuidelineStoreError) -> [EntryReader] {
        guard let value = value(name) else { return [] }
        guard case .array(let values) = value else { throw fault(name, "must be a list, not \(value.typeName)") }
        var readers: [EntryReader] = []
        for value in values {
            guard case .object(let members) = value else {
                throw fault(name, "must be a list of objects, with no \(value.typeName) in it")
            }
            readers.append(EntryReader(members, location, prefix + name + "."))
        }
        return readers
    }
    func strings(_ name: String) throws(GuidelineStoreError) -> [String] {
        guard let value = value(name) else { return [] }
        guard case .array(let values) = value else { throw fault(name, "must be a list, not \(value.typeName)") }
        var texts: [String] = []
        for value in values {
            guard case .string(let text) = value else {
                throw fault(name, "must be a list of strings, with no \(value.typeName) in it")
            }
            texts.append(text)
        }
        return texts
    }
}
