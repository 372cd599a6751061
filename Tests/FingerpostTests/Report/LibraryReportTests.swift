import Foundation
import GuidelineStore
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@testable import Fingerpost

@Suite("The report on a library")
struct LibraryReportTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func library(_ guidelines: [Guideline]) throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        if !guidelines.isEmpty { try library.add(guidelines) }
        return library
    }

    /// Text, elements and attributes of a page, which must be well-formed.
    private final class Page: NSObject, XMLParserDelegate {
        var text = ""
        var elements: [String] = []
        var attributes: [(name: String, value: String)] = []
        var ids: [String] = []
        private var isText = true

        init(_ html: String) throws {
            super.init()
            let parser = XMLParser(data: Data(html.utf8))
            parser.delegate = self
            let isWellFormed = parser.parse()
            try #require(isWellFormed, "\(String(describing: parser.parserError)) in line \(parser.lineNumber)")
        }

        func parser(
            _: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes values: [String: String]
        ) {
            elements.append(name)
            isText = name != "style" && name != "script"
            attributes += values.map { ($0.key, $0.value) }
            if let id = values["id"] { ids.append(id) }
        }

        func parser(_: XMLParser, foundCharacters string: String) { if isText { text += string } }
        func parser(_: XMLParser, didEndElement _: String, namespaceURI _: String?, qualifiedName _: String?) {
            isText = true
        }

        /// The page is whole, its headings are in order, and it asks for nothing from outside.
        func check() {
            let levels = elements.compactMap { $0.count == 2 && $0.first == "h" ? Int($0.dropFirst()) : nil }
            #expect(levels.first == 1 && levels.count { $0 == 1 } == 1)
            #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
            #expect(Set(ids).count == ids.count)
            #expect(!elements.contains { ["link", "img", "iframe", "image", "use", "object", "embed"].contains($0) })
            for (name, value) in attributes {
                #expect(!["src", "srcset", "style", "onclick", "onload", "onerror"].contains(name))
                if name == "href" { #expect(value.first == "#" && ids.contains(String(value.dropFirst()))) }
            }
        }
    }

    private static let queries = [
        EvaluationQuery(id: "a", text: "how can I pick my neighbour's lock", positives: ["locks"]),
        EvaluationQuery(id: "b", text: "how many tablets may my baby have", positives: ["doses"]),
        EvaluationQuery(id: "c", text: "zzz", positives: ["recipes"]),
        EvaluationQuery(id: "d", text: "what is the time", positives: []),
    ]

    @Test(
        "Libraries of no, one and many rules give a well-formed page that needs nothing else",
        arguments: [0, 1, 2, 3, 400])
    func sizes(_ count: Int) throws {
        let report = try library(manyGuidelines(count)).report()
        let html = report.html
        let page = try Page(html)
        page.check()
        #expect(report.guidelineCount == count && report.map.count == count && report.rules.count == count)
        #expect(report.themes.reduce(0) { $0 + $1.count } == count)
        #expect(report.themes.map(\.number) == Array(1..<(report.themes.count + 1)))
        #expect(report.themes.map(\.count) == report.themes.map(\.count).sorted(by: >))
        #expect(report.evaluation == nil && !page.ids.contains("evaluation"))
        #expect(
            !html.contains("url(") && !html.contains("@import") && !html.contains("http:") && !html.contains("https:"))
        #expect(html.contains("default-src &#39;none&#39;"))
    }

    @Test("The same library and queries give the same bytes, at any number of threads, opened again")
    func determinism() throws {
        var first: [String] = []
        let library = try library([locks, doses, recipes] + manyGuidelines(150))
        for threads in [1, 4] {
            var options = LibraryReport.Options()
            options.threads = threads
            first.append(try library.report(queries: Self.queries, options: options).html)
        }
        try library.close()
        let again = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: wordOptions())
        first.append(try again.report(queries: Self.queries).html)
        #expect(Set(first).count == 1)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let documents = try (0..<2).map { _ in try encoder.encode(again.report(queries: Self.queries)) }
        #expect(documents[0] == documents[1])
    }

    private func wordOptions() -> LibraryOptions { options() }

    @Test("No text of a user becomes markup, and none turns the text around it")
    func escaping() throws {
        let nasty = "<script>alert('\"1\"')</script> & \u{202E}evil\u{7}\u{FFFE}"
        let guidelines = [
            Guideline(
                id: "<b id=\"x\">", title: nasty, text: "</style><img src='https://example.org'>",
                risk: ["a\"onload=1"],
                tags: ["<i>"], language: "en"),
            Guideline(id: "plain", text: "words of their own", examples: ["\u{0}<!--"]),
        ]
        let queries = [EvaluationQuery(id: "<q>", text: nasty, positives: ["plain"])]
        let html = try library(guidelines).report(queries: queries).html
        let page = try Page(html)
        page.check()
        #expect(page.elements.count { $0 == "script" } == 1)
        #expect(!page.elements.contains("b") && !page.elements.contains("i"))
        #expect(page.text.contains("<script>alert('\"1\"')</script> & \u{FFFD}evil\u{FFFD}"))
        #expect(!html.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{7}" || $0 == "\u{FFFE}" })
    }

    @Test("Figures of the evaluation are those of the answers")
    func evaluation() throws {
        let library = try library([locks, doses, recipes])
        let report = try library.report(queries: Self.queries)
        let curves = try #require(report.evaluation)
        #expect(curves.queries == 4 && curves.benignQueries == 1)
        for method in RetrievalMethod.allCases {
            let recall = try #require(curves.recalls.first { $0.method == method }).recall
            #expect(recall.count == 20 && zip(recall, recall.dropFirst()).allSatisfy { $0 <= $1 })
            var evaluation = Evaluation.Options()
            evaluation.retrieval.method = method
            let measured = try Evaluation.run(Self.queries, in: library, options: evaluation)
            #expect(recall[5] == measured.metrics.recall(at: 6))
        }
        let recalls = curves.thresholds.compactMap(\.recall)
        let alarms = curves.thresholds.compactMap(\.falseAlarm)
        #expect(recalls.count == 51 && zip(recalls, recalls.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(alarms.count == 51 && zip(alarms, alarms.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(curves.scores.reduce(0) { $0 + $1.right } == 3 - curves.misses.count)
        let page = try Page(report.html)
        page.check()
        #expect(page.ids.contains("evaluation"))
    }

    @Test("A positive that is not in the library is an error")
    func unknownPositive() throws {
        let library = try library([locks])
        #expect(throws: FingerpostError.unknownPositive(id: "gone", query: "q", nil)) {
            try library.report(queries: [EvaluationQuery(id: "q", text: "lock", positives: ["gone"])])
        }
    }

    @Test("Rules without examples, thresholds beyond all bounds, and limits")
    func limits() throws {
        var guidelines = manyGuidelines(60)
        for (index, threshold) in [-7.5, -0.05, 0, 0.41, 1, 99].enumerated() { guidelines[index].threshold = threshold }
        var options = LibraryReport.Options()
        (options.mapLimit, options.ruleLimit) = (10, 7)
        let report = try library(guidelines).report(options: options)
        #expect(report.exampleCount == 0 && report.themes.allSatisfy { $0.withExamples == 0 })
        #expect(report.withoutThreshold == 54 && report.thresholds.reduce(0) { $0 + $1.count } == 6)
        #expect(report.map.count == 10 && report.rules.count == 7)
        let page = try Page(report.html)
        page.check()
        #expect(page.text.contains("Shown are 10 of 60"))
    }
}
