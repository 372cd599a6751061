import Foundation
import Testing

@Suite("fingerpost gaps")
struct GapsCommandTests {
    /// A library on locks, and inputs of which a third are about voting.
    @Test func whatNoRuleCoversIsFound() throws {
        let place = try Workspace()
        try place.build(40)
        let inputs = (0..<60).map { number in
            number % 3 == 0
                ? #"{"id":"v\#(number)","text":"vote in the election for number \#(number)"}"#
                : #"{"id":"l\#(number)","text":"pick the lock of the house \#(number)"}"#
        }
        let file = try place.write(inputs.joined(separator: "\n"), to: "inputs.jsonl")
        let drafts = place.path("drafts.jsonl")
        let result = try Program.run(["gaps", file, "-l", place.library, "--drafts", drafts, "--json"])
        #expect(result.status == 0, "\(result)")
        let gaps = try #require(result.json()["gaps"] as? [[String: Any]])
        #expect(!gaps.isEmpty)
        #expect(
            try Program.run(["gaps", file, "-l", place.library, "--drafts", drafts, "--json"]).output == result.output)
        let lines = try String(contentsOfFile: drafts, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == gaps.count && lines.allSatisfy { $0.contains(#""status":"draft""#) })
        let people = try Program.run(["gaps", file, "-l", place.library])
        #expect(people.status == 0 && !people.output.isEmpty, "\(people)")
        #expect(try Program.run(["gaps", place.path("nothing.jsonl"), "-l", place.library]).status == 2)
    }
}
