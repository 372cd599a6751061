import Foundation
import GuidelineStore
import Platform
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

    /// Guidelines with thresholds, risks, relations and a status, and inputs that share words with them or with none.
    private static func mixed() -> (guidelines: [Guideline], queries: [EvaluationQuery]) {
        var generator = SplitMix64(seed: 41)
        var guidelines = manyGuidelines(90)
        for index in guidelines.indices {
            if index % 4 == 0 { guidelines[index].threshold = Double.random(in: 0...0.9, using: &generator) }
            if index % 5 == 0 { guidelines[index].examples = [guidelines[(index + 7) % 90].text] }
            if index % 17 == 3 { guidelines[index].status = .shadow }
            guard index % 3 == 0 else { continue }
            let kinds = Guideline.Relation.Kind.allCases
            guidelines[index].relations = [
                Guideline.Relation(type: kinds[index / 3 % kinds.count], target: "g\((index * 7 + 11) % 90)")
            ]
        }
        let words = ["river", "stone", "cloud", "ember", "quartz", "meadow", "harbor", "lantern", "copper", "willow"]
        let queries = (0..<60).map { number in
            let text = (0..<3).map { _ in words[Int.random(in: 0..<10, using: &generator)] }.joined(separator: " ")
            let positives = (0..<(number % 4)).map { _ in "g\(Int.random(in: 0..<90, using: &generator))" }
            return EvaluationQuery(
                id: "q\(number)", text: number % 13 == 5 ? "\(number)" : text, positives: Set(positives))
        }
        return (guidelines, queries)
    }

    private func measured(
        _ queries: [EvaluationQuery], _ library: GuidelineLibrary, minimumScore: Float? = nil,
        method: RetrievalMethod = .hybrid
    ) throws -> EvaluationReport {
        var evaluation = Evaluation.Options()
        evaluation.recallCutoffs = Array(1...20)
        evaluation.retrieval = RetrievalOptions(method: method, minimumScore: minimumScore)
        return try Evaluation.run(queries, in: library, options: evaluation)
    }

    /// Compares a report's figures with those of an evaluation.
    private func compare(
        _ report: LibraryReport, _ queries: [EvaluationQuery], _ library: GuidelineLibrary, minimumScore: Float? = nil
    ) throws {
        let curves = try #require(report.evaluation)
        #expect(curves.queries == queries.count && curves.benignQueries == queries.count { $0.positives.isEmpty })
        for method in RetrievalMethod.allCases {
            let recall = try #require(curves.recalls.first { $0.method == method }).recall
            let metrics = try measured(queries, library, minimumScore: minimumScore, method: method).metrics
            #expect(recall == (1...20).map { metrics.recall(at: $0) })
        }
        let plain = try measured(queries, library, minimumScore: minimumScore)
        #expect(curves.abstained == plain.abstention.abstainedPositiveCount)
        #expect(curves.abstainedBenign == plain.abstention.abstainedNegativeCount)
        #expect(curves.thresholds.count == 51)
        for point in curves.thresholds where Int((point.minimumScore * 50).rounded()) % 7 == 0 {
            let found = try measured(queries, library, minimumScore: Float(point.minimumScore))
            #expect(point.recall == found.metrics.recall(at: 6), "at \(point.minimumScore)")
            #expect(point.falseAlarm == found.abstention.correctRate.map { 1 - $0 }, "at \(point.minimumScore)")
        }
        // Of a theme: the same queries with no positives but the theme's.
        let themes = Dictionary(uniqueKeysWithValues: report.rules.map { ($0.id, $0.theme) })
        for theme in report.themes {
            let own = queries.compactMap { query -> EvaluationQuery? in
                var query = query
                query.positives = query.positives.filter { themes[$0] == theme.number }
                return query.positives.isEmpty ? nil : query
            }
            let coverage = theme.coverage
            #expect(coverage?.queries ?? 0 == own.count)
            guard let coverage, !own.isEmpty else { continue }
            let found = try measured(own, library, minimumScore: minimumScore)
            #expect(abs(coverage.recallAt6 - (found.metrics.recall(at: 6) ?? -1)) < 1e-12)
            #expect(abs(coverage.abstained - (found.abstention.falseRate ?? -1)) < 1e-12)
        }
    }

    @Test("Figures are those of an evaluation, with thresholds, relations and drafts, at every minimum score")
    func evaluation() throws {
        let (guidelines, queries) = Self.mixed()
        let library = try library(guidelines)
        for minimumScore in [nil, 0.45] as [Float?] {
            var options = LibraryReport.Options()
            options.minimumScore = minimumScore
            let report = try library.report(queries: queries, options: options)
            try compare(report, queries, library, minimumScore: minimumScore)
            let curves = try #require(report.evaluation)
            #expect(curves.abstained < queries.count && curves.scores.contains { $0.right > 0 })
            let page = try Page(report.html)
            page.check()
            #expect(page.ids.contains("evaluation"))
        }
    }

    @Test("A calibration is on the page, and in the figures")
    func calibration() throws {
        let library = try library([locks, doses, recipes])
        let inputs = (0..<160).map { number in
            number % 2 == 0
                ? LabelledInput(text: "how can I pick the lock of door \(number)", label: .guidelines(["locks"]))
                : LabelledInput(text: "what to plant in a garden \(number)", label: .benign)
        }
        #expect(try library.report().calibration == nil)
        let options = CalibrationOptions()
        let learned = try library.calibrate(inputs, options: options).calibration
        try library.setCalibration(learned)
        let queries = inputs.prefix(30).enumerated().map { number, input in
            EvaluationQuery(id: "q\(number)", text: input.text, positives: number % 2 == 0 ? ["locks"] : [])
        }
        let report = try library.report(queries: queries)
        try compare(report, queries, library)
        let figures = try #require(report.calibration)
        #expect(figures.threshold == Double(learned.threshold) && figures.isUncertain == learned.isUncertain)
        #expect(figures.falseAlarms.total == 80 && figures.detections.total == 80)
        #expect(figures.detections.low <= figures.detections.rate ?? -1)
        let page = try Page(report.html)
        page.check()
        #expect(page.text.contains("Calibration") && page.text.contains(Figure.decimal(figures.threshold, 4)))
        #expect(page.text.contains("too few inputs") == figures.isUncertain)
    }

    @Test("Positives that are not in the library can be left out")
    func missingPositives() throws {
        let library = try library([locks, doses])
        var options = LibraryReport.Options()
        options.allowsMissingPositives = true
        let queries = [
            EvaluationQuery(id: "both", text: "lock", positives: ["gone", "locks"]),
            EvaluationQuery(id: "none", text: "dose", positives: ["gone", "away"]),
        ]
        let report = try library.report(queries: queries, options: options)
        let curves = try #require(report.evaluation)
        #expect(curves.queries == 1 && curves.skippedQueries == 1 && curves.missingPositives == ["away", "gone"])
        #expect(try Page(report.html).text.contains("2 positives"))
    }

    private static let topics = [
        "locks doors keys", "doses medicine tablets", "elections ballots votes", "loans interest banks",
        "bread yeast flour", "trains tickets platforms",
    ]

    @Test("Themes are not named by what all rules say, nor by words without content")
    func themeNames() throws {
        let guidelines = (0..<120).map { number in
            let topic = Self.topics[number % 6]
            return Guideline(
                id: "g\(number)",
                text: "The assistant should never advise about \(topic), because it harms case\(number).")
        }
        let themes = try library(guidelines).report().themes
        let names = Set(themes.flatMap(\.words))
        #expect(!names.isEmpty && themes.count > 1)
        #expect(names.isDisjoint(with: ["the", "assistant", "should", "never", "about", "because", "harm", "advise"]))
    }

    @Test("A page stays small however many rules there are, and however long what they say is")
    func pageSize() throws {
        var report = try library(manyGuidelines(3)).report(queries: [])
        let limits = LibraryReport.Options()
        let rule = try #require(report.rules.first)
        var guideline = Guideline(id: "g", text: String(repeating: "say \"no\" ", count: 500))
        guideline.title = guideline.text
        let title = guideline.headline
        #expect(title.count == 110)
        report.guidelineCount = 700_000
        report.map = (0..<limits.mapLimit).map { number in
            .init(id: "a-rather-long-id-\(number)", title: title, theme: 1, x: Double(number), y: Double(number % 70))
        }
        report.rules = (0..<limits.ruleLimit).map { number in
            var rule = rule
            (rule.id, rule.title, rule.rival) = ("a-rather-long-id-\(number)", title, "another-rather-long-id")
            return rule
        }
        let html = report.html
        #expect((500_000..<3_000_000).contains(html.utf8.count), "\(html.utf8.count) bytes")
        try Page(html).check()
    }

    @Test("What a chart leaves out is told in its figure")
    func remainder() throws {
        let guidelines = (0..<20).map { Guideline(id: "g\($0)", text: "rule \($0)", tags: ["tag\($0)"]) }
        let html = try library(guidelines).report().html
        let note = try #require(html.range(of: "And 6 more, of at most 1 each."))
        let rest = html[note.upperBound...]
        let end = try #require(rest.range(of: "</figure>"))
        #expect(!rest[..<end.lowerBound].contains("<figure"))
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
