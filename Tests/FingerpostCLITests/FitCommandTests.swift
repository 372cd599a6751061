import Foundation
import Platform
import Testing

@Suite("fingerpost fit")
struct FitCommandTests {
    private static let left = [
        "lock", "house", "phone", "money", "bank", "weapon", "water", "story", "letter", "school",
    ]
    /// What inputs say instead; no rule has these words.
    private static let right = ["car", "poison", "court", "fire", "recipe", "virus", "exam", "song", "vote", "boss"]

    /// Rules of three words each, and inputs that say the same in words of their own.
    private func corpus(_ place: Workspace, isShuffled: Bool = false) throws -> (
        rules: String, pairs: String, others: String
    ) {
        var rules: [String] = []
        var inputs: [String] = []
        var others: [String] = []
        for first in 0..<10 {
            for second in (first + 1)..<10 {
                for third in (second + 1)..<10 {
                    let id = "g\(rules.count)"
                    func said(_ words: [String], _ order: [Int]) -> String {
                        order.map { words[$0] }.joined(separator: " ")
                    }
                    rules.append(#"{"id":"\#(id)","text":"\#(said(Self.left, [first, second, third]))"}"#)
                    for order in [[first, second, third], [third, first, second], [second, first, third]] {
                        inputs.append(said(Self.right, order))
                    }
                    let other = said(Self.right, [third, second, first]) + " the"
                    others.append(#"{"query":"\#(other)","positives":["\#(id)"]}"#)
                }
            }
        }
        var answers = inputs.indices.map { $0 / 3 }
        if isShuffled {
            var generator = SplitMix64(seed: 5)
            answers.shuffle(using: &generator)
        }
        let pairs = zip(inputs, answers).map { #"{"query":"\#($0)","positives":["g\#($1)"]}"# }
        return (
            try place.write(rules.joined(separator: "\n"), to: "rules.jsonl"),
            try place.write(pairs.joined(separator: "\n"), to: "pairs.jsonl"),
            try place.write(others.joined(separator: "\n"), to: "others.jsonl")
        )
    }

    private func gain(_ place: Workspace, _ queries: String) throws -> Double {
        let result = try Program.run(["evaluate", "-l", place.library, "--queries", queries, "--json"])
        return try #require(try result.json()["ndcg@10"] as? Double, "\(result)")
    }

    @Test("What is learned is shown, kept, used, and forgotten")
    func cycle() throws {
        let place = try Workspace()
        let (rules, pairs, others) = try corpus(place)
        let built = try Program.run(["build", rules, "-l", place.library, "--encoder", place.encoder])
        try #require(built.status == 0, "\(built)")
        let before = try gain(place, others)

        let dry = try Program.run(["fit", pairs, "-l", place.library, "--dry-run"])
        #expect(dry.status == 0 && dry.output.contains("Nothing was changed (--dry-run)"), "\(dry)")
        #expect(dry.output.contains("of new guidelines") && dry.output.contains("nDCG@10 before"))
        let info = ["info", "-l", place.library, "--json"]
        #expect(try Program.run(info).json()["adapter"] is NSNull)
        #expect(try gain(place, others) == before)

        let picture = place.path("fit.svg")
        let kept = try Program.run(["fit", pairs, "-l", place.library, "--json", "--picture", picture])
        #expect(kept.status == 0, "\(kept)")
        let report = try kept.json()
        #expect(report["applied"] as? Bool == true && report["refusal"] is NSNull)
        #expect((report["epochs"] as? [Any])?.count ?? 0 > 3)
        let parts = try #require(report["parts"] as? [[String: Any]])
        #expect(parts.compactMap { $0["part"] as? String } == ["new_guidelines", "known_guidelines", "all"])
        #expect(try String(contentsOfFile: picture, encoding: .utf8).hasPrefix("<svg xmlns="))
        #expect(try String(contentsOfFile: picture, encoding: .utf8).hasSuffix("</svg>\n"))

        let after = try gain(place, others)
        #expect(after > before + 0.3, "\(before) \(after)")
        let adapter = try #require(try Program.run(info).json()["adapter"] as? [String: Any])
        #expect(adapter["inputs"] as? Int ?? 0 > 200)
        #expect(try Program.run(["info", "-l", place.library]).output.contains("fitted"))
        let explained = try Program.run(["search", "car fire", "-l", place.library, "--explain"])
        #expect(explained.output.contains(", fitted,"), "\(explained)")
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)

        let removed = try Program.run(["unfit", "-l", place.library, "--json"])
        #expect(try removed.json()["removed"] as? Bool == true)
        #expect(try gain(place, others) == before)
        let again = try Program.run(["unfit", "-l", place.library])
        #expect(again.status == 0 && again.output.contains("not fitted"), "\(again)")
    }

    @Test("Labels that mean nothing change nothing, and that is no failure")
    func shuffled() throws {
        let place = try Workspace()
        let (rules, pairs, others) = try corpus(place, isShuffled: true)
        try #require(try Program.run(["build", rules, "-l", place.library, "--encoder", place.encoder]).status == 0)
        let before = try gain(place, others)
        let result = try Program.run(["fit", pairs, "-l", place.library, "--json"])
        #expect(result.status == 0, "\(result)")
        let report = try result.json()
        #expect(report["applied"] as? Bool == false && report["refusal"] is String)
        let text = try Program.run(["fit", pairs, "-l", place.library])
        #expect(text.status == 0 && text.output.contains("Not switched on"), "\(text)")
        #expect(try gain(place, others) == before)
    }

    @Test("Pairs that cannot be used are input errors")
    func errors() throws {
        let place = try Workspace()
        let (rules, pairs, _) = try corpus(place)
        try #require(try Program.run(["build", rules, "-l", place.library, "--encoder", place.encoder]).status == 0)
        func fails(_ arguments: [String], _ code: String) throws {
            let result = try Program.run(["fit"] + arguments + ["-l", place.library, "--json"])
            #expect(result.status == 2, "\(result)")
            #expect(try result.error().code == code, "\(result)")
        }
        try fails([try place.write(#"{"query":"car","positives":["g1"]}"#, to: "few.jsonl")], "too_few_pairs")
        let foreign = (0..<80).map { #"{"query":"car \#($0)","positives":["x\#($0)"]}"# }.joined(separator: "\n")
        try fails([try place.write(foreign, to: "foreign.jsonl")], "unknown_positive")
        try fails([place.path("none.jsonl")], "file_not_found")
        try fails([pairs, "--picture", place.path("none/a.svg")], "file_not_found")
        #expect(try Program.run(["fit", pairs, "-l", place.library, "--holdout", "0.5"]).status == 2)
        #expect(try Program.run(["fit", "-l", place.library]).status == 2)
    }
}
