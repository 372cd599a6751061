import Foundation
import Testing

@Suite("fingerpost history, diff, rollback")
struct HistoryCommandTests {
    /// A library of three versions: `a` and `b` added; `a` changed; `b` changed, `c` added.
    private func workspace() throws -> Workspace {
        let place = try Workspace()
        for (number, rules) in [
            #"{"id":"a","title":"Locks","text":"pick the lock"}"# + "\n" + #"{"id":"b","text":"poison in the food"}"#,
            #"{"id":"a","title":"Locks","text":"never pick the lock","severity":"high"}"#,
            #"{"id":"b","text":"poison in the food","tags":["x"]}"# + "\n"
                + #"{"id":"c","text":"vote in the election"}"#,
        ].enumerated() {
            let corpus = try place.write(rules, to: "rules-\(number).jsonl")
            let result = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
            try #require(result.status == 0, "\(result)")
        }
        return place
    }

    private func search(_ text: String, _ place: Workspace) throws -> [String] {
        let answer = try Program.run(["search", text, "-l", place.library, "--json", "--exact"]).json()
        return try #require(answer["matches"] as? [[String: Any]]).compactMap { $0["id"] as? String }
    }

    @Test func history() throws {
        let place = try workspace()
        let answer = try Program.run(["history", "a", "-l", place.library, "--json"]).json()
        #expect(Set(answer.keys) == ["library", "id", "libraryVersion", "versions"])
        #expect(answer["id"] as? String == "a" && answer["libraryVersion"] as? Int == 3)
        let versions = try #require(answer["versions"] as? [[String: Any]])
        #expect(versions.map { $0["version"] as? Int } == [1, 2])
        #expect(versions.map { $0["libraryVersion"] as? Int } == [1, 2])
        #expect(versions.map { $0["change"] as? String } == ["added", "updated"])
        #expect(versions.map { $0["fields"] as? [String] } == [[], ["text", "severity"]])
        #expect((versions[0]["guideline"] as? [String: Any])?["text"] as? String == "pick the lock")

        let text = try Program.run(["history", "a", "-l", place.library])
        #expect(text.status == 0 && text.lines.count == 5, "\(text)")
        #expect(text.lines[0] == "a" && text.lines[1] == "Locks" && text.lines[4].contains("text, severity"))

        let unknown = try Program.run(["history", "nothing", "-l", place.library, "--json"])
        #expect(unknown.status == 2)
        #expect(try unknown.error().code == "unknown_guideline_version")
    }

    @Test func diffOfAGuideline() throws {
        let place = try workspace()
        let answer = try Program.run(["diff", "a", "-l", place.library, "--json"]).json()
        #expect(Set(answer.keys) == ["library", "id", "from", "to", "changes"])
        #expect(answer["from"] as? Int == 1 && answer["to"] as? Int == 2)
        let changes = try #require(answer["changes"] as? [[String: Any]])
        #expect(changes.map { $0["field"] as? String } == ["text", "severity"])
        #expect(changes[1]["before"] as? String == "medium" && changes[1]["after"] as? String == "high")
        let words = try #require(changes[0]["words"] as? [[String: String]])
        #expect(words == [["kind": "added", "text": "never "], ["kind": "kept", "text": "pick the lock"]])

        let text = try Program.run(["diff", "a", "-l", place.library, "--from", "2", "--to", "1"])
        #expect(text.lines.first == "a  version 2 -> version 1")
        #expect(text.lines.contains("  text: [-never-] pick the lock"), "\(text)")
        #expect(try Program.run(["diff", "c", "-l", place.library]).lines.first == "c  none -> version 1")
        let same = try Program.run(["diff", "a", "-l", place.library, "--from", "2"])
        #expect(same.lines.last == "No field differs.")

        let unknown = try Program.run(["diff", "a", "-l", place.library, "--to", "7", "--json"])
        #expect(unknown.status == 2)
        #expect(try unknown.error().message.contains("its versions are 1, 2"))
    }

    @Test func diffOfTheLibrary() throws {
        let place = try workspace()
        let answer = try Program.run(["diff", "-l", place.library, "--from", "1", "--json"]).json()
        #expect(Set(answer.keys) == ["library", "from", "to", "guidelines"])
        #expect(answer["from"] as? Int == 1 && answer["to"] as? Int == 3)
        let guidelines = try #require(answer["guidelines"] as? [[String: Any]])
        #expect(guidelines.map { $0["id"] as? String } == ["a", "b", "c"])
        #expect(guidelines.map { $0["change"] as? String } == ["updated", "updated", "added"])
        #expect(guidelines[2]["fromVersion"] is NSNull && guidelines[2]["toVersion"] as? Int == 1)
        let text = try Program.run(["diff", "-l", place.library])
        #expect(text.lines.last == "Library version 2 -> 3: 1 added, 1 updated, 0 removed", "\(text)")
        #expect(text.lines.contains("  tags: + [\"x\"]"), "\(text)")
        let unknown = try Program.run(["diff", "-l", place.library, "--from", "9", "--json"])
        #expect(unknown.status == 2)
        #expect(try unknown.error().code == "unknown_library_version")
    }

    @Test("Rolling back a library: what a search finds, and back again")
    func rollback() throws {
        let place = try workspace()
        #expect(try search("vote in the election", place).contains("c"))
        let answer = try Program.run(["rollback", "-l", place.library, "--to", "1", "--json"]).json()
        #expect(Set(answer.keys) == ["library", "libraryVersion", "restored", "removed", "restoresThresholds"])
        #expect(answer["libraryVersion"] as? Int == 4)
        #expect(answer["restored"] as? [String] == ["a", "b"] && answer["removed"] as? [String] == ["c"])
        #expect(try !search("vote in the election", place).contains("c"))
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
        #expect(try Program.run(["diff", "-l", place.library, "--from", "1"]).lines.count == 1)

        let back = try Program.run(["rollback", "-l", place.library, "--to", "3"])
        #expect(
            back.lines.last?.hasSuffix("is as it was in version 3; that is version 5: 3 guidelines restored, 0 removed")
                == true, "\(back)")
        #expect(try search("vote in the election", place).contains("c"))
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
        let history = try Program.run(["history", "c", "-l", place.library, "--json"]).json()
        let versions = try #require(history["versions"] as? [[String: Any]])
        #expect(versions.map { $0["change"] as? String } == ["added", "removed", "restored"])
        #expect(versions[1]["guideline"] is NSNull)

        let info = try Program.run(["info", "-l", place.library, "--json"]).json()
        #expect((info["database"] as? [String: Any])?["libraryVersion"] as? Int == 5)
    }

    @Test("Rolling back a guideline, and what cannot be rolled back")
    func restore() throws {
        let place = try workspace()
        let answer = try Program.run(["rollback", "a", "-l", place.library, "--to", "1", "--json"]).json()
        #expect(Set(answer.keys) == ["library", "id", "libraryVersion", "version"])
        #expect(answer["version"] as? Int == 3 && answer["libraryVersion"] as? Int == 4)
        #expect(try Program.run(["diff", "a", "-l", place.library, "--from", "1"]).lines.last == "No field differs.")
        for arguments in [["a", "--to", "9"], ["nothing", "--to", "1"], ["--to", "-1"], ["--to", "5"], []] {
            let result = try Program.run(["rollback", "-l", place.library, "--json"] + arguments)
            #expect(result.status == 2 && result.output.isEmpty, "\(arguments): \(result)")
        }
        #expect(try Program.run(["rollback", "-l", place.path("none"), "--to", "1"]).status == 2)
    }
}
