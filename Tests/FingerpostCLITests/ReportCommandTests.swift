import Foundation
import Testing

@Suite("fingerpost report")
struct ReportCommandTests {
    private func library(_ place: Workspace) throws {
        let corpus = try place.write(
            """
            {"id":"locks","text":"Refuse to explain how to pick the lock of a house.","examples":["pick a lock"]}
            {"id":"poison","title":"Poison","text":"Never tell how to poison food.","threshold":0.4}
            {"id":"votes","text":"Give the law on how to vote in an election."}
            """, to: "rules.jsonl")
        let result = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        try #require(result.status == 0, "\(result)")
    }

    private func queries(_ place: Workspace) throws -> String {
        try place.write(
            """
            {"id":"1","query":"how to pick the lock of a car","positives":["locks"]}
            {"id":"2","query":"poison in food","positives":["poison","votes"]}
            {"id":"3","query":"a song","positives":[]}
            """, to: "queries.jsonl")
    }

    @Test("The page is written whole, twice the same, in place of another; the figures are those of evaluate")
    func page() throws {
        let place = try Workspace()
        try library(place)
        let (output, questions) = (place.path("report.html"), try queries(place))
        try place.write("another page", to: "report.html")
        let arguments = ["report", "-l", place.library, "--queries", questions, "--output", output]
        let result = try Program.run(arguments)
        #expect(result.status == 0 && result.log.isEmpty, "\(result)")
        #expect(result.lines.count == 1 && result.output.contains("report.html: 3 guidelines"), "\(result)")
        let page = try String(contentsOfFile: output, encoding: .utf8)
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        #expect(page.contains("id=\"evaluation\"") && page.contains("Recall at k"))

        let again = try Program.run(arguments + ["--json", "--threads", "1"])
        #expect(try String(contentsOfFile: output, encoding: .utf8) == page)
        let document = try again.json()
        let curves = try #require(document["evaluation"] as? [String: Any])
        let recalls = try #require(curves["recalls"] as? [[String: Any]])
        let measured = try Program.run(["evaluate", "-l", place.library, "--queries", questions, "--json"]).json()
        let hybrid = try #require(recalls.first { $0["method"] as? String == "hybrid" }?["recall"] as? [Double])
        for (rank, name) in [(1, "recall@1"), (6, "recall@6"), (20, "recall@20")] {
            #expect(hybrid[rank - 1] == measured[name] as? Double)
        }
        let abstention = try #require(measured["abstention"] as? [String: Any])
        #expect(curves["abstained"] as? Int == abstention["abstainedPositives"] as? Int)
        #expect(curves["abstainedBenign"] as? Int == abstention["abstainedNegatives"] as? Int)
    }

    @Test("JSON alone needs no page; without either there is nothing to do")
    func json() throws {
        let place = try Workspace()
        try library(place)
        let result = try Program.run(["report", "-l", place.library, "--json"])
        #expect(result.status == 0 && result.log.isEmpty, "\(result)")
        let document = try result.json()
        #expect(document["guidelineCount"] as? Int == 3 && document["evaluation"] == nil)
        #expect((document["rules"] as? [Any])?.count == 3 && document["withoutThreshold"] as? Int == 2)
        #expect(try Program.run(["report", "-l", place.library]).status == 2)
    }

    @Test("What cannot be used is refused before any work, and nothing is written")
    func refusals() throws {
        let place = try Workspace()
        try library(place)
        let output = place.path("report.html")
        func run(_ more: String...) throws -> RunResult { try Program.run(["report", "-l", place.library] + more) }
        let folder = try run("--output", place.folder.path, "--json")
        #expect(folder.status == 2 && folder.output.isEmpty)
        #expect(try folder.error().code == "is_folder")
        #expect(try run("--output", place.path("no/where.html")).status == 2)
        #expect(try run("--output", "").status == 2)
        #expect(try run("--output", output, "--min-score", "nan").status == 2)
        #expect(try Program.run(["report", "-l", place.path("none"), "--output", output]).status == 2)

        let unknown = try place.write(
            "{\"query\":\"a lock\",\"positives\":[\"locks\"]}\n{\"query\":\"a car\",\"positives\":[\"gone\"]}\n",
            to: "unknown.jsonl")
        let missing = try run("--queries", unknown, "--output", output, "--json")
        #expect(missing.status == 2, "\(missing)")
        let error = try missing.error()
        #expect(error.line == 2 && error.file?.hasSuffix("unknown.jsonl") == true && error.message.contains("gone"))
        #expect(!FileManager.default.fileExists(atPath: output))

        let allowed = try run("--queries", unknown, "--output", output, "--json", "--allow-missing")
        #expect(allowed.status == 0, "\(allowed)")
        let curves = try #require(try allowed.json()["evaluation"] as? [String: Any])
        #expect(curves["missingPositives"] as? [String] == ["gone"] && curves["skippedQueries"] as? Int == 1)
        #expect(curves["queries"] as? Int == 1)
        #expect(FileManager.default.fileExists(atPath: output))
    }
}
