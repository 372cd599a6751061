/// CSV and TSV as RFC 4180 describes them and ``DelimitedRecordReader`` reads them, with a column for each documented
/// field and one for all others (`additional_fields`, a JSON object).
///
/// Cells are written as they are. A spreadsheet takes one that begins with `=`, `+`, `-` or `@` for a formula; whoever
/// opens a table of guidelines from elsewhere in one should import the columns as text.
struct TableWriter: RecordWriter {
    let delimiter: UInt8

    mutating func begin(_ bytes: inout [UInt8]) {
        let names = GuidelineField.allCases.map(\.rawValue) + [GuidelineField.additionalFields]
        TableRow.append(names, delimiter: delimiter, to: &bytes)
    }

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        guard case .object(let members) = guideline.json else { return false }
        var cells = GuidelineField.allCases.map { field in
            members[field.rawValue].map { Self.cell($0) } ?? ""
        }
        let additional = guideline.additionalFields.filter { GuidelineField(rawValue: $0.key) == nil }
        cells.append(additional.isEmpty ? "" : JSONValue.object(additional).jsonText)
        TableRow.append(cells, delimiter: delimiter, to: &bytes)
        return true
    }

    /// A list of plain words is written with semicolons, as people do; all other lists as JSON.
    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): return text
        case .array(let items):
            var words: [String] = []
            for item in items {
                guard case .string(let text) = item, isPlain(text) else { return value.jsonText }
                words.append(text)
            }
            return words.joined(separator: "; ")
        default: return value.jsonText
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x3B } && !text.hasPrefix("[")
            && !text.hasPrefix("{")
    }
}

/// A row of a table.
enum TableRow {
    static func append(_ cells: [String], delimiter: UInt8, to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(delimiter) }
            append(cell, delimiter: delimiter, to: &bytes)
        }
        bytes.append(0x0A)
    }

    private static func append(_ cell: String, delimiter: UInt8, to bytes: inout [UInt8]) {
        let isBare =
            cell.utf8.allSatisfy { $0 != delimiter && $0 != 0x22 && $0 != 0x0A && $0 != 0x0D }
            && cell.utf8.first != 0x20 && cell.utf8.last != 0x20
        guard !isBare else {
            bytes += cell.utf8
            return
        }
        bytes.append(0x22)
        for byte in cell.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }
}

/// The passages of DPR: `id`, `text`, `title`, with their header line.
struct PassageWriter: RecordWriter {
    mutating func begin(_ bytes: inout [UInt8]) {
        TableRow.append(["id", "text", "title"], delimiter: 0x09, to: &bytes)
    }

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        TableRow.append([guideline.id, guideline.text, guideline.title ?? ""], delimiter: 0x09, to: &bytes)
        return true
    }
}
