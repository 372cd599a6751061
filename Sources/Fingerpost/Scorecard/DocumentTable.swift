import GuidelineStore

/// The documents of a corpus file, and the row of each by its id.
struct DocumentTable {
    let path: String
    private(set) var texts: [String] = []
    private(set) var rows: [String: Int] = [:]

    /// - Throws: ``GuidelineStoreError`` with the line at fault: an id that is missing or used twice, no text, or a wrong
    ///   type; a file without documents is one too.
    init(_ path: String) throws(GuidelineStoreError) {
        self.path = path
        let reader = try JSONLinesReader(try CompressedFile.source(path))
        var lines: [Int?] = []
        while let line = try reader.next().map(SetLine.init) {
            let id = try line.requiredText("id", "_id")
            // BEIR has documents of which only the title is known, and empty ones.
            guard let text = try line.text("text") else { throw line.missing("text") }
            if let row = rows.updateValue(texts.count, forKey: id) {
                throw .duplicateID(id, first: InputLocation(file: path, line: lines[row]), second: line.location)
            }
            lines.append(line.location.line)
            texts.append(Self.text(text, title: try line.text("title")))
        }
        guard !texts.isEmpty else {
            throw .noRecords(path: path, hint: "a line holds a document, {\"id\",\"text\"}")
        }
    }

    private static func text(_ text: String, title: String?) -> String {
        guard let title, !title.isEmpty, !text.hasPrefix(title) else { return text }
        return text.isEmpty ? title : "\(title) \(text)"
    }
}
