/// Reads records from a JSON document, one at a time: an array of records, an object whose member `guidelines` is one
/// (or another of ``RecordShape/lists``), or a single record.
final class JSONRecordReader: RecordReader {
    private enum Stage { case start, array(closesObject: Bool), end }

    private var scanner: JSONValueScanner
    private var stage = Stage.start
    private var records: RecordFormat
    private var index = 0
    private(set) var hasPassedFault = false
    private(set) var remainder: [String: JSONValue] = [:]

    init(_ source: InputSource, shape: RecordShape, options: ImportOptions) throws(GuidelineStoreError) {
        scanner = try JSONValueScanner(source, options: options)
        records = RecordFormat(shape)
    }

    var format: ImportFormat { records.format }

    func next() throws(GuidelineStoreError) -> ImportedRecord? {
        hasPassedFault = false
        guard let record = try nextRecord() else { return nil }
        records.note(record.members.keys)
        return record
    }

    private func nextRecord() throws(GuidelineStoreError) -> ImportedRecord? {
        while true {
            switch stage {
            case .start:
                if let record = try begin() { return record }
            case .array(let closesObject):
                if let record = try nextInArray() { return record }
                if closesObject { try finishObject() }
                try finishDocument()
            case .end:
                if index == 0 { throw .noRecords(path: scanner.window.name, hint: "the list of guidelines is empty") }
                return nil
            }
        }
    }

    private func begin() throws(GuidelineStoreError) -> ImportedRecord? {
        switch try scanner.peek() {
        case nil: throw .emptyFile(path: scanner.window.name)
        case UInt8(ascii: "["):
            scanner.skipByte()
            stage = .array(closesObject: false)
            return nil
        case UInt8(ascii: "{"):
            return try beginObject()
        default:
            let value = try scanner.value()
            throw syntax("the document must be a list of guidelines, not \(value.typeName)")
        }
    }

    /// Reads members up to the list; an object without one is itself a record.
    private func beginObject() throws(GuidelineStoreError) -> ImportedRecord? {
        let location = scanner.location
        scanner.skipByte()
        var members: [String: JSONValue] = [:]
        if try scanner.peek() == UInt8(ascii: "}") {
            scanner.skipByte()
        } else {
            while true {
                let name = try memberName()
                if records.shape.lists.contains(name), name == "guidelines" || members["text"] == nil {
                    guard try scanner.peek() == UInt8(ascii: "[") else {
                        throw syntax("\"\(name)\" must be a list")
                    }
                    scanner.skipByte()
                    records.list = name
                    remainder = members
                    stage = .array(closesObject: true)
                    return nil
                }
                guard try members.updateValue(scanner.value(), forKey: name) == nil else {
                    throw syntax("the name \"\(name)\" is given twice")
                }
                if try isLast(closedBy: UInt8(ascii: "}")) { break }
            }
        }
        guard records.shape.isRecord(members.keys) else {
            throw .noRecords(path: scanner.window.name, hint: records.shape.hint)
        }
        try finishDocument()
        index += 1
        return ImportedRecord(members: members, location: location)
    }

    private func nextInArray() throws(GuidelineStoreError) -> ImportedRecord? {
        if index == 0, try scanner.peek() == UInt8(ascii: "]") {
            scanner.skipByte()
            return nil
        }
        if index > 0, try isLast(closedBy: UInt8(ascii: "]")) { return nil }
        guard try scanner.peek() != nil else { throw truncated("the list is not closed") }
        var location = scanner.location
        let value = try scanner.value()
        index += 1
        location.record = index
        guard case .object(let members) = value else {
            hasPassedFault = true
            throw .syntax(location, format: "JSON", problem: "each guideline must be an object, not \(value.typeName)")
        }
        return ImportedRecord(members: members, location: location)
    }

    /// What follows the list in an object is checked, and kept beside it.
    private func finishObject() throws(GuidelineStoreError) {
        while try !isLast(closedBy: UInt8(ascii: "}")) {
            let name = try memberName()
            // A second list would be lost.
            guard name != records.list, try remainder.updateValue(scanner.value(), forKey: name) == nil else {
                throw syntax("the name \"\(name)\" is given twice")
            }
        }
    }

    private func finishDocument() throws(GuidelineStoreError) {
        guard try scanner.peek() == nil else {
            throw syntax("there is text after the document; if each line is a record, read it as format jsonl")
        }
        stage = .end
    }

    private func memberName() throws(GuidelineStoreError) -> String {
        guard let quote = try scanner.peek() else { throw truncated("an object is not closed") }
        guard quote == UInt8(ascii: "\""), case .string(let name) = try scanner.value() else {
            throw syntax("a name in quotes is expected")
        }
        guard let colon = try scanner.peek() else { throw truncated("an object is not closed") }
        guard colon == UInt8(ascii: ":") else { throw syntax("a colon is expected after a name") }
        scanner.skipByte()
        return name
    }

    /// Consumes the comma before another item, or the bracket after the last one.
    private func isLast(closedBy bracket: UInt8) throws(GuidelineStoreError) -> Bool {
        guard let byte = try scanner.peek() else { throw truncated("a bracket is not closed") }
        guard byte == bracket || byte == UInt8(ascii: ",") else {
            throw syntax("a comma or a closing bracket is expected")
        }
        scanner.skipByte()
        return byte == bracket
    }

    private func syntax(_ problem: String) -> GuidelineStoreError {
        .syntax(scanner.location, format: "JSON", problem: problem)
    }

    private func truncated(_ problem: String) -> GuidelineStoreError {
        .truncated(scanner.location, format: "JSON", problem: problem)
    }
}
