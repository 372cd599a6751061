import Foundation
import Testing

@Suite("fingerpost review in scripts")
struct ReviewCommandTests {
    @Test("A file of decisions is carried out, with a summary")
    func decisions() throws {
        let place = try Workspace.drafts()
        let file = try place.write(
            """
            {"id":"d1","decision":"edit","text":"Refuse to explain how to pick any lock.","risk":["mlc:ncr"]}
            {"id":"d2","decision":"reject","reason":"wrong"}
            {"id":"d3","decision":"merge","into":"g2"}
            """, to: "decisions.jsonl")
        let result = try Program.run([
            "review", "-l", place.library, "--decisions", file, "--reviewer", "R. Lee", "--json",
        ])
        #expect(result.status == 0 && result.log.isEmpty, "\(result)")
        let answer = try result.json()
        #expect(answer["library"] as? String == place.library && answer["libraryVersion"] as? Int == 2)
        #expect(
            answer["decisions"] as? [String: Int] == ["approve": 0, "shadow": 0, "edit": 1, "reject": 1, "merge": 1])
        #expect(answer["left"] as? Int == 1 && answer["undone"] as? Int == 0)
        #expect(try place.review("d2") == ["reject", "retired", "R. Lee", "wrong"])
        #expect(try place.record("d1")["risk"] as? [String] == ["mlc:ncr"])
        #expect(try place.record("g2")["support"] as? Int == 5)
        let more = try Program.run(
            ["review", "-l", place.library, "--decisions", "-"], input: #"{"id":"d4","decision":"shadow"}"#)
        #expect(more.output == "1 decision: 1 approved as shadow; 0 left\n", "\(more)")
        let search = try Program.run(["search", "pick any lock", "-l", place.library, "--json"]).json()
        #expect(((search["matches"] as? [[String: Any]])?.first)?["id"] as? String == "d1")
    }

    @Test("A file with faults changes nothing and tells each of them with its line")
    func faults() throws {
        let place = try Workspace.drafts()
        let file = try place.write(
            """
            {"id":"d1","decision":"approve"}
            {"id":"nothing","decision":"approve"}
            {"id":"g1","decision":"reject"}
            {"id":"d2","decision":"merge","into":"d2"}

            {"id":"d3","decision":"keep"}
            {"id":"d1","decision":"reject"}
            {"id":"d4","decision":"edit","text":"  "}
            """, to: "decisions.jsonl")
        let result = try Program.run(["review", "-l", place.library, "--decisions", file, "--json"])
        #expect(result.status == 2 && result.output.isEmpty, "\(result)")
        #expect(try result.error().code == "decisions_not_applied")
        let lines = try result.log.split(separator: "\n").dropLast().map { try JSONValueReader.object(String($0)) }
        #expect(lines.map { $0["line"] as? Int } == [2, 3, 4, 6, 7, 8])
        #expect(
            lines.map { $0["code"] as? String } == [
                "unknown_id", "not_in_review", "invalid_target", "invalid_decision", "decided_twice", "empty_text",
            ])
        #expect(try place.review("d1") == nil)
        let text = try Program.run(["review", "-l", place.library, "--decisions", file])
        #expect(text.status == 2 && text.log.contains("decisions.jsonl:2: the library has no guideline"), "\(text)")

        let broken = try place.write("{\"id\":\"d1\",\"decision\":\"approve\"}\n{\"id\":", to: "broken.jsonl")
        let syntax = try Program.run(["review", "-l", place.library, "--decisions", broken, "--json"])
        #expect(syntax.status == 2, "\(syntax)")
        #expect(try syntax.error().line == 2)
        #expect(try place.review("d1") == nil)
    }

    @Test("The queue is listed with neighbours and findings, the same each time")
    func list() throws {
        let place = try Workspace.drafts()
        let result = try Program.run(["review", "-l", place.library, "--list", "--json"])
        #expect(result.status == 0 && result.log.isEmpty, "\(result)")
        let items = try result.lines.map(JSONValueReader.object)
        #expect(items.map { $0["id"] as? String } == ["d1", "d2", "d3", "d4"])
        let nearest = try #require(items[2]["nearest"] as? [[String: Any]])
        #expect(nearest.first?["id"] as? String == "g2" && nearest.first?["status"] as? String == "active")
        #expect((nearest.first?["similarity"] as? Double ?? 0) > 0.5 && nearest.count == 5)
        let findings = try #require(items[0]["findings"] as? [[String: Any]])
        #expect(findings.contains { $0["rule"] as? String == "no-examples" })
        #expect(try Program.run(["review", "-l", place.library, "--list", "--json"]).output == result.output)

        let text = try Program.run(["review", "-l", place.library, "--list", "--order", "id", "--limit", "2"])
        #expect(text.lines.count == 4 && text.lines[1].contains("Pick no lock"), "\(text)")
        #expect(text.lines[3] == "4 guidelines waiting, 2 not shown")
        let filtered = try Program.run(["review", "-l", place.library, "--list", "--filter", "id = d4", "--json"])
        #expect(filtered.lines.count == 1)
        let active = try Program.run(["review", "-l", place.library, "--list", "--status", "active", "--json"])
        #expect(active.lines.count == 2)
    }

    @Test(
        "Wrong uses are told",
        arguments: [
            [], ["--list", "--decisions", "-"], ["--status", "retired", "--list"], ["--order", "age", "--list"],
            ["--limit", "3"], ["--limit", "0", "--list"], ["--reviewer", " ", "--list"],
            ["--filter", "severity >", "--list"], ["--decisions", "missing.jsonl"],
        ])
    func usage(arguments: [String]) throws {
        let place = try Workspace.drafts()
        let result = try Program.run(["review", "-l", place.library] + arguments)
        #expect(result.status == 2 && result.output.isEmpty && result.log.contains("rror"), "\(result)")
        if arguments.isEmpty { #expect(result.log.contains("there is no terminal to review at")) }
        let json = try Program.run(["review", "-l", place.library, "--json"] + arguments)
        #expect(json.status == 2, "\(json)")
        #expect(try !json.error().message.isEmpty)
    }
}
