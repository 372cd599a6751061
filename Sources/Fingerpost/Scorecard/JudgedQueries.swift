import Foundation
import GuidelineStore

/// The queries of a set in BEIR's layout, whose relevant documents are in tables beside them.
struct JudgedQueries {
    private let path: String
    private var texts: [(id: String, text: String, location: InputLocation)] = []
    private var places: [String: Int] = [:]

    /// - Throws: ``GuidelineStoreError`` with the line at fault; a file without queries is one.
    init(_ path: String) throws(GuidelineStoreError) {
        self.path = path
        let reader = try JSONLinesReader(try CompressedFile.source(path))
        while let line = try reader.next().map(SetLine.init) {
            let id = try line.requiredText("_id", "id")
            if let first = places.updateValue(texts.count, forKey: id) {
                throw .duplicateID(id, first: texts[first].location, second: line.location)
            }
            texts.append((id, try line.requiredText("text", "query"), line.location))
        }
        guard !texts.isEmpty else { throw .noRecords(path: path, hint: "a line holds a query, {\"_id\",\"text\"}") }
    }

    /// The queries that a table names, in the order of their own file.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line of the table at fault, and
    ///   ``FingerpostError/unknownDocument(id:corpus:_:)``.
    func queries(
        judgedIn table: String, documents: DocumentTable, options: Corpora.Options
    ) throws -> FoundQueries {
        var relevance: [String: [String: Double]] = [:]
        for judgement in try Self.judgements(table) {
            guard places[judgement.query] != nil else {
                throw GuidelineStoreError.syntax(
                    judgement.location, format: "table of judgements",
                    problem: "the query \"\(judgement.query)\" is not in \(path)")
            }
            var grades = relevance[judgement.query] ?? [:]
            // What is judged as not relevant may be missing from the corpus.
            if judgement.grade > 0 {
                if let other = grades[judgement.document], other != judgement.grade {
                    throw GuidelineStoreError.syntax(
                        judgement.location, format: "table of judgements",
                        problem: "the document \"\(judgement.document)\" has another grade for this query above")
                }
                grades[judgement.document] = judgement.grade
                guard documents.rows[judgement.document] != nil || options.allowsMissingPositives else {
                    throw FingerpostError.unknownDocument(
                        id: judgement.document, corpus: documents.path, judgement.location)
                }
            }
            relevance[judgement.query] = grades
        }
        var found = FoundQueries()
        for (id, text, location) in texts {
            guard let grades = relevance[id] else { continue }
            try found.append(
                text, relevance: grades, ownID: id, in: documents, options: options, at: location)
        }
        guard !found.queries.isEmpty else {
            throw GuidelineStoreError.noRecords(
                path: table, hint: "a line holds a query, a document and a grade, with tabs between them")
        }
        return found
    }

    private struct Judgement {
        var query: String
        var document: String
        var grade: Double
        var location: InputLocation
    }

    /// The lines of a table, without the one that names the columns.
    private static func judgements(_ path: String) throws(GuidelineStoreError) -> [Judgement] {
        let contents = try CompressedFile.contents(path)
        var judgements: [Judgement] = []
        var number = 0
        var start = contents.startIndex
        while start < contents.endIndex {
            let end = contents[start...].firstIndex(of: 0x0A) ?? contents.endIndex
            number += 1
            let location = InputLocation(file: path, line: number)
            guard let line = String(validating: contents[start..<end], as: UTF8.self) else {
                throw .notUTF8(location, byteOffset: start - contents.startIndex)
            }
            start = end < contents.endIndex ? end + 1 : end
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            if cells.allSatisfy(\.isEmpty) { continue }
            guard cells.count == 3 else {
                throw .syntax(
                    location, format: "table of judgements",
                    problem: "it must have three columns, query, document and grade, not \(cells.count)")
            }
            guard let grade = Double(cells[2]), grade.isFinite else {
                if judgements.isEmpty, number == 1 { continue }
                throw .syntax(
                    location, format: "table of judgements", problem: "the grade \"\(cells[2])\" is not a number")
            }
            judgements.append(Judgement(query: cells[0], document: cells[1], grade: grade, location: location))
        }
        return judgements
    }
}
