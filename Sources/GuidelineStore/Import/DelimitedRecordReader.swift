/// Reads CSV and TSV as RFC 4180 describes them: quoted cells may hold delimiters, line breaks and doubled quotes; lines
/// end in CR LF, LF or CR. The first record names the columns.
///
/// Column names are those of the fields, in any case; see ``GuidelineField/record(ofCells:separators:)`` for what cells
/// become. List cells are split at semicolons, or hold a JSON array. A quote inside an unquoted cell stands for
/// itself; text after a closing quote, a quote that is never closed and a record with another number of cells than
/// the header are errors, because each of them means that columns have shifted.
///
/// A table of DPR's passages need not name its columns: they are then `id`, `text` and, if there is a third, `title`.
final class DelimitedRecordReader: RecordReader {
    private let window: ByteWindow
    private let delimiter: UInt8
    private let limit: Int
    private var line = 1
    private var columns: [String] = []
    private var isFirst = true
    let format: ImportFormat
    private(set) var hasPassedFault = false
    /// A first row that turned out to be no header.
    private var firstRow: (InputLocation, [String])?

    init(
        _ source: InputSource, delimiter: UInt8, format: ImportFormat, options: ImportOptions
    ) throws(GuidelineStoreError) {
        window = try ByteWindow(source, capacity: options.bufferLength)
        self.delimiter = delimiter
        self.format = format
        limit = options.maximumRecordLength
        try readHeader()
    }

    func next() throws(GuidelineStoreError) -> ImportedRecord? {
        hasPassedFault = false
        let row = if let firstRow { firstRow } else { try nextRow() }
        firstRow = nil
        guard let (location, cells) = row else {
            if isFirst { throw .noRecords(path: window.name, hint: "there is no row below the header") }
            return nil
        }
        isFirst = false
        guard cells.count == columns.count else {
            hasPassedFault = true
            throw .syntax(
                location, format: "table",
                problem: "the row has \(cells.count) cells where the header names \(columns.count) columns")
        }
        let named = zip(columns, cells).map { (name: $0, text: $1) }
        return ImportedRecord(members: GuidelineField.record(ofCells: named, separators: [";"]), location: location)
    }

    private func readHeader() throws(GuidelineStoreError) {
        guard let (location, names) = try nextRow() else { throw .emptyFile(path: window.name) }
        columns = names.map { name in
            String(name.trimmingWhiteSpace().lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
        }
        if format == .dprTSV, !(columns.contains("id") && columns.contains("text")) {
            guard (2...3).contains(names.count) else {
                throw .syntax(
                    location, format: "table",
                    problem: "passages have an id, a text and a title; the first row has \(names.count) cells")
            }
            columns = Array(["id", "text", "title"].prefix(names.count))
            firstRow = (location, names)
            return
        }
        guard columns.contains("text") else {
            let found = names.prefix(8).map { "\"\($0.prefix(40))\"" }.joined(separator: ", ")
            throw .syntax(
                location, format: "table",
                problem: "the first line must name the columns, \"text\" among them; it has \(found)")
        }
        for (index, name) in columns.enumerated() {
            guard !name.isEmpty else {
                throw .syntax(location, format: "table", problem: "column \(index + 1) has no name")
            }
            guard !columns[..<index].contains(name) else {
                throw .syntax(location, format: "table", problem: "two columns are named \"\(name)\"")
            }
        }
    }

    // MARK: Rows

    /// The cells of the next row that is not blank.
    private func nextRow() throws(GuidelineStoreError) -> (InputLocation, [String])? {
        while true {
            let rowLine = line
            guard let row = try scanRow() else { return nil }
            guard row.length <= limit else { throw tooLong() }
            let offset = window.offset
            let bytes = UnsafeRawBufferPointer(rebasing: window.bytes[0..<row.length])
            let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x0A }
            // The row is passed over whether its cells can be read or not.
            defer {
                line += row.lineBreaks
                window.consume(row.length)
            }
            hasPassedFault = true
            let cells = isBlank ? [] : try self.cells(of: bytes, line: rowLine, offset: offset)
            hasPassedFault = false
            if !isBlank { return (InputLocation(file: window.name, line: rowLine), cells) }
        }
    }

    private struct RowExtent {
        /// Bytes, with the line break.
        var length: Int
        var lineBreaks: Int
    }

    private enum CellState { case start, plain, quoted, quoteInQuoted }

    /// Finds the end of the row at the start of the window; nil at the end of the input.
    private func scanRow() throws(GuidelineStoreError) -> RowExtent? {
        var state = CellState.start
        var position = 0
        var lineBreaks = 0
        var quoteLine = line
        while true {
            let bytes = window.bytes
            while position < bytes.count {
                let byte = bytes[position]
                if byte == 0x0D || byte == 0x0A {
                    // A CR at the edge of the window may be followed by its LF.
                    if byte == 0x0D, position + 1 == bytes.count, !window.isAtEnd { break }
                    let isPair = byte == 0x0D && position + 1 < bytes.count && bytes[position + 1] == 0x0A
                    position += isPair ? 2 : 1
                    lineBreaks += 1
                    if state != .quoted { return RowExtent(length: position, lineBreaks: lineBreaks) }
                    continue
                }
                switch state {
                case .start where byte == 0x22:
                    state = .quoted
                    quoteLine = line + lineBreaks
                case .quoted:
                    if byte == 0x22 { state = .quoteInQuoted }
                case .quoteInQuoted where byte == 0x22:
                    state = .quoted
                case .start, .plain, .quoteInQuoted:
                    state = byte == delimiter ? .start : .plain
                }
                position += 1
            }
            guard position <= limit else { throw tooLong() }
            guard try window.fill() else {
                if position < window.bytes.count { continue }
                break
            }
        }
        guard state != .quoted else {
            throw .truncated(
                InputLocation(file: window.name, line: quoteLine), format: "table",
                problem: "a quote opened here is never closed")
        }
        return position > 0 ? RowExtent(length: position, lineBreaks: lineBreaks) : nil
    }

    private func tooLong() -> GuidelineStoreError {
        .tooLong(InputLocation(file: window.name, line: line), what: "row", limit: limit)
    }

    // MARK: Cells

    private func cells(
        of row: UnsafeRawBufferPointer, line: Int, offset: Int
    ) throws(GuidelineStoreError) -> [String] {
        var end = row.count
        if end > 0, row[end - 1] == 0x0A { end -= 1 }
        if end > 0, row[end - 1] == 0x0D { end -= 1 }
        var cells: [String] = []
        var cell: [UInt8] = []
        var position = 0
        while true {
            let start = position
            cell.removeAll(keepingCapacity: true)
            if position < end, row[position] == 0x22 {
                position += 1
                while position < end {
                    if row[position] != 0x22 {
                        cell.append(row[position])
                        position += 1
                    } else if position + 1 < end, row[position + 1] == 0x22 {
                        cell.append(0x22)
                        position += 2
                    } else {
                        break
                    }
                }
                position += 1
                guard position >= end || row[position] == delimiter else {
                    let faultLine = line + Self.lineBreaks(in: row.prefix(position))
                    throw .syntax(
                        InputLocation(file: window.name, line: faultLine), format: "table",
                        problem: "cell \(cells.count + 1) has text after its closing quote; double the quotes that "
                            + "belong to the text")
                }
            } else {
                while position < end, row[position] != delimiter {
                    cell.append(row[position])
                    position += 1
                }
            }
            guard let text = String(validating: cell, as: UTF8.self) else {
                throw notUTF8(row, from: start, line: line, offset: offset)
            }
            cells.append(text)
            guard position < end else { return cells }
            position += 1
        }
    }

    private func notUTF8(
        _ row: UnsafeRawBufferPointer, from start: Int, line: Int, offset: Int
    ) -> GuidelineStoreError {
        let rest = UnsafeRawBufferPointer(rebasing: row[start...])
        let fault = start + (UTF8Validation.firstInvalidOffset(in: rest) ?? 0)
        let faultLine = line + Self.lineBreaks(in: row.prefix(fault))
        return .notUTF8(InputLocation(file: window.name, line: faultLine), byteOffset: offset + fault)
    }

    private static func lineBreaks(in bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        var count = 0
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { count += 1 }
            previous = byte
        }
        return count
    }
}
