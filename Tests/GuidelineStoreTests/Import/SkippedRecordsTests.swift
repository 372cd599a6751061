import Testing

@testable import GuidelineStore

/// Records that cannot be used are passed over where it is asked for, and what hides the rest of a file is not.
@Suite struct SkippedRecordsTests {
    private func read(
        _ text: String, _ format: ImportFormat, options: ImportOptions = ImportOptions()
    ) -> (texts: [String], faults: [String], end: GuidelineStoreError?) {
        read(Array(text.utf8), format, options: options)
    }

    private func read(
        _ bytes: [UInt8], _ format: ImportFormat, options: ImportOptions = ImportOptions()
    ) -> (texts: [String], faults: [String], end: GuidelineStoreError?) {
        var importer = GuidelineImporter(options: options)
        var texts: [String] = []
        var faults: [String] = []
        let end = storeError {
            try importer.forEach(
                in: .bytes(bytes, name: "f"), format: format,
                fault: { faults.append("\($0.code):\($0.location?.line ?? 0)") }
            ) { guideline, _ in texts.append(guideline.text) }
        }
        return (texts, faults, end)
    }

    @Test func linesOfJSON() {
        let text = """
            {"text":"one"}
            {"text":
            {"id":"a","text":"two"}
            [1]
            {"text":"x","severity":"dire"}
            {"id":"a","text":"again"}
            {"text":" "}
            {"id":"b"}
            {"text":"three"}
            {"text":"cut
            """
        let result = read(text, .jsonl)
        #expect(result.texts == ["one", "two", "three"] && result.end == nil)
        #expect(
            result.faults == [
                "syntax:2", "syntax:4", "invalid_field:5", "duplicate_id:6", "empty_text:7", "invalid_field:8",
                "truncated:10",
            ])
    }

    @Test(arguments: [64, 100, 4096])
    func longLinesAndBadBytes(bufferLength: Int) {
        var options = ImportOptions()
        options.maximumRecordLength = 200
        options.bufferLength = bufferLength
        let long = "{\"text\":\"" + String(repeating: "x", count: 5_000) + "\"}\n"
        var bytes = Array((long + "{\"text\":\"one\"}\n").utf8)
        bytes += Array("{\"text\":\"".utf8) + [0xFF] + Array("\"}\n".utf8) + Array("{\"text\":\"two\"}\n".utf8)
        bytes += Array(long.dropLast().utf8)
        let result = read(bytes, .jsonl, options: options)
        #expect(result.texts == ["one", "two"] && result.end == nil, "\(result)")
        #expect(result.faults == ["too_long:1", "not_utf8:3", "too_long:5"])
    }

    @Test func nothingButFaultsIsNoEmptyFile() {
        #expect(read("nonsense\n", .jsonl).end == nil)
        #expect(read("id,text\na\n", .csv).end == nil)
        #expect(read("[7]", .json).end == nil)
        #expect(read("- 7\n", .yaml).end == nil)
        #expect(read("", .jsonl).end?.code == "empty_file")
    }

    @Test func rowsOfATable() {
        let text = "id,text\na,one\nb\nc,\"two\" x\nd,three\na,four\ne,\n\nf,five\n"
        let result = read(text, .csv)
        #expect(result.texts == ["one", "three", "five"] && result.end == nil)
        #expect(result.faults == ["syntax:3", "syntax:4", "duplicate_id:6", "invalid_field:7"])
        // A quote that is never closed hides all that follows it.
        let open = read("id,text\na,one\nb,\"two\nc,three\n", .csv)
        #expect(open.texts == ["one"] && open.faults.isEmpty && open.end?.code == "truncated")
        #expect(open.end?.location?.line == 3)
    }

    @Test func recordsOfADocument() {
        let json = read("[{\"text\":\"one\"},\n7,\n{\"text\":7},\n{\"text\":\"two\"}]", .json)
        #expect(json.texts == ["one", "two"] && json.faults == ["syntax:2", "invalid_field:3"] && json.end == nil)
        let broken = read("[{\"text\":\"one\"},\n{\"text\":tru},\n{\"text\":\"two\"}]", .json)
        #expect(broken.texts == ["one"] && broken.end?.code == "syntax" && broken.end?.location?.line == 2)
        let yaml = read("- text: one\n- 7\n- {text: x, kind: nice}\n- text: two\n", .yaml)
        #expect(yaml.texts == ["one", "two"] && yaml.faults == ["syntax:2", "invalid_field:3"] && yaml.end == nil)
        let markdown = read("# A\none\n# B {#b kind}\ntwo\n# C {kind=nice}\nthree\n# D\nfour\n", .markdown)
        #expect(markdown.texts == ["one", "four"] && markdown.end == nil)
        #expect(markdown.faults == ["syntax:3", "invalid_field:5"])
    }

    /// A record of which one part is wrong leaves nothing behind.
    @Test func pairsArePassedOverAsAWhole() {
        let text = """
            [{"question":"a","positive_ctxs":[{"title":"t","text":"one"}]},
             {"question":"b","positive_ctxs":[{"title":"t","text":"one"},{"title":"u","text":"two"},{"title":"v"}]}]
            """
        var importer = GuidelineImporter()
        var read: [Guideline] = []
        var faults: [GuidelineStoreError] = []
        let end = storeError {
            try importer.forEach(
                in: .bytes(Array(text.utf8), name: "f"), format: .dprTraining, fault: { faults.append($0) }
            ) { guideline, _ in read.append(guideline) }
        }
        #expect(end == nil && read.map(\.text) == ["one"] && read[0].examples == ["a"])
        #expect(faults.map(\.location?.record) == [2])
    }

    @Test func withoutTheFlagTheFirstFaultStops() {
        let error = storeError { _ = try GuidelineImporter.read("{\"text\":\"one\"}\n{\n{\"text\":\"two\"}\n", .jsonl) }
        #expect(error?.location?.line == 2)
    }
}
