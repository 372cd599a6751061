import Foundation
import Testing

@Suite("fingerpost check")
struct CheckCommandTests {
    private func library(_ place: Workspace) throws {
        let rules = try place.write(#"{"id":"locks","text":"pick the lock","threshold":0.6}"#, to: "rules.jsonl")
        try #require(try Program.run(["build", rules, "-l", place.library, "--encoder", place.encoder]).status == 0)
    }

    @Test func verdictsAreExitStatuses() throws {
        let place = try Workspace()
        try library(place)
        #expect(try Program.run(["check", "hello there"]).status == 0)
        let masked = try Program.run(["check", "card 4111 1111 1111 1111"])
        #expect(masked.status == 10 && masked.lines[0] == "modify" && !masked.output.contains("4111"), "\(masked)")
        #expect(try Program.run(["check", "pick the lock", "-l", place.library]).status == 30)
        let denied = try Program.run([
            "check", "hello", "pick the lock", "-l", place.library, "--on-match", "deny", "--json",
        ])
        #expect(denied.status == 20 && denied.lines.count == 2)
        #expect(denied.lines[1].contains(#""text":null"#) && denied.lines[1].contains(#""id":"locks""#))
        #expect(try Program.run(["check", "pick the lock", "-l", place.library, "--shadow"]).status == 0)
    }

    @Test func batchesAreLoggedAndShownInTheTrend() throws {
        let place = try Workspace()
        try library(place)
        let file = try place.write(
            #"{"id":"1","query":"pick the lock"}"# + "\n" + #"{"id":2,"text":"vote in the election"}"#,
            to: "inputs.jsonl")
        let result = try Program.run([
            "check", "--batch", file, "-l", place.library, "--log", "--model", "small", "--on-match", "deny",
        ])
        #expect(
            result.status == 20 && result.lines.count == 2 && result.lines[0].hasPrefix(#"{"id":"1","#), "\(result)")
        let trend = try Program.run(["trend", "-l", place.library, "--by", "model", "--json"]).json()
        #expect((trend["total"] as? [String: Any])?["count"] as? Int == 1)
        #expect((trend["total"] as? [String: Any])?["total"] as? Int == 2)
        let shown = try Program.run(["log", "show", "-l", place.library, "--json"])
        #expect(shown.lines.count == 6 && !shown.output.contains("pick the lock"), "\(shown)")
        let bad = try place.write("{\"id\":\"1\"}\n", to: "bad.jsonl")
        let refused = try Program.run(["check", "--batch", bad, "--json"])
        #expect(refused.status == 2)
        #expect(try refused.error().line == 1)
    }

    @Test(arguments: [
        [], ["text", "--batch", "file"], ["text", "--log"], ["text", "--keep-text"], ["text", "--on-match", "modify"],
        ["text", "--deadline", "-1"], ["text", "--filter", "kind = safety"],
    ])
    func usage(arguments: [String]) throws {
        #expect(try Program.run(["check"] + arguments).status == 2)
    }
}
