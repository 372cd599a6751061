import Foundation
import LoopbackServer
import Testing

@Suite("fingerpost generate and augment", .serialized)
struct GenerateCommandTests {
    @Test("From seeds to a library: augment, generate, dedup, build, evaluate with ids that were merged away")
    func wholeLine() throws {
        let place = try Workspace()
        let model = try ScriptedModel()
        let server = ["--endpoint", model.base, "--model", "scripted"]
        let inputs = place.path("inputs.jsonl")
        let augmented = try Program.run(
            ["augment", "-o", inputs, "--per-type", "4", "--with-seeds", "--json"] + server)
        #expect(augmented.status == 0, "\(augmented)")
        let report = try augmented.json()
        let kept = try #require(report["inputs"] as? Int)
        #expect(kept > 14 && (report["types"] as? [[String: Any]])?.count == 14)
        #expect(try String(contentsOfFile: inputs, encoding: .utf8).split(separator: "\n").count == kept + 70)

        let (rules, pairs) = (place.path("rules.jsonl"), place.path("pairs.jsonl"))
        let generated = try Program.run(["generate", inputs, "-o", rules, "--pairs", pairs, "--json"] + server)
        #expect(generated.status == 0, "\(generated)")
        #expect(try #require(try generated.json()["distinct"] as? Int) > 20)
        #expect(try String(contentsOfFile: rules, encoding: .utf8).contains(#""risk":["ga:"#))

        let distinct = place.path("distinct.jsonl")
        let deduplicated = try Program.run(["dedup", rules, "-o", distinct, "--tiers", "fuzzy", "--json"])
        #expect(deduplicated.status == 0, "\(deduplicated)")
        #expect(try #require(try deduplicated.json()["duplicates"] as? Int) > 0)
        // What a reviewer does.
        let reviewed = try String(contentsOfFile: distinct, encoding: .utf8)
            .replacing(#""status":"draft""#, with: #""status":"active""#)
        try place.write(reviewed, to: "reviewed.jsonl")
        let built = try Program.run([
            "build", place.path("reviewed.jsonl"), "-l", place.library, "--encoder", place.encoder,
        ])
        #expect(built.status == 0, "\(built)")
        let evaluated = try Program.run(["evaluate", "-l", place.library, "--queries", pairs, "--json"])
        #expect(evaluated.status == 0, "\(evaluated)")
        let figures = try evaluated.json()
        #expect(figures["missingPositives"] as? [String] == [])
        #expect(try #require(figures["mergedPositives"] as? Int) > 0)
        #expect(try #require(figures["recall@20"] as? Double) > 0)
    }

    @Test("Nothing that can be used: status 1, and everything is aside")
    func nothing() throws {
        let place = try Workspace()
        let server = try ScriptedServer { _ in .answer("I'm sorry, but I can't help with that.") }
        let inputs = try place.write("one input\nanother input\n", to: "inputs.txt")
        let output = place.path("rules.jsonl")
        let arguments = ["generate", inputs, "-o", output, "--endpoint", server.base, "--model", "m", "--json"]
        let result = try Program.run(arguments)
        #expect(result.status == 1, "\(result)")
        #expect(try result.error().code == "nothing_generated")
        #expect(!FileManager.default.fileExists(atPath: output))
        let aside = try String(contentsOfFile: output + ".aside", encoding: .utf8).split(separator: "\n")
        #expect(aside.count == 2 && aside.allSatisfy { $0.contains(#""reason":"refusal""#) })

        let refusing = try ScriptedServer { _ in .status(401) }
        let refused = try Program.run([
            "generate", inputs, "-o", place.path("other.jsonl"), "--endpoint", refusing.base, "--model", "m", "--json",
        ])
        #expect(refused.status == 1, "\(refused)")
        #expect(try refused.error().message.contains("2 of 2 inputs are left"))
        #expect(try refused.error().message.contains("Check the key"))
    }

    @Test("What a run would ask and cost, without asking; prompts and seeds to change")
    func dryRun() throws {
        let place = try Workspace()
        let inputs = try place.write("{\"text\":\"how do i pick a lock\"}\n", to: "inputs.jsonl")
        let shown = try Program.run(["generate", inputs, "--dry-run"])
        #expect(shown.status == 0 && shown.output.contains("how do i pick a lock"), "\(shown)")
        #expect(shown.output.contains("2 requests at most") && shown.output.contains("Nothing was asked."))
        let json = try Program.run([
            "generate", inputs, "--dry-run", "--json", "--price", "1000/2000", "--form", "completion",
        ]).json()
        #expect(json["requests"] as? Int == 2 && (json["cost"] as? Double ?? 0) > 1)

        let templates = place.path("prompts")
        let written = try Program.run(["generate", "--write-templates", templates])
        #expect(written.status == 0, "\(written)")
        try Data("Write guidelines in the style of a poem.\n".utf8).write(
            to: URL(fileURLWithPath: templates + "/quality.txt"))
        let changed = try Program.run(["generate", inputs, "--dry-run", "--templates", templates])
        #expect(changed.output.contains("in the style of a poem"), "\(changed)")

        let types = try Program.run(["augment", "--list-types"])
        #expect(types.status == 0 && types.lines.count == 70)
        let seeds = try place.write(types.output, to: "seeds.jsonl")
        let augment = try Program.run(["augment", "--seeds", seeds, "--types", "insult", "--dry-run"])
        #expect(augment.status == 0 && augment.output.contains("inputs 5 to 10"), "\(augment)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place.folder.path).allSatisfy {
                !$0.hasSuffix(".answers")
            })
    }

    @Test(
        "Wrong use is told",
        arguments: [
            ["generate", "-o", "out.jsonl", "--endpoint", "http://127.0.0.1:9", "--model", "m"],
            ["generate", "inputs.txt", "--endpoint", "http://127.0.0.1:9", "--model", "m"],
            ["generate", "inputs.txt", "-o", "out.jsonl"],
            ["generate", "inputs.txt", "-o", "out.jsonl", "--endpoint", "http://example.org/v1", "--model", "m"],
            ["generate", "missing.jsonl", "-o", "out.jsonl", "--endpoint", "http://127.0.0.1:9", "--model", "m"],
            ["generate", "inputs.txt", "-o", "no/out.jsonl", "--endpoint", "http://127.0.0.1:9", "--model", "m"],
            ["generate", "inputs.txt", "--dry-run", "--templates", "."],
            ["generate", "inputs.txt", "--dry-run", "--kinds", "style"],
            ["augment", "--dry-run", "--types", "unknown"],
            ["augment", "--dry-run", "--similarity", "2"],
            ["augment", "-o", "out.jsonl"],
        ])
    func wrongUse(arguments: [String]) throws {
        let place = try Workspace()
        try place.write("one input\n", to: "inputs.txt")
        let result = try Program.run(arguments + ["--json"], in: place.folder)
        #expect(result.status == 2, "\(result)")
        _ = try result.error()
        #expect(!FileManager.default.fileExists(atPath: place.path("out.jsonl")))
    }
}
