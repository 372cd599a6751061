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

    @Test func decisionsAreExportedAsTraces() throws {
        let file = place.path("traces.jsonl")
        let export = ["log", "export", "-l", place.library, "--format", "otlp", "-o", file]
        func spans() throws -> [[String: Any]] {
            try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").flatMap { line in
                let resources = try #require(
                    try JSONValueReader.object(String(line))["resourceSpans"] as? [[String: Any]])
                let scopes = try #require(resources.first?["scopeSpans"] as? [[String: Any]])
                return try #require(scopes.first?["spans"] as? [[String: Any]])
            }
        }
        func values(_ span: [String: Any], _ key: String) -> [String] {
            (span["attributes"] as? [[String: Any]] ?? []).filter { $0["key"] as? String == key }
                .compactMap { ($0["value"] as? [String: Any])?["stringValue"] as? String }
        }
        let answer = try Program.run(export + ["--json"]).json()
        #expect(
            answer["decisions"] as? Int == 20 && answer["records"] as? Int == 20
                && answer["format"] as? String == "otlp")
        let all = try spans()
        #expect(all.count == 20)
        #expect(
            all.map { values($0, "fingerpost.decision.id") }
                == (1...2).flatMap { month in (0..<10).map { ["d\(month)\($0)"] } })
        #expect(all.map { values($0, "gen_ai.security.verdict.type") }.count { $0 == ["deny"] } == 4)
        #expect(all.allSatisfy { values($0, "gen_ai.input.messages").isEmpty })
        let first = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!first.contains("text 1"))
        _ = try Program.run(export)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == first)

        let more = ["--style", "openinference", "--with-texts", "--since", "2026-02-01", "--service", "desk"]
        #expect(try Program.run(export + more).status == 0)
        let later = try spans()
        #expect(later.count == 10 && later.allSatisfy { values($0, "openinference.span.kind") == ["GUARDRAIL"] })
        #expect(values(later[0], "input.value") == ["text 2 0 \u{1B}[31m"])
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\"desk\""))
        #expect(
            try Program.run(["log", "export", "-l", place.library, "-o", file, "--style", "microsoft"]).status == 2)
        #expect(try Program.run(export + ["--with-texts", "--without-texts"]).status == 2)
    }

    @Test func gapsAreOnThePageWhereTextsWereKept() throws {
        let page = place.path("page.html")
        func html(_ more: String...) throws -> String {
            let result = try Program.run(["report", "-l", place.library, "--decisions", "-o", page] + more)
            try #require(result.status == 0, "\(result)")
            return try String(contentsOfFile: page, encoding: .utf8)
        }
        #expect(try !html("--no-gaps").contains("id=\"gaps\""))
        #expect(try html("--min-volume", "1").contains("No group of inputs was found"))
        let log = try DecisionLog(in: URL(fileURLWithPath: place.library))
        for number in 0..<30 {
            var record = DecisionRecord(
                time: try #require(LogTime("2026-02-20")), decision: .init(id: "v\(number)", verdict: .allow),
                rail: .input,
                target: "llm_input", check: .init(id: "semantic", kind: "semantic"), verdict: .allow,
                inputHash: ForgettingSubject.hash(of: "v\(number)"))
            let word = TinyEncoder.words[number + 60]
            record.text = number % 2 == 0 ? "vote in the election \(word) <b>" : "poem and song \(word)"
            try log.append([record])
        }
        try log.close()
        let first = try html()
        #expect(first.contains("gap-map-title") && first.contains("vote") && !first.contains("<b>"))
        #expect(try html("--threads", "1") == first && html("--threads", "4") == first)
        #expect(try !html("--examples", "0").contains("vote in the election"))
        let json = try Program.run(["report", "-l", place.library, "--decisions", "-o", page, "--json"]).json()
        #expect(json["gaps"] as? Int ?? 0 > 0)
        #expect(try Program.run(["log", "expire", "-l", place.library, "--texts-after", "1"]).status == 0)
        #expect(try html().contains("the log has kept no text of an input"))
    }
}
