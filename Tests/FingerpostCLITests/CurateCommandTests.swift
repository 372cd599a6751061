import Foundation
import Testing

@Suite("fingerpost curate")
struct CurateCommandTests {
    private let place: Workspace

    init() throws {
        place = try Workspace()
        let rules = try place.write(
            #"{"id":"a","text":"pick the lock","threshold":0.5}"# + "\n"
                + #"{"id":"b","text":"poison in the food","threshold":0.5}"#, to: "rules.jsonl")
        let result = try Program.run(["build", rules, "-l", place.library, "--encoder", place.encoder])
        try #require(result.status == 0, "\(result)")
    }

    /// Checks and logs a text, and returns the decision's id.
    private func check(_ text: String, rail: String = "input") throws -> String {
        let result = try Program.run([
            "check", text, "-l", place.library, "--rail", rail, "--log", "--keep-text", "--conversation", "c1",
            "--json",
        ])
        return try #require(try result.json()["decision"] as? String, "\(result)")
    }

    private func note(_ decision: String, _ options: String...) throws {
        let result = try Program.run(["log", "note", decision, "-l", place.library] + options)
        try #require(result.status == 0, "\(result)")
    }

    @Test func reviewsBecomeChangesLabelsAndTrainingData() throws {
        try note(try check("pick the lock song"), "--review", "false_alarm", "--reviewer", "ann")
        try note(try check("danger in the water"), "--review", "missed", "--rule", "b")
        let asked = try check("how do I cheat")
        let answer = try check("pick the lock", rail: "output")
        try note(answer, "--review", "right", "--correction", "ask your doctor")
        _ = asked

        let (plan, labels, training) = (place.path("plan.jsonl"), place.path("labels.jsonl"), place.path("train"))
        let result = try Program.run([
            "curate", "-l", place.library, "--plan", plan, "--labels", labels, "--training", training, "--sft",
            "openai",
            "--dpo", "trl", "--kto", "--holdout", "0", "--json",
        ])
        #expect(result.status == 0, "\(result)")
        let report = try result.json()
        #expect(
            Set(report.keys) == [
                "library", "libraryVersion", "reviewed", "edits", "conflicts", "known", "uncovered", "withoutText",
                "sensitive", "withoutInput", "calibratedScores", "missingDecisions", "unknownRules", "plan", "labels",
                "training",
            ])
        #expect(report["edits"] as? [String: Int] == ["example": 1, "counterexample": 1, "threshold": 0])
        let sources = try String(contentsOfFile: training + "/sources.jsonl", encoding: .utf8).split(separator: "\n")
        // A good answer, a pair, and two labels.
        #expect(sources.count == 4 && sources.allSatisfy { $0.contains(answer) && $0.contains("a@1") })
        let pairs = try String(contentsOfFile: training + "/dpo-trl.train.jsonl", encoding: .utf8)
        #expect(
            pairs.contains("how do I cheat") && pairs.contains("ask your doctor") && pairs.contains("pick the lock"))
        #expect(try String(contentsOfFile: labels, encoding: .utf8).split(separator: "\n").count == 2)
        let again = try Program.run([
            "curate", "-l", place.library, "--training", training, "--kto",
        ])
        #expect(again.status == 2)

        let text = try Program.run(["curate", "-l", place.library])
        #expect(text.output.contains("a + counterexample pick the lock song"), "\(text)")
        let applied = try Program.run(["curate", "-l", place.library, "--apply", plan, "--json"]).json()
        #expect(applied["rules"] as? Int == 2 && applied["libraryVersion"] as? Int == 2)
        let stale = try Program.run(["curate", "-l", place.library, "--apply", plan, "--json"])
        #expect(stale.status == 2)
        #expect(try stale.error().code == "outdated_plan")
        #expect(try Program.run(["check", "pick the lock song", "-l", place.library]).status == 0)
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        let empty = try Program.run(["curate", "-l", place.library])
        #expect(empty.status == 2, "\(empty)")
        for arguments in [
            ["--training", "x"], ["--sft", "openai"], ["--apply", "x", "--plan", "y"], ["--max-false-alarms", "1"],
            ["--min-reviews", "0"], ["--training", "x", "--sft", "none"], ["--apply", place.path("none")],
        ] {
            #expect(try Program.run(["curate", "-l", place.library] + arguments).status == 2, "\(arguments)")
        }
    }
}
