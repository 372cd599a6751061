import Foundation
import Testing

@testable import Fingerpost

@Suite("Corpora and queries from folders")
struct CorporaTests {
    /// A folder of files, by their paths in it.
    private final class Files {
        let folder: TemporaryFolder
        var path: String { folder.url.path }

        init(_ files: [String: String]) throws {
            folder = try TemporaryFolder()
            for (name, text) in files { try write(text, to: name) }
        }

        func write(_ text: String, to name: String) throws {
            let url = folder.url.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }

        /// Compresses a file in its place.
        func compress(_ name: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["gzip", "-n", folder.url.appendingPathComponent(name).path]
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
        }

        func read(_ change: (inout Corpora.Options) -> Void = { _ in }) throws -> Corpora {
            var options = Corpora.Options()
            change(&options)
            return try Corpora([path], options: options)
        }
    }

    private static let corpus = """
        {"id":"a","text":"pick the lock"}
        {"_id":"b","title":"Poison","text":"in the food"}
        {"id":"c","title":"Vote","text":"Vote in the election","more":1}
        {"id":"d","title":"Only a title","text":""}
        """

    private func retrieval(_ corpora: Corpora, _ place: Int = 0) throws -> RetrievalSet {
        guard case .retrieval(let set) = corpora.sets[place] else { throw CancellationError() }
        return set
    }

    @Test("Plain and compressed files, grades, titles, and what is out of scope")
    func plain() throws {
        let files = try Files([
            "corpus.jsonl": Self.corpus,
            "test.jsonl": """
            {"id":"1","query":"lock","positives":["a"]}
            {"_id":"2","text":"food","positives":["b","c"],"grades":{"b":2,"d":0.5,"c":0}}
            {"query":"moon","positives":[]}
            """,
            "oos.jsonl": #"{"query":"sun"}"# + "\n" + #"{"query":"star"}"#,
            "train.jsonl": "not even JSON",
        ])
        let corpora = try files.read()
        #expect(corpora.sets.count == 1 && corpora.notes.count == 2)
        #expect(corpora.notes.contains { $0.contains("train.jsonl: left out") })
        #expect(corpora.notes.contains { $0.contains("oos.jsonl") && $0.contains("all 2 count as out of scope") })
        let set = try retrieval(corpora)
        #expect(set.documents == ["pick the lock", "Poison in the food", "Vote in the election", "Only a title"])
        let name = files.folder.url.lastPathComponent
        #expect(set.queryFiles.map(\.name) == ["\(name) oos", "\(name) test"])
        #expect(
            set.queryFiles[1].queries == [
                .init("lock", grades: [0: 1]), .init("food", grades: [1: 2, 3: 0.5]), .init("moon", grades: [:]),
            ])
        #expect(set.queryFiles[0].isOutOfScope && !set.queryFiles[1].isOutOfScope)

        for file in ["corpus.jsonl", "test.jsonl"] { try files.compress(file) }
        let again = try retrieval(files.read())
        #expect(again.documents == set.documents && again.queryFiles[1].queries == set.queryFiles[1].queries)
    }

    @Test("BEIR's layout: tables of grades, splits, and queries that are documents")
    func beir() throws {
        let files = try Files([
            "set/corpus.jsonl": Self.corpus,
            "set/queries.jsonl": """
            {"_id":"q1","text":"lock"}
            {"_id":"a","text":"pick the lock"}
            {"_id":"q3","text":"moon","metadata":{}}
            {"_id":"q4","text":"in no table"}
            """,
            "set/qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\ta\t1\r\na\tb\t2\na\tc\t0\n\nq3\tgone\t0\n",
            "set/qrels/dev.tsv": "q1\tb\t1\n",
            "set/qrels/train.tsv": "q1\tb\t1\n",
        ])
        let set = try retrieval(files.read())
        #expect(set.queryFiles.map(\.name) == ["set dev", "set test"])
        #expect(
            set.queryFiles[1].queries == [
                .init("lock", grades: [0: 1]), .init("pick the lock", grades: [1: 2], ownRow: 0),
                .init("moon", grades: [:]),
            ])
        #expect(try retrieval(files.read { $0.splits = ["test"] }).queryFiles.map(\.name) == ["set test"])
        try files.compress("set/qrels/test.tsv")
        #expect(try retrieval(files.read { $0.splits = ["test"] }).queryFiles[0].queries.count == 3)
    }

    @Test("Similarities, with and without a corpus; several sets; names that would be the same")
    func similarities() throws {
        let files = try Files([
            "x/corpus.jsonl": Self.corpus,
            "x/pairs.jsonl": #"{"query":"lock","positives":["a"]}"#,
            "x/sts.jsonl": #"{"s1":"a","s2":"b","score":2.5}"# + "\n" + #"{"s1":"c","s2":"d","score":0}"#,
            "y/dev.jsonl": #"{"s1":"a","s2":"b","score":1}"#,
            "z/readme.jsonl": #"{"anything":1}"#,
            "more/x/corpus.jsonl": Self.corpus,
            "more/x/queries.jsonl": #"{"query":"lock","positives":["a"]}"#,
        ])
        let corpora = try Corpora([files.path + "/", files.path + "/more"])
        let names = corpora.sets.map { set in
            switch set {
            case .retrieval(let set): set.queryFiles.map(\.name).joined(separator: " and ")
            case .similarity(let set): set.name
            }
        }
        let x = "\(files.path)/x/pairs.jsonl"
        #expect(names == ["x sts", x, "y dev", "\(files.path)/more/x/queries.jsonl"])
        guard case .similarity(let set) = corpora.sets[0] else { throw CancellationError() }
        #expect(set.pairs == [.init("a", "b", score: 2.5), .init("c", "d", score: 0)])
        #expect(corpora.notes.filter { $0.contains("/z: no set") }.count == 1)
    }

    @Test("A limit keeps items evenly spaced, and splits choose files")
    func limits() throws {
        let queries = (0..<10).map { #"{"query":"q\#($0)","positives":["a"]}"# }.joined(separator: "\n")
        let files = try Files(["corpus.jsonl": Self.corpus, "dev.jsonl": queries, "train.jsonl": queries])
        let set = try retrieval(files.read { $0.limit = 4 })
        #expect(set.queryFiles.map { $0.queries.map(\.text) } == [["q0", "q2", "q5", "q7"]])
        #expect(try retrieval(files.read { $0.splits = ["train", "dev"] }).queryFiles.count == 2)
        #expect(throws: GuidelineStoreError.self) { try files.read { $0.splits = ["test"] } }
        #expect(Corpora.spaced([1, 2, 3], limit: 7) == [1, 2, 3] && Corpora.spaced([1, 2, 3], limit: 0) == [])
    }

    @Test("Positives that the corpus does not have are left out where that is allowed")
    func missing() throws {
        let files = try Files([
            "corpus.jsonl": Self.corpus,
            "test.jsonl": """
            {"query":"lock","positives":["a","gone"]}
            {"query":"food","positives":["gone"]}
            """,
        ])
        #expect(throws: FingerpostError.self) { try files.read() }
        let corpora = try files.read { $0.allowsMissingPositives = true }
        #expect(try retrieval(corpora).queryFiles[0].queries == [.init("lock", grades: [0: 1])])
        #expect(corpora.notes.count == 1 && corpora.notes[0].contains("1 positives are not in the corpus"))
    }

    // MARK: Faults

    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var files: [String: String]
        var code: String
        var file: String
        var line: Int?

        init(_ name: String, _ files: [String: String], code: String, file: String, line: Int? = nil) {
            (self.name, self.files, self.code, self.file, self.line) = (name, files, code, file, line)
        }

        var testDescription: String { name }
    }

    private static let good = #"{"id":"1","query":"lock","positives":["a"]}"# + "\n"

    private static func queries(_ text: String) -> [String: String] {
        ["corpus.jsonl": corpus, "test.jsonl": good + text]
    }

    private static func corpus(_ text: String) -> [String: String] {
        ["corpus.jsonl": corpus + "\n" + text, "test.jsonl": good]
    }

    private static func table(_ text: String) -> [String: String] {
        ["corpus.jsonl": corpus, "queries.jsonl": #"{"_id":"q","text":"lock"}"#, "qrels/test.tsv": "q\ta\t1\n" + text]
    }

    static let faults: [Fault] = [
        Fault(
            "a document's id used twice", corpus(#"{"_id":"b","text":"x"}"#), code: "duplicate_id",
            file: "corpus.jsonl", line: 5),
        Fault(
            "a document without an id", corpus(#"{"text":"x"}"#), code: "invalid_field", file: "corpus.jsonl", line: 5),
        Fault(
            "a document's id of a wrong type", corpus(#"{"id":7,"text":"x"}"#), code: "invalid_field",
            file: "corpus.jsonl", line: 5),
        Fault("a document without text", corpus(#"{"id":"e"}"#), code: "invalid_field", file: "corpus.jsonl", line: 5),
        Fault(
            "a title of a wrong type", corpus(#"{"id":"e","text":"x","title":[]}"#), code: "invalid_field",
            file: "corpus.jsonl", line: 5),
        Fault("a corpus that is cut off", corpus(#"{"id":"e","te"#), code: "truncated", file: "corpus.jsonl", line: 5),
        Fault("an empty corpus", ["corpus.jsonl": "\n", "test.jsonl": good], code: "no_records", file: "corpus.jsonl"),
        Fault("empty queries", ["corpus.jsonl": corpus, "test.jsonl": ""], code: "no_records", file: "test.jsonl"),
        Fault(
            "a query's id used twice", queries(#"{"id":"1","query":"x","positives":["a"]}"#), code: "duplicate_id",
            file: "test.jsonl", line: 2),
        Fault(
            "a query without text", queries(#"{"id":"2","positives":["a"]}"#), code: "invalid_field",
            file: "test.jsonl", line: 2),
        Fault(
            "an empty query", queries(#"{"query":" ","positives":["a"]}"#), code: "empty_text", file: "test.jsonl",
            line: 2),
        Fault(
            "a query without positives among others", queries(#"{"query":"x"}"#), code: "invalid_field",
            file: "test.jsonl", line: 2),
        Fault(
            "positives that are text", queries(#"{"query":"x","positives":"a"}"#), code: "invalid_field",
            file: "test.jsonl", line: 2),
        Fault(
            "positives that are numbers", queries(#"{"query":"x","positives":[1]}"#), code: "invalid_field",
            file: "test.jsonl", line: 2),
        Fault(
            "an unknown positive", queries(#"{"query":"x","positives":["gone"]}"#), code: "unknown_positive",
            file: "test.jsonl", line: 2),
        Fault(
            "a grade that is text", queries(#"{"query":"x","grades":{"a":"2"}}"#), code: "invalid_field",
            file: "test.jsonl", line: 2),
        Fault(
            "a grade of an unknown document", queries(#"{"query":"x","grades":{"gone":2}}"#), code: "unknown_positive",
            file: "test.jsonl", line: 2),
        Fault(
            "no positives at all", ["corpus.jsonl": corpus, "test.jsonl": #"{"query":"x"}"#], code: "no_records",
            file: "test.jsonl"),
        Fault(
            "a score that is text", ["dev.jsonl": #"{"s1":"a","s2":"b","score":"1"}"#], code: "invalid_field",
            file: "dev.jsonl", line: 1),
        Fault(
            "a pair without its score", ["dev.jsonl": #"{"s1":"a","s2":"b"}"#], code: "invalid_field",
            file: "dev.jsonl", line: 1),
        Fault(
            "half a pair", ["dev.jsonl": #"{"s1":"a","s2":"b","score":1}"# + "\n" + #"{"s1":"a","score":1}"#],
            code: "invalid_field", file: "dev.jsonl", line: 2),
        Fault("no set", ["notes.txt": "x"], code: "no_records", file: ""),
        Fault("a table with a column too few", table("q\tb\n"), code: "syntax", file: "qrels/test.tsv", line: 2),
        Fault("a grade that is a word", table("q\tb\thigh\n"), code: "syntax", file: "qrels/test.tsv", line: 2),
        Fault(
            "a table's query that is not there", table("\nr\tb\t1\n"), code: "syntax", file: "qrels/test.tsv", line: 3),
        Fault(
            "a table's document that is not there", table("q\tgone\t1\n"), code: "unknown_positive",
            file: "qrels/test.tsv", line: 2),
        Fault("two grades of a document", table("q\ta\t2\n"), code: "syntax", file: "qrels/test.tsv", line: 2),
        Fault(
            "an empty table",
            ["corpus.jsonl": corpus, "queries.jsonl": #"{"_id":"q","text":"x"}"#, "qrels/test.tsv": "\n"],
            code: "no_records", file: "qrels/test.tsv"),
        Fault(
            "a file that is not compressed", ["corpus.jsonl.gz": corpus, "test.jsonl": good], code: "unreadable",
            file: "corpus.jsonl.gz"),
    ]

    @Test("Every fault names its file and line", arguments: faults)
    func fault(_ fault: Fault) throws {
        let files = try Files(fault.files)
        let place = fault.file.isEmpty ? files.path : "\(files.path)/\(fault.file)"
        do {
            _ = try files.read()
            Issue.record("read")
        } catch let error as GuidelineStoreError {
            #expect(error.code == fault.code && error.isInputError, "\(error)")
            #expect(error.location?.file == place && error.location?.line == fault.line, "\(error)")
            #expect("\(error)".contains(place), "\(error)")
        } catch let error as FingerpostError {
            #expect(error.code == fault.code && error.isInputError, "\(error)")
            #expect(error.location?.file == place && error.location?.line == fault.line, "\(error)")
        }
    }

    @Test("Folders that are not there, or no folders")
    func noFolder() throws {
        let files = try Files(["corpus.jsonl": Self.corpus])
        #expect(throws: GuidelineStoreError.fileNotFound(path: "\(files.path)/gone")) {
            try Corpora(["\(files.path)/gone"])
        }
        let error = #expect(throws: GuidelineStoreError.self) { try Corpora(["\(files.path)/corpus.jsonl"]) }
        #expect(error?.code == "unreadable")
    }
}
