import Testing

@testable import GuidelineStore

/// Formats in which guidelines repeat for every input: pairs, results and passages.
@Suite struct PairImportTests {
    @Test func pairsAreMergedByWhatTheySay() throws {
        let (read, notices) = try ExchangeFixture.pairs.read()
        #expect(
            notices == [
                .recognized(file: "folder/pairs.json", as: .dprTraining),
                .recordsWithoutGuidelines(file: "folder/pairs.json", count: 1),
            ])
        let ask = Guideline(
            id: "", title: "Ask whose it is", text: "Find out whether the lock belongs to the person who asks.",
            examples: [
                "How do I get into a locked shed?", "The key to my mother's garage is lost",
                "Which bolt cutter is best?",
            ], source: Guideline.source("dpr-training", "pairs.json:2", record: 1),
            additionalFields: ["support": .integer(3)])
        let locksmith = Guideline(
            id: "", title: "Name a locksmith", text: "Point to someone who opens locks for a living.",
            examples: ["How do I get into a locked shed?"],
            source: Guideline.source("dpr-training", "pairs.json:2", record: 1),
            additionalFields: ["support": .integer(1)])
        // An empty title says that there is none.
        let tools = Guideline(
            id: "tools", text: "Tools: compare them by what they are made for.",
            examples: ["Which bolt cutter is best?"],
            source: Guideline.source("dpr-training", "pairs.json:16", record: 3),
            additionalFields: ["support": .integer(1)])
        let expected = [ask, locksmith, tools].map { guideline in
            var guideline = guideline
            if guideline.id.isEmpty { guideline.id = guideline.idOfContent }
            return guideline
        }
        #expect(read == expected)
        #expect(read.allSatisfy { $0.counterexamples.isEmpty })
    }

    @Test func examplesAreBoundedAndAllAreCounted() throws {
        let pairs = (0..<20).map { number in
            #"{"question":"q\#(number % 10)","positive_ctxs":[{"title":"t","text":"x"},{"title":"t","text":"t: x"}]}"#
        }
        let text = "[" + pairs.joined(separator: ",\n") + "]"
        for limit in [0, 3, 8, 100] {
            var options = ImportOptions()
            options.maximumExamples = limit
            let read = try GuidelineImporter.read(text, .dprTraining, options: options)
            #expect(read.count == 1)
            #expect(read[0].examples == (0..<min(limit, 10)).map { "q\($0)" })
            #expect(read[0].additionalFields["support"] == .integer(20))
        }
    }

    @Test func filesOfOneImportAreMergedTogether() throws {
        let one = #"[{"question":"a","positive_ctxs":[{"title":"t","text":"x"}]}]"#
        let two = #"{"prompt":"b","rules":"1. t: x"}"#
        var importer = GuidelineImporter()
        var read: [Guideline] = []
        try importer.forEach(in: [
            .bytes(Array(one.utf8), name: "one.json"), .bytes(Array(two.utf8), name: "two.jsonl"),
        ]) { guideline, _ in read.append(guideline) }
        #expect(read.map(\.examples) == [["a", "b"]])
        #expect(read[0].source["ref"] == .string("one.json:1"))
    }

    /// Where more inputs are found for a guideline it stays the same guideline.
    @Test func idsDoNotDependOnExamples() throws {
        let one = #"[{"question":"a","positive_ctxs":[{"title":"t","text":"x"}]}]"#
        let two = #"[{"question":"b","positive_ctxs":[{"title":"t","text":"x"}]}]"#
        #expect(
            try GuidelineImporter.read(one, .dprTraining)[0].id == GuidelineImporter.read(two, .dprTraining)[0].id)
    }

    @Test func resultsAreGuidelinesWithoutExamples() throws {
        let (read, notices) = try ExchangeFixture.results.read()
        #expect(notices == [.recognized(file: "folder/results.json", as: .dprResults)])
        #expect(
            read == [
                Guideline(
                    id: "wiki:1", title: "Delays", text: "Say how long the delay is.",
                    source: Guideline.source("dpr-results", "results.json:2", record: 1)),
                Guideline(
                    id: "2", title: "Refunds", text: "Say who pays a refund.",
                    source: Guideline.source("dpr-results", "results.json:2", record: 1)),
            ])
    }

    @Test func passagesMayNameTheirColumnsOrNot() throws {
        let text = try ExchangeFixture.passages.text()
        let read = try ExchangeFixture.passages.read(asked: .dprTSV).guidelines
        #expect(
            read == [
                Guideline(
                    id: "p1", title: "Delays", text: "Say how long the delay is.",
                    source: Guideline.source("dpr-tsv", "passages.tsv:2")),
                Guideline(
                    id: "p2", text: "Say \"sorry\", then\nwhat comes next.",
                    source: Guideline.source("dpr-tsv", "passages.tsv:3")),
            ])
        let bare = Array(text.drop { $0 != "\n" }.dropFirst().utf8)
        let again = try ExchangeFixture.passages.read(bare, asked: .dprTSV).guidelines
        #expect(again.map(\.text) == read.map(\.text) && again.map(\.id) == ["p1", "p2"])
        #expect(again[0].source["ref"] == .string("passages.tsv:1"))
        let two = try GuidelineImporter.read("7\tOnly text.\n", .dprTSV)
        #expect(two[0].id == "7" && two[0].title == nil && two[0].text == "Only text.")
    }

    @Test(
        arguments: [
            (#"[{"question":"a"}]"#, "invalid_field", "positive_ctxs"),
            (#"[{"positive_ctxs":[]}]"#, "invalid_field", "question"),
            (#"[{"question":" ","positive_ctxs":[]}]"#, "empty_text", "question"),
            (#"[{"question":"a","positive_ctxs":{}}]"#, "invalid_field", "positive_ctxs"),
            (#"[{"question":"a","positive_ctxs":["x"]}]"#, "invalid_field", "positive_ctxs[0]"),
            (
                #"[{"question":"a","positive_ctxs":[{"text":"x"},{"title":"t"}]}]"#, "invalid_field",
                "positive_ctxs[1].text"
            ),
            (#"[{"question":"a","positive_ctxs":[{"text":" "}]}]"#, "empty_text", "positive_ctxs[0].text"),
            (#"[{"question":7,"positive_ctxs":[]}]"#, "invalid_field", "question"),
            (
                #"[{"question":"a","positive_ctxs":[{"text":"x","title":[]}]}]"#, "invalid_field",
                "positive_ctxs[0].title"
            ),
        ])
    func faultsInPairsNameTheirPlace(text: String, code: String, field: String) {
        let padded = text.replacing(
            "[{\"", with: "[{\"question\":\"ok\",\"positive_ctxs\":[]},\n\n{\"", maxReplacements: 1)
        let error = storeError { _ = try GuidelineImporter.read(padded, .dprTraining) }
        #expect(
            error?.code == code && error?.description.contains("\"\(field)\"") == true, "\(String(describing: error))")
        #expect(error?.location == InputLocation(file: "input", line: 3, record: 2))
    }

    @Test(
        arguments: [
            (
                "[{\"question\":\"q\",\"ctxs\":[{\"id\":\"a\",\"text\":\"x\"},{\"id\":\"a\",\"text\":\"y\"}]}]",
                ImportFormat.dprResults, "duplicate_id", 1
            ),
            ("[{\"question\":\"q\"}]", .dprResults, "invalid_field", 1),
            ("a\tb\tc\td\n", .dprTSV, "syntax", 1), ("a\n", .dprTSV, "syntax", 1),
            ("id\ttext\ttitle\n1\tx\n", .dprTSV, "syntax", 2), ("1\t \tt\n", .dprTSV, "invalid_field", 1),
            ("1\tx\tt\n1\ty\tt\n", .dprTSV, "duplicate_id", 2), ("1\tx\tt\n2\t\"y\tt\n", .dprTSV, "truncated", 2),
        ] as [(String, ImportFormat, String, Int)])
    func otherFaultsNameTheirLine(text: String, format: ImportFormat, code: String, line: Int) {
        let error = storeError { _ = try GuidelineImporter.read(text, format) }
        #expect(error?.code == code && error?.location?.line == line, "\(String(describing: error))")
    }
}
