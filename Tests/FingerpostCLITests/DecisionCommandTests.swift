import Foundation
import GuidelineStore
import Testing

@Suite("fingerpost log, trend, report --decisions")
struct DecisionCommandTests {
    private let place: Workspace

    init() throws {
        place = try Workspace()
        let rules = try place.write(#"{"id":"locks","title":"No burglary","text":"pick the lock"}"#, to: "rules.jsonl")
        let built = try Program.run(["build", rules, "-l", place.library, "--encoder", place.encoder])
        try #require(built.status == 0, "\(built)")
        let log = try DecisionLog(in: URL(fileURLWithPath: place.library))
        // Ten a month; three of them denied in January, one in February, when another library is used.
        for month in 1...2 {
            for number in 0..<10 {
                let isDenied = number < (month == 1 ? 3 : 1)
                let time = try #require(LogTime("2026-0\(month)-\(number + 10)"))
                var record = DecisionRecord(
                    time: time, decision: .init(id: "d\(month)\(number)", verdict: isDenied ? .deny : .allow),
                    rail: .input,
                    target: "llm_input", check: .init(id: "semantic", kind: "semantic"),
                    verdict: isDenied ? .deny : .allow,
                    inputHash: ForgettingSubject.hash(of: "text \(month) \(number)"))
                record.libraryVersion = month
                record.text = "text \(month) \(number) \u{1B}[31m"
                record.conversationID = "c\(number)"
                if isDenied {
                    record.matched = [.init(id: "locks", version: 1, score: 0.8, threshold: 0.5, rank: 1, via: "text")]
                }
                try log.append([record])
            }
        }
        try log.close()
    }

    @Test func decisionsAreShownAndNoted() throws {
        let shown = try Program.run(["log", "show", "-l", place.library, "--verdict", "deny", "--json"])
        #expect(shown.status == 0 && shown.lines.count == 4, "\(shown)")
        #expect(shown.lines[0].contains(#""decision":{"id":"d10""#))
        let table = try Program.run(["log", "show", "-l", place.library, "--limit", "5"])
        #expect(
            table.lines.count == 7 && table.lines[1].hasPrefix("d29") && !table.output.contains("\u{1B}"), "\(table)")
        #expect(table.lines[6] == "the last 5 of 20 decisions")

        let noted = try Program.run([
            "log", "note", "d10", "-l", place.library, "--review", "false_alarm", "--reviewer", "ann", "--json",
        ]).json()
        #expect((noted["note"] as? [String: String])?["review"] == "false_alarm")
        let one = try Program.run(["log", "show", "d10", "-l", place.library])
        #expect(
            one.output.contains("locks .800 of .500 via text") || one.output.contains("locks 0.800 of 0.500 via text"),
            "\(one)")
        #expect(one.output.contains("false_alarm, by ann"))

        let unknown = try Program.run(["log", "note", "d1", "-l", place.library, "--review", "right", "--json"])
        #expect(unknown.status == 2)
        #expect(try unknown.error().code == "unknown_decision")
        #expect(try Program.run(["log", "note", "d10", "-l", place.library]).status == 2)
    }

    @Test func whatIsExportedIsImported() throws {
        let file = place.path("decisions.jsonl")
        let answer = try Program.run(["log", "export", "-l", place.library, "-o", file, "--json"]).json()
        #expect(answer["records"] as? Int == 20)
        let other = place.path("other")
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        #expect(try Program.run(["log", "import", file, "-l", other, "--json"]).json()["new"] as? Int == 20)
        #expect(try Program.run(["log", "import", file, "-l", other, "--json"]).json()["new"] as? Int == 0)
        let bad = try place.write("{}\n", to: "bad.jsonl")
        let refused = try Program.run(["log", "import", bad, "-l", other, "--json"])
        #expect(refused.status == 2)
        #expect(try refused.error().line == 1)
    }

    @Test func decisionsAreForgottenAndExpire() throws {
        #expect(
            try Program.run(["log", "forget", "-l", place.library, "--conversation", "c3", "--json"]).json()["records"]
                as? Int == 2)
        #expect(
            try Program.run(["log", "forget", "-l", place.library, "--text", "text 1 4", "--json"]).json()["records"]
                as? Int == 1)
        let expired = try Program.run(["log", "expire", "-l", place.library, "--texts-after", "0", "--json"]).json()
        #expect(expired["texts"] as? Int == 17 && expired["records"] as? Int == 0)
        #expect(try Program.run(["log", "expire", "-l", place.library]).status == 2)
        #expect(try Program.run(["log", "forget", "-l", place.library]).status == 2)
        let all = try Program.run(["log", "collect", "-l", place.library, "--json"]).json()
        #expect(all["records"] as? Int == 17 && all["entries"] as? Int == 0)
    }

    @Test func theTrendHasMarksAndWarns() throws {
        let answer = try Program.run(["trend", "-l", place.library, "--by", "rule", "--json"]).json()
        #expect(
            Set(answer.keys) == [
                "library", "period", "by", "total", "periods", "series", "omittedSeries", "marks", "comparisons",
                "releases",
            ])
        let periods = try #require(answer["periods"] as? [[String: Any]])
        #expect(periods.map { $0["beginning"] as? String } == ["2026-01-01", "2026-02-01"])
        #expect(periods.map { $0["interventions"] as? Int } == [3, 1])
        let marks = try #require(answer["marks"] as? [[String: Any]])
        #expect(marks.map { $0["kind"] as? String } == ["library"] && marks[0]["day"] as? String == "2026-02-10")
        let series = try #require(answer["series"] as? [[String: Any]])
        #expect(series.map { $0["name"] as? String } == ["locks"])
        let text = try Program.run(["trend", "-l", place.library])
        #expect(text.status == 0 && text.output.contains("2026-01") && text.output.contains("300.0"), "\(text)")
        #expect(text.output.contains("library version 1 -> 2"))
        let none = try Program.run(["trend", "-l", place.path("nowhere"), "--json"])
        #expect(none.status == 2)
        #expect(try none.error().code == "nothing_to_learn")
    }

    @Test func thePageIsWrittenAndTheSameEachTime() throws {
        let page = place.path("page.html")
        let result = try Program.run(["report", "-l", place.library, "--decisions", "-o", page, "--json"]).json()
        #expect(
            result["decisions"] as? Int == 20 && result["interventions"] as? Int == 4 && result["rules"] as? Int == 1)
        let first = try String(contentsOfFile: page, encoding: .utf8)
        _ = try Program.run(["report", "-l", place.library, "--decisions", "-o", page])
        #expect(try String(contentsOfFile: page, encoding: .utf8) == first)
        #expect(first.contains("No burglary") && !first.contains("src=") && !first.contains("://"))
        #expect(try Program.run(["report", "-l", place.library, "--decisions"]).status == 2)
    }
}
