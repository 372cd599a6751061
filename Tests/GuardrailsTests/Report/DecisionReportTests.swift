import Fingerpost
import Foundation
import GuidelineStore
import LinearAlgebra
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@testable import Guardrails

@Suite("The report on decisions")
struct DecisionReportTests {
    private static let nasty = "<script>alert('\"1\"')</script> & \u{202E}evil\u{7}"

    /// What a page is made of; it must be well-formed.
    private final class Page: NSObject, XMLParserDelegate {
        private(set) var elements: [(name: String, attributes: [String: String])] = []
        private(set) var ids: [String] = []
        private(set) var text = ""
        private var isText = true

        init(_ html: String) throws {
            super.init()
            let parser = XMLParser(data: Data(html.utf8))
            parser.delegate = self
            let isWellFormed = parser.parse()
            try #require(isWellFormed, "\(String(describing: parser.parserError)) in line \(parser.lineNumber)")
        }

        func parser(
            _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
            attributes: [String: String]
        ) {
            elements.append((name, attributes))
            isText = name != "style" && name != "script"
            if let id = attributes["id"] { ids.append(id) }
        }
        func parser(_: XMLParser, foundCharacters string: String) { if isText { text += string } }
        func parser(_: XMLParser, didEndElement _: String, namespaceURI _: String?, qualifiedName _: String?) {
            isText = true
        }

        func count(_ name: String) -> Int { elements.count { $0.name == name } }

        /// Nothing from outside; ids once; headings with a scope; pictures with a name, or for the eye alone.
        func check() {
            #expect(Set(ids).count == ids.count)
            for (name, attributes) in elements {
                #expect(!["link", "img", "iframe", "image", "use", "object"].contains(name))
                #expect(Set(attributes.keys).isDisjoint(with: ["src", "style", "onclick", "onload", "srcset"]))
                if let link = attributes["href"] { #expect(ids.contains(String(link.dropFirst()))) }
                if name == "th" { #expect(attributes["scope"] != nil) }
                if name == "svg" {
                    let label = attributes["aria-labelledby"]
                    #expect(
                        attributes["aria-hidden"] == "true" || attributes["focusable"] == "false"
                            || (attributes["role"] == "img" && label.map(ids.contains) == true))
                }
            }
            #expect(count("table") == count("caption"))
        }
    }

    private func report(_ days: [String] = ["2026-01-05", "2026-02-05", "2026-03-05"]) throws -> DecisionReport {
        let tallies = try days.enumerated().flatMap { number, day in
            let time = try #require(LogTime(day))
            return [
                DecisionTally(
                    subject: .decision,
                    circumstances: .init(day: time, rail: .input, libraryVersion: number, model: Self.nasty),
                    counts: .init([.allow: 90, .deny: 10 + number])),
                DecisionTally(
                    subject: .rule(id: Self.nasty, version: 1, threshold: 0.5 + Double(number) / 10),
                    circumstances: .init(day: time, rail: .input, libraryVersion: number),
                    counts: .init([.deny: 10 + number])),
            ]
        }
        return DecisionReport(name: Self.nasty, tallies: tallies) { _ in Self.nasty }
    }

    private func gap(_ number: Int, _ severity: Guideline.Severity, close: Int?) -> GapReport.Gap {
        GapReport.Gap(
            id: "gap-\(number)", name: "\(Self.nasty) \(number)", words: [], volume: 40 / (number + 1) + 1,
            distinctCount: 4, share: 0.1, severityWeight: severity.gapWeight, lack: 0.5, lackInterval: 0.4...0.6,
            need: nil, unmatchedCount: nil,
            examples: [.init(id: nil, text: Self.nasty, count: 1, hash: "", centrality: 1)],
            nearest: [
                .init(
                    id: Self.nasty, title: nil, volume: 1, similarity: 0.3, threshold: nil, matchedCount: 0,
                    reason: .far
                )
            ], times: nil, position: .init(x: Double(number) / 7, y: Double(number % 3)),
            closest: close.map { .init(id: "gap-\($0)", similarity: 0.5) })
    }

    private func findings(_ count: Int) -> DecisionReport.GapFindings {
        let severities = Guideline.Severity.allCases
        let gaps = (0..<count).map { number in
            gap(number, severities[number % severities.count], close: count > 1 ? (number + 1) % count : nil)
        }
        return .init(
            reading: GapReading(),
            report: GapReport(
                gaps: gaps, inputCount: 100, distinctCount: 80, matchedCount: 0, unreadableCount: 3, clusterCount: 9,
                reference: .examples, libraryVersion: 4, guidelineCount: 12, mapShare: 0.625))
    }

    @Test("A section stands where there is something to tell, and only there")
    func sections() throws {
        let empty = try Page(DecisionReport(name: "log", tallies: []).html)
        empty.check()
        #expect(!empty.ids.contains("gaps") && !empty.ids.contains("flips") && !empty.ids.contains("releases"))
        var report = try report()
        report.gaps = .init(reading: GapReading(), report: nil)
        let untold = try Page(report.html)
        untold.check()
        #expect(untold.ids.contains("gaps") && untold.text.contains("kept no text") && untold.count("circle") == 0)
        report.gaps = findings(0)
        #expect(try Page(report.html).text.contains("No group of inputs"))
    }

    @Test("Gaps are a map and a table", arguments: [1, 2, 4, 30, 45])
    func gaps(_ count: Int) throws {
        var report = try report()
        report.gaps = findings(count)
        let page = try Page(report.html)
        page.check()
        let drawn = min(30, count)
        let circles = page.elements.filter { $0.name == "circle" && $0.attributes["class"] == "ground" }
        #expect(circles.count == drawn && page.elements.count { $0.attributes["class"] == "gap-number" } == drawn)
        // Inside the picture, and none on another.
        let places = try circles.map { circle in
            try ["cx", "cy", "r"].map { try #require(circle.attributes[$0].flatMap(Double.init)) }
        }
        for (number, a) in places.enumerated() {
            #expect(a[0] - a[2] >= 0 && a[0] + a[2] <= 900 && a[1] - a[2] >= 0 && a[1] + a[2] <= 520)
            guard count < 30 else { continue }
            for b in places.dropFirst(number + 1) {
                #expect(((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).squareRoot() >= a[2] + b[2])
            }
        }
        #expect(page.text.contains("keeps 62% of") == (count >= 4) && page.text.contains("3 without a known word"))
        #expect(page.elements.contains { $0.attributes["class"] == "joint" } == (count > 1))
        #expect(page.text.contains("The first 30 are drawn") == (count > 30))
    }

    @Test("Flips are counted both ways, by rule, and shown without a text")
    func flips() throws {
        var report = try report()
        var flips = DecisionReport.Flips(candidate: "version 8 \(Self.nasty)", told: 1_234)
        (flips.stopped, flips.passed, flips.other, flips.untold) = (30, 12, 5, 66)
        (flips.repairs, flips.regressions) = (3, 1)
        flips.rules = [.init(id: Self.nasty, title: Self.nasty, stopped: 30, passed: 12)]
        flips.examples = [
            .init(
                decision: Self.nasty, time: try #require(LogTime("2026-03-01T09:30:00Z")), before: .allow, after: .deny,
                rule: "locks", isRepair: false)
        ]
        #expect(flips.count == 47)
        report.flips = flips
        let page = try Page(report.html)
        page.check()
        for part in ["1,234", "47 would", "66 more", "3 become right and 1 wrong", "2026-03-01 09:30", "regression"] {
            #expect(page.text.contains(part), "\(part)")
        }
        flips.rules = (0..<1_500).map { .init(id: "r\($0)") }
        report.flips = flips
        #expect(try Page(report.html).text.contains("The first 1,000 of 1,500 rules are shown."))
    }

    @Test("No text of a user becomes markup, and none turns the text around it")
    func escaping() throws {
        var report = try report()
        report.gaps = findings(5)
        report.flips = DecisionReport.Flips(candidate: Self.nasty, told: 1)
        let html = report.html
        let page = try Page(html)
        page.check()
        #expect(page.count("script") == 1 && !html.contains("\u{202E}") && !html.contains("\u{7}"))
        #expect(html.contains("&lt;script&gt;") && !html.contains("<script>alert"))
    }

    @Test("The same report is the same bytes, whatever order its parts came in")
    func determinism() throws {
        let days = ["2026-01-05", "2026-01-06", "2026-02-05", "2026-03-05"]
        var pages: Set<String> = []
        for _ in 0..<4 {
            var report = try report(days)
            report.gaps = findings(7)
            pages.insert(report.html)
        }
        #expect(pages.count == 1)
    }
}

@Suite("The plane of gaps")
struct GapPlaneTests {
    @Test("Of three directions it keeps every distance")
    func distances() throws {
        let centers = try Matrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0.6, 0.8, 0]])
        let plane = try GapPlane(centers)
        #expect(abs(plane.share - 1) < 1e-4)
        for one in 0..<3 {
            for other in 0..<3 {
                let expected = zip(centers.row(one), centers.row(other)).reduce(0) {
                    $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
                }
                let (a, b) = (plane.positions[one], plane.positions[other])
                #expect(abs((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) - expected) < 1e-4)
            }
        }
        #expect(plane.closest.map { $0?.place } == [1, 2, 1])
        #expect(abs((plane.closest[2]?.similarity ?? 0) - 0.6) < 1e-6)
    }

    @Test("Of more directions it keeps a part, and of none or one all")
    func share() throws {
        let corners = (0..<6).map { corner in (0..<6).map { Float($0 == corner ? 1 : 0) } }
        #expect(abs(try GapPlane(Matrix(corners)).share - 0.4) < 1e-4)
        #expect(try GapPlane(Matrix(rows: 0, columns: 0)).positions.isEmpty)
        let one = try GapPlane(Matrix([[1, 0]]))
        #expect(one.positions == [.init(x: 0, y: 0)] && one.closest[0] == nil && one.share == 1)
        let same = try GapPlane(Matrix([[1, 0], [1, 0]]))
        #expect(same.positions.allSatisfy { $0 == .init(x: 0, y: 0) } && same.share == 1)
    }
}
