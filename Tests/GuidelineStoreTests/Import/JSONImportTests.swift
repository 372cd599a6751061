import Foundation
import Testing

@testable import GuidelineStore

@Suite struct JSONImportTests {
    // MARK: JSON Lines

    @Test func readsLinesWithByteOrderMarkBlankLinesAndAnyLineBreak() throws {
        let text = "\u{FEFF}{\"id\":\"a\",\"text\":\"one\"}\r\n\r\n  \t\n{\"id\":\"b\",\"text\":\"two\"}"
        #expect(try GuidelineImporter.read(text, .jsonl).map(\.text) == ["one", "two"])
    }

    @Test func faultsNameTheirLine() {
        func error(_ text: String) -> GuidelineStoreError? {
            storeError { _ = try GuidelineImporter.read(text, .jsonl) }
        }
        let good = "{\"text\":\"one\"}\n"
        #expect(error(good + "{\"text\":\"two\"")?.location == InputLocation(file: "input", line: 2, column: 14))
        #expect(error(good + "{\"text\":\"two\"")?.code == "truncated")
        #expect(error(good + "{\"text\":\"two\"\n" + good)?.code == "syntax")
        #expect(error(good + "[1]\n")?.location?.line == 2)
        #expect(error(good + "{\"text\":\" \"}\n") == .emptyText(field: "text", InputLocation(file: "input", line: 2)))
        #expect(error(good + "{\"title\":\"t\"}\n")?.description == "input:2: field \"text\" is missing.")
        #expect(error(good + "{\"text\":1}\n")?.location?.line == 2)
        #expect(error(good + "{\"text\":\"x\",\"kind\":\"y\"}\n")?.location?.line == 2)
        #expect(
            error("{\"id\":\"a\",\"text\":\"x\"}\n\n{\"id\":\"a\",\"text\":\"y\"}\n")
                == .duplicateID(
                    "a", first: InputLocation(file: "input", line: 1), second: InputLocation(file: "input", line: 3)))
    }

    @Test func halfASurrogatePairIsReplaced() throws {
        #expect(try GuidelineImporter.read(#"{"text":"cut \ud83d off"}"#, .jsonl)[0].text == "cut \u{FFFD} off")
    }

    @Test(arguments: [ImportFormat.jsonl, .json, .csv, .tsv, .yaml, .markdown])
    func bytesThatAreNotUTF8AreFound(format: ImportFormat) {
        let head: String =
            switch format {
            case .jsonl: "{\"text\":\"one\"}\n{\"text\":\""
            case .json: "[{\"text\":\"one\"},\n{\"text\":\""
            case .csv, .tsv: "text\n"
            case .yaml: "- text: one\n- text: "
            default: "# One\n"
            }
        let bytes = Array(head.utf8) + [0xE4, 0x20, 0x22, 0x7D, 0x0A]
        let error = storeError { _ = try GuidelineImporter.read(bytes, format) }
        guard case .notUTF8(let location, let offset) = error else {
            Issue.record("\(format) gives \(String(describing: error))")
            return
        }
        #expect(location.line == 2)
        #expect(offset == head.utf8.count)
    }

    @Test(arguments: ImportFormat.allCases)
    func otherEncodingsAreNamed(format: ImportFormat) {
        for bytes: [UInt8] in [[0xFF, 0xFE, 0x7B, 0x00], [0xFE, 0xFF, 0x00, 0x7B]] {
            #expect(
                storeError { _ = try GuidelineImporter.read(bytes, format) }
                    == .unsupportedEncoding(path: "input", encoding: "UTF-16"))
        }
        #expect(
            storeError { _ = try GuidelineImporter.read([0xFF, 0xFE, 0, 0], format) }
                == .unsupportedEncoding(path: "input", encoding: "UTF-32"))
    }

    @Test(arguments: ImportFormat.allCases)
    func emptyInputsAreErrors(format: ImportFormat) {
        for text in ["", "\u{FEFF}", "\n", " \n\n"] {
            #expect(storeError { _ = try GuidelineImporter.read(text, format) } == .emptyFile(path: "input"))
        }
    }

    @Test(arguments: [
        ("[]", ImportFormat.json), (#"{"guidelines":[]}"#, .json), (#"{"rules":[1]}"#, .json), ("{}", .json),
        ("id,text\n", .csv), ("[]", .yaml), ("guidelines: []", .yaml), ("name: x", .yaml), ("just text\n", .markdown),
        ("---\n---\n", .yaml),
    ])
    func inputsWithoutGuidelinesAreErrors(text: String, format: ImportFormat) {
        #expect(storeError { _ = try GuidelineImporter.read(text, format) }?.code == "no_records")
    }

    // MARK: JSON documents

    @Test(arguments: [
        #"[{"text":"one"},{"text":"two"}]"#,
        #"{"guidelines":[{"text":"one"},{"text":"two"}]}"#,
        #" { "name" : "x" , "n" : [ { "guidelines" : 1 } ] , "guidelines" : [ {"text":"one"} , {"text":"two"} ] , "z" : 1 } "#,
        "[\n  {\"text\": \"one\"},\n  {\"text\": \"two\"}\n]\n",
    ])
    func readsDocuments(text: String) throws {
        #expect(try GuidelineImporter.read(text, .json).map(\.text) == ["one", "two"])
    }

    @Test(arguments: [
        #"{"guidelines":[{"text":"a"}],"guidelines":[{"text":"b"}]}"#,
        #"{"name":1,"guidelines":[{"text":"a"}],"name":2}"#, #"{"guidelines":[{"text":"a"}],"x":1,"x":2}"#,
    ])
    func aNameAfterTheListIsNotGivenTwice(text: String) {
        let error = storeError { _ = try GuidelineImporter.read(text, .json) }
        #expect(
            error?.code == "syntax" && error?.description.contains("given twice") == true,
            "\(String(describing: error))")
    }

    @Test func readsASingleRecord() throws {
        let read = try GuidelineImporter.read("{\"id\":\"a\",\n\"text\":\"one\",\"more\":{\"x\":[1]}}", .json)
        #expect(
            read == [Guideline(id: "a", text: "one", additionalFields: ["more": .object(["x": .array([.integer(1)])])])]
        )
    }

    @Test(arguments: [
        ("[\n{\"text\":\"one\"},\n{\"text\":1}\n]", "invalid_field", 3), ("[\n{\"text\":\"one\"},\n", "truncated", 3),
        ("[\n{\"text\":\"one\"}", "truncated", 2), ("[\n{\"text\":\"o", "truncated", 2),
        ("[{\"text\":\"one\"} {", "syntax", 1),
        ("[{\"text\":\"one\"}]\n[]", "syntax", 2), ("{\"text\":\"one\"}\n{\"text\":\"two\"}", "syntax", 2),
        ("\n5", "syntax", 2), ("[1]", "syntax", 1), ("{\"guidelines\":{}}", "syntax", 1), ("{\"a\":1", "truncated", 1),
        ("{\"guidelines\":[{\"text\":\"x\"}]", "truncated", 1), ("[,]", "syntax", 1), ("{5:1}", "syntax", 1),
        ("{\"a\" 1}", "syntax", 1), ("{\"a\":1,\"a\":2,\"text\":\"x\"}", "syntax", 1),
        ("[{\"text\":\"x\"},]", "syntax", 1),
        ("[\n{\"id\":\"a\",\"text\":\"x\"},\n{\"id\":\"a\",\"text\":\"y\"}]", "duplicate_id", 3), ("{", "truncated", 1),
        ("[\n{\"text\":\"a\n b\"}]", "syntax", 2), ("]", "syntax", 1),
    ])
    func documentsWithFaultsNameTheirLine(text: String, code: String, line: Int) {
        let error = storeError { _ = try GuidelineImporter.read(text, .json) }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(error?.location?.line == line, "\(String(describing: error))")
    }

    // MARK: Limits

    @Test func aLongRecordIsRefusedInEveryFormat() throws {
        var options = ImportOptions()
        options.maximumRecordLength = 1000
        options.maximumDocumentLength = 1000
        let long = String(repeating: "x", count: 2000)
        for (format, text) in [
            (ImportFormat.jsonl, "{\"text\":\"\(long)\"}"), (.json, "[{\"text\":\"\(long)\"}]"),
            (.csv, "text\n\(long)\n"),
            (.tsv, "text\n\"\(long)\"\n"), (.yaml, "- text: \(long)"), (.markdown, "# Title\n\(long)"),
            (.markdown, "# Title\n" + String(repeating: "short line\n", count: 200)),
        ] {
            #expect(storeError { _ = try GuidelineImporter.read(text, format, options: options) }?.code == "too_long")
        }
    }

    /// The file is a hole of one gigabyte, which a reader that takes the whole line would feel.
    @Test(arguments: ImportFormat.allCases)
    func aLineOfAGigabyteIsRefusedEarly(format: ImportFormat) throws {
        let folder = try TemporaryFolder()
        let url = try folder.write("{\"text\":\"", to: "huge.jsonl")
        #expect(truncate(url.path, 1 << 30) == 0)
        let before = peakMemory()
        let error = storeError { _ = try GuidelineImporter.read(from: url, format: format) }
        #expect(error?.code == "too_long")
        #expect(peakMemory() - before < 400 << 20)
    }

    private func peakMemory() -> Int {
        var usage = rusage()
        #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss
        #else
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
        #endif
    }

    // MARK: Files

    @Test func filesThatCannotBeReadAreTyped() throws {
        let folder = try TemporaryFolder()
        let missing = folder.file("none.jsonl")
        #expect(
            storeError { _ = try GuidelineImporter.read(from: missing) } == .fileNotFound(path: missing.relativePath))
        #expect(storeError { _ = try GuidelineImporter.read(from: folder.file("none")) }?.code == "file_not_found")
        let named = try folder.write("x", to: "corpus.docx")
        #expect(storeError { _ = try GuidelineImporter.read(from: named) } == .unknownFormat(path: named.relativePath))
        #expect(storeError { _ = try GuidelineImporter.read(from: folder.url, format: .jsonl) }?.code == "unreadable")
    }

    @Test func theNameTellsTheFormatUnlessItIsNamed() throws {
        #expect(ImportFormat(path: "a/b.JSONL") == .jsonl && ImportFormat(path: "a.b/c") == nil)
        #expect(ImportFormat(path: "x.ndjson") == .jsonl && ImportFormat(path: "x.yml") == .yaml)
        let folder = try TemporaryFolder()
        let url = try folder.write("text,kind\nBe kind.,style\n", to: "corpus.txt")
        #expect(
            try GuidelineImporter.read(from: url, format: .csv) == [
                Guideline(id: "", text: "Be kind.", kind: .style).validated()
            ])
    }

    @Test func oneImporterFindsIdsThatTwoFilesUse() throws {
        let folder = try TemporaryFolder()
        let first = try folder.write(#"{"id":"a","text":"x"}"#, to: "1.jsonl")
        let second = try folder.write("id,text\nb,y\na,z\n", to: "2.csv")
        var importer = GuidelineImporter()
        _ = try importer.read(from: .file(first))
        #expect(
            storeError { _ = try importer.read(from: .file(second)) }
                == .duplicateID(
                    "a", first: InputLocation(file: first.relativePath, line: 1),
                    second: InputLocation(file: second.relativePath, line: 3)))
    }

    @Test func recordsWithoutIdsMayRepeat() throws {
        let read = try GuidelineImporter.read("{\"text\":\"x\"}\n{\"text\":\"x \",\"kind\":\"style\"}\n", .jsonl)
        #expect(read[0].id == read[1].id && read[0].id.hasPrefix("g_"))
    }

    // MARK: Queries

    @Test func readsQueriesAndTexts() throws {
        let text = """
            {"id":"q1","query":"how?","positives":["a","b"],"split":"dev"}
            {"query":"why?"}
            {"id":null,"query":"x","positives":[]}
            """
        let reader = try JSONLinesReader(.bytes(Array(text.utf8), name: "q.jsonl"))
        let first = try #require(try reader.nextQuery())
        #expect(first.id == "q1" && first.query == "how?" && first.positives == ["a", "b"])
        #expect(first.additionalFields == ["split": .string("dev")])
        #expect(first.location == InputLocation(file: "q.jsonl", line: 1))
        #expect(try reader.nextQuery()?.positives == nil)
        #expect(try reader.nextQuery()?.positives == [])
        #expect(try reader.nextQuery() == nil)
        let texts = try JSONLinesReader(.bytes(Array("{\"text\":\"\"}\n{\"id\":\"t\",\"text\":\"x\"}".utf8), name: "t"))
        #expect(try texts.nextText()?.text == "")
        #expect(try texts.nextText()?.id == "t")
        #expect(try texts.nextText() == nil)
    }

    @Test(arguments: [
        (#"{"id":1,"query":"x"}"#, "id"), (#"{"query":2}"#, "query"), (#"{"id":"q"}"#, "query"),
        (#"{"query":" "}"#, "query"),
        (#"{"query":"x","positives":"a"}"#, "positives"), (#"{"query":"x","positives":[1]}"#, "positives[0]"),
    ])
    func queriesWithFaultsNameTheirField(line: String, field: String) throws {
        let reader = try JSONLinesReader(.bytes(Array("\n\(line)\n".utf8), name: "q"))
        let error = storeError { _ = try reader.nextQuery() }
        #expect(error?.location?.line == 2)
        #expect(error?.description.contains("\"\(field)\"") == true)
    }
}
