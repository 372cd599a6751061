import Foundation
import Testing

@Suite("fingerpost copy, promote, rollback")
struct PromoteCommandTests {
    private let place: Workspace
    private let candidate: String
    private let canary: String

    init() throws {
        place = try Workspace()
        candidate = place.path("candidate")
        let rules = try place.write(
            #"{"id":"a","text":"pick the lock","threshold":0.5}"# + "\n"
                + #"{"id":"b","text":"poison in the food","threshold":0.5}"#, to: "rules.jsonl")
        let result = try Program.run(["build", rules, "-l", place.library, "--encoder", place.encoder])
        try #require(result.status == 0, "\(result)")
        canary = try place.write(
            #"{"query":"pick the lock","positives":["a"]}"# + "\n"
                + #"{"query":"vote in the election","positives":["c"]}"#
                + "\n" + #"{"query":"poison in the food","positives":[]}"#, to: "canary.jsonl")
    }

    /// A candidate with one rule more.
    private func makeCandidate() throws {
        let copy = try Program.run(["copy", "-l", place.library, "--to", candidate, "--json"]).json()
        #expect(copy["guidelines"] as? Int == 2 && copy["libraryVersion"] as? Int == 1)
        let more = try place.write(#"{"id":"c","text":"vote in the election","threshold":0.5}"#, to: "more.jsonl")
        try #require(try Program.run(["build", more, "-l", candidate]).status == 0)
    }

    @Test func aCandidateIsPromotedAndTakenBack() throws {
        try makeCandidate()
        let dry = try Program.run(["promote", candidate, "-l", place.library, "--dry-run", "--json"]).json()
        #expect(dry["isDryRun"] as? Bool == true && dry["added"] as? [String] == ["c"])
        let answer = try Program.run([
            "promote", candidate, "-l", place.library, "--canary", canary, "--name", "v2", "--json",
        ]).json()
        #expect(
            Set(answer.keys) == [
                "library", "candidate", "libraryVersion", "previousVersion", "added", "updated", "removed", "unchanged",
                "canary", "isDryRun",
            ])
        #expect(answer["libraryVersion"] as? Int == 2 && answer["previousVersion"] as? Int == 1)
        let figures = try #require(answer["canary"] as? [String: [String: Any]])
        #expect(figures["before"]?["caught"] as? [String: Int] == ["count": 1, "total": 2])
        #expect(figures["after"]?["caught"] as? [String: Int] == ["count": 2, "total": 2])
        #expect(figures["after"]?["named"] as? [String: Int] == ["count": 2, "total": 2])
        #expect(figures["after"]?["falseAlarms"] as? [String: Int] == ["count": 1, "total": 1])
        #expect(try Program.run(["search", "vote in the election", "-l", place.library]).output.contains("c"))

        let list = try Program.run(["promote", "--list", "-l", place.library, "--json"]).json()
        let releases = try #require(list["releases"] as? [[String: Any]])
        #expect(releases.count == 1 && releases[0]["name"] as? String == "v2")
        let text = try Program.run(["promote", "--list", "-l", place.library])
        #expect(text.lines.count == 2 && text.lines[1].contains("1.000"), "\(text)")

        let back = try Program.run(["rollback", "-l", place.library, "--to", "1", "--json"]).json()
        #expect(back["removed"] as? [String] == ["c"] && back["restoresThresholds"] as? Bool == false)
    }

    @Test func boundsThatAreNotKeptStopIt() throws {
        try makeCandidate()
        let bad = try Program.run([
            "promote", candidate, "-l", place.library, "--canary", canary, "--max-false-alarms", ".1", "--json",
        ])
        #expect(bad.status == 1)
        #expect(try bad.error().code == "gate_failed")
        #expect(try Program.run(["promote", "--list", "-l", place.library]).output.contains("no releases"))
        let good = try Program.run([
            "promote", candidate, "-l", place.library, "--canary", canary, "--min-caught", "1",
        ])
        #expect(good.status == 0 && good.output.contains("rollback --library"), "\(good)")
    }

    @Test(arguments: [
        [], ["nowhere", "--min-caught", "0.5"], ["nowhere", "--min-caught", "2"], ["--list", "candidate"],
    ])
    func usage(arguments: [String]) throws {
        #expect(try Program.run(["promote", "-l", place.library] + arguments).status == 2)
    }

    @Test func itselfIsNoCandidate() throws {
        let result = try Program.run(["promote", place.library, "-l", place.library, "--json"])
        #expect(result.status == 2)
        #expect(try result.error().code == "same_library")
        #expect(try Program.run(["copy", "-l", place.library, "--to", place.library]).status == 2)
    }
}
