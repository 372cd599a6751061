import Foundation
import Testing

@Suite("fingerpost dedup")
struct DedupCommandTests {
    private static let rules = """
        {"id":"a","text":"Refuse to explain how to pick the lock of a house.","support":3,"examples":["pick a lock"]}
        {"id":"b","text":"refuse to explain how to pick the lock of a house"}
        {"id":"c","text":"Refuse to explain how to pick a lock of the house.","source":{"ref":"c.md"}}
        {"id":"d","text":"Explain how to pick the lock of a house."}
        {"id":"e","text":"Ask the doctor for the dose of the medicine."}
        """

    private func library(_ place: Workspace) throws {
        let corpus = try place.write(Self.rules, to: "rules.jsonl")
        let result = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        try #require(result.status == 0, "\(result)")
    }

    @Test("A plan is written, edited, applied; a second one is empty")
    func plan() throws {
        let place = try Workspace()
        try library(place)
        let plan = place.path("plan.jsonl")
        let result = try Program.run(["dedup", "-l", place.library, "--plan", plan, "--tiers", "exact,fuzzy"])
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("5 guidelines: 2 duplicates (exact 1, fuzzy 1) in 1 group, 3 left"), "\(result)")
        #expect(result.output.contains("opposite polarity (1, all kept)"))
        let lines = try String(contentsOfFile: plan, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix(#"{"plan":"fingerpost-dedup","format":1,"#))
        #expect(lines[1].hasPrefix(#"{"accept":true,"kept":{"hash":"#))

        let declined = try place.write(
            [lines[0], lines[1].replacing("\"accept\":true", with: "\"accept\":false")].joined(separator: "\n"),
            to: "declined.jsonl")
        let nothing = try Program.run(["dedup", "-l", place.library, "--apply", declined, "--json"])
        #expect(try nothing.json()["merged"] as? Int == 0)

        let applied = try Program.run(["dedup", "-l", place.library, "--apply", plan])
        #expect(applied.status == 0 && applied.output == "1 group merged: 2 guidelines retired\n", "\(applied)")
        let info = try Program.run(["info", "-l", place.library, "--json"]).json()
        #expect(info["byStatus"] as? [String: Int] == ["active": 3, "retired": 2])
        let again = try Program.run([
            "dedup", "-l", place.library, "--plan", plan, "--tiers", "exact,fuzzy", "--json",
        ])
        #expect(try again.json()["duplicates"] as? Int == 0)
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
    }

    @Test("A plan is refused once the library has changed")
    func changed() throws {
        let place = try Workspace()
        try library(place)
        let plan = place.path("plan.jsonl")
        #expect(try Program.run(["dedup", "-l", place.library, "--plan", plan, "--tiers", "fuzzy"]).status == 0)
        let other = try place.write(#"{"id":"b","text":"help a stranger"}"#, to: "other.jsonl")
        #expect(try Program.run(["build", other, "-l", place.library]).status == 0)
        let refused = try Program.run(["dedup", "-l", place.library, "--apply", plan, "--json"])
        #expect(refused.status == 2)
        #expect(try refused.error().code == "outdated_plan" && refused.error().message.contains("\"b\""))
        let forced = try Program.run(["dedup", "-l", place.library, "--apply", plan, "--force", "--json"])
        #expect(forced.status == 0, "\(forced)")
        #expect(try forced.json()["skipped"] as? [String] == ["b"])
    }

    @Test("Files: the same bytes on any number of threads, the support conserved, the JSON's shape")
    func files() throws {
        let place = try Workspace()
        let corpus = try place.write(Self.rules + "\n" + Workspace.rules(0..<400), to: "rules.jsonl")
        var outputs: [Data] = []
        for threads in ["1", "2"] {
            let output = place.path("distinct-\(threads).jsonl")
            let result = try Program.run([
                "dedup", corpus, "--output", output, "--tiers", "exact,fuzzy,semantic", "--encoder", place.encoder,
                "--threads", threads, "--json",
            ])
            #expect(result.status == 0, "\(result)")
            let summary = try result.json()
            #expect(
                Set(summary.keys) == [
                    "output", "guidelines", "duplicates", "remaining", "groups", "conflicts", "byTier", "largest",
                    "borderline", "sampleConflicts", "seconds",
                ])
            #expect(summary["guidelines"] as? Int == 405)
            #expect((summary["byTier"] as? [String: Int]).map { Set($0.keys) } == ["exact", "fuzzy", "semantic"])
            outputs.append(try Data(contentsOf: URL(fileURLWithPath: output)))
        }
        #expect(outputs[0] == outputs[1])
        let kept = try String(decoding: outputs[0], as: UTF8.self).split(separator: "\n").map {
            try JSONValueReader.object(String($0))
        }
        #expect(kept.reduce(0) { $0 + ($1["support"] as? Int ?? 1) } == 407)
        let first = try #require(kept.first { $0["id"] as? String == "a" })
        #expect((first["merged"] as? [[String: Any]])?.compactMap { $0["id"] as? String }.prefix(2) == ["b", "c"])
    }

    @Test("Through a pipe")
    func pipe() throws {
        let place = try Workspace()
        let output = place.path("distinct.jsonl")
        let result = try Program.run(
            ["dedup", "-", "--output", output, "--tiers", "exact", "--json"], input: Self.rules)
        #expect(result.status == 0, "\(result)")
        #expect(try result.json()["remaining"] as? Int == 4)
        #expect(try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").count == 4)
    }

    @Test("What makes no sense is a usage error")
    func usage() throws {
        let place = try Workspace()
        for arguments in [
            [], ["rules.jsonl"], ["-l", place.library], ["-l", place.library, "--plan", "p", "--apply", "p"],
            ["rules.jsonl", "--output", "x", "--fuzzy", "0"], ["rules.jsonl", "--output", "x", "--semantic", "1.5"],
            ["rules.jsonl", "--output", "x", "--tiers", "exact,odd"],
            ["rules.jsonl", "-l", place.library, "--plan", "p"],
            ["-l", place.library, "--plan", "p", "--remove"], ["-", "-", "--output", "x"],
        ] {
            #expect(try Program.run(["dedup"] + arguments).status == 2, "\(arguments)")
        }
        let missing = try Program.run(["dedup", place.path("none.jsonl"), "--output", place.path("x"), "--json"])
        #expect(missing.status == 2)
        #expect(try missing.error().code == "file_not_found")
        let bad = try place.write("{\"text\":\"x\"}\n{\"text\":1}\n", to: "bad.jsonl")
        let failed = try Program.run(["dedup", bad, "--output", place.path("x"), "--json"])
        #expect(try failed.status == 2 && failed.error().line == 2)
        #expect(!FileManager.default.fileExists(atPath: place.path("x")))
    }
}
