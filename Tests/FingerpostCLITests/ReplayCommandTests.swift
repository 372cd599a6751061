import Foundation
import Testing

@Suite("fingerpost replay")
struct ReplayCommandTests {
    private let place: Workspace
    private let candidate: String

    init() throws {
        place = try Workspace()
        candidate = place.path("candidate")
        try build(threshold: 0.99, library: place.library)
        let copy = try Program.run(["copy", "-l", place.library, "--to", candidate])
        try #require(copy.status == 0, "\(copy)")
    }

    private func build(threshold: Double, library: String) throws {
        let rules = try place.write(
            #"{"id":"a","title":"Locks","text":"pick the lock","threshold":\#(threshold)}"# + "\n"
                + #"{"id":"b","text":"poison in the food","threshold":0.5}"#, to: "rules.jsonl")
        let result = try Program.run(["build", rules, "-l", library, "--encoder", place.encoder])
        try #require(result.status == 0, "\(result)")
    }

    private func check(_ text: String, _ options: String...) throws {
        let result = try Program.run(["check", text, "-l", place.library, "--log"] + options)
        try #require([0, 30].contains(result.status), "\(result)")
    }

    @Test func flipsAreToldFromTextsAndFromScores() throws {
        try check("pick the lock house", "--keep-text")
        try check("pick the lock car")
        try check("poison in the food")
        try build(threshold: 0.3, library: candidate)

        let flips = place.path("flips.jsonl")
        let result = try Program.run(["replay", place.library, "--against", candidate, "--flips", flips, "--json"])
        #expect(result.status == 0)
        let answer = try result.json()
        #expect(
            Set(answer.keys) == [
                "log", "candidate", "candidateVersion", "decisions", "byText", "byEvidence", "untold", "unseenRules",
                "keptChecks", "before", "after", "stopped", "passed", "other", "verdicts", "reviewed", "regressions",
                "repairs", "rules", "checks", "risks", "examples",
            ])
        #expect(answer["decisions"] as? Int == 3 && answer["byText"] as? Int == 1 && answer["byEvidence"] as? Int == 2)
        #expect(answer["stopped"] as? Int == 2 && answer["passed"] as? Int == 0)
        let rules = try #require(answer["rules"] as? [[String: Any]])
        #expect(rules.count == 1 && rules[0]["id"] as? String == "a" && rules[0]["title"] as? String == "Locks")
        let written = try String(contentsOfFile: flips, encoding: .utf8)
        #expect(written.split(separator: "\n").count == 2 && !written.contains("house"))
        #expect(written.contains(#""oldThreshold":0.99"#) && written.contains(#""newThreshold":0.3"#))

        let text = try Program.run(["replay", place.library, "--against", candidate])
        #expect(
            text.output.contains("allow -> ask") && text.output.contains("would be stopped, and was not  2"), "\(text)")

        // A file of the log says the same, with the library that it came from or without.
        let file = place.path("log.jsonl")
        try #require(try Program.run(["log", "export", "-l", place.library, "-o", file]).status == 0)
        let other = try Program.run(["replay", file, "--against", candidate, "--json"]).json()
        #expect(other["stopped"] as? Int == 2 && other["byText"] as? Int == 1)
    }

    @Test("What it printed goes onto the page on the decisions, without a text; what is anything else is refused")
    func page() throws {
        try check("pick the lock house", "--keep-text")
        try check("poison in the food")
        try build(threshold: 0.3, library: candidate)
        let printed = try Program.run(["replay", place.library, "--against", candidate, "--json"])
        let (saved, page) = (try place.write(printed.output, to: "replay.json"), place.path("page.html"))
        let arguments = ["report", "--decisions", "--no-gaps", "-l", place.library, "-o", page, "--json"]
        #expect(try Program.run(arguments).json()["flips"] is NSNull)
        let result = try Program.run(arguments + ["--replay", saved])
        #expect(try result.json()["flips"] as? Int == 1)
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("id=\"flips\"") && html.contains("Of 2 decisions that were replayed against"))
        #expect(html.contains("Locks") && !html.contains("house"))

        for (edited, problem) in [
            ("{", "no JSON"), ("[]", "another kind"), (#"{"candidate":"x"}"#, "is missing"),
            (printed.output.replacing(#""other":0"#, with: #""other":-1"#), "do not go together"),
            (printed.output.replacing(#""stopped":1,"passed""#, with: #""stopped":9,"passed""#), "do not go together"),
            (printed.output.replacing(#""old":"allow""#, with: #""old":"perhaps""#), "not known in examples"),
            (printed.output.replacing(#""time":"2"#, with: #""time":"x2"#), "is no time"),
        ] {
            let refused = try Program.run(arguments + ["--replay", try place.write(edited, to: "edited.json")])
            #expect(refused.status == 2, "\(problem)")
            let error = try refused.error()
            #expect(error.code == "invalid_replay" && error.message.contains(problem), "\(error)")
        }
        #expect(try String(contentsOfFile: page, encoding: .utf8) == html)
        #expect(try Program.run(["report", "-l", place.library, "-o", page, "--replay", saved]).status == 2)
    }

    @Test func boundsAndRegressionsAreErrors() throws {
        try check("poison in the food")
        let shown = try Program.run(["log", "show", "-l", place.library, "--json"]).lines
        let record = try JSONSerialization.jsonObject(with: Data(shown[0].utf8)) as? [String: Any]
        let decision = try #require((record?["decision"] as? [String: Any])?["id"] as? String)
        try #require(try Program.run(["log", "note", decision, "-l", place.library, "--review", "right"]).status == 0)
        let rules = try place.write(#"{"id":"b","text":"poison in the food","status":"retired"}"#, to: "less.jsonl")
        try #require(try Program.run(["build", rules, "-l", candidate]).status == 0)

        let arguments = ["replay", place.library, "--against", candidate, "--json"]
        let free = try Program.run(arguments)
        #expect(free.status == 0)
        #expect(try free.json()["regressions"] as? Int == 1)
        for gate in [["--fail-on-regression"], ["--max-passed", "0.5"]] {
            let stopped = try Program.run(arguments + gate)
            #expect(stopped.status == 1)
            #expect(try stopped.error().code == "gate_failed")
        }
        #expect(try Program.run(arguments + ["--max-stopped", "0"]).status == 0)
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        let empty = try Program.run(["replay", place.library, "--against", candidate])
        #expect(empty.status == 2 && empty.log.contains("there are no decisions"), "\(empty)")
        for arguments in [
            ["-", "--against", candidate], [place.library, place.library, "--against", candidate], [place.library],
            [place.library, "--against", candidate, "--max-stopped", "2"],
            [place.path("none"), "--against", candidate],
            [place.library, "--against", place.path("none")],
        ] {
            #expect(try Program.run(["replay"] + arguments).status == 2, "\(arguments)")
        }
    }
}
