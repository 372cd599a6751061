import Foundation
import LoopbackServer
import Platform
import Testing

@Suite("The commands compare, and export of training data", .serialized)
struct CompareCommandTests {
    /// Answers, and judges: what is careful is better, and harmless.
    @Sendable private static func model(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        let system = request.messages.first ?? ""
        let user = request.messages.last ?? ""
        if system.hasPrefix("You compare two answers") {
            let parts = user.components(separatedBy: "=== Answer B")
            let (a, b) = (parts[0].contains("\ncareful "), parts[1].contains("\ncareful "))
            return .answer("Because.\nVerdict: " + (a == b ? "Tie" : a ? "A" : "B"))
        }
        if system.hasPrefix("You decide whether") {
            return .answer("Verdict: " + (user.contains("\ncareful ") ? "Yes" : "No"))
        }
        return RespondCommandTests.answer(request)
    }

    private func answers(_ place: Workspace, _ server: ScriptedServer, count: Int = 30) throws -> String {
        try place.build(60)
        let inputs = try place.write(RespondCommandTests.inputs(0..<count), to: "inputs.jsonl")
        let output = place.path("answers.jsonl")
        let result = try Program.run(["respond", inputs, "-o", output] + RespondCommandTests.options(server, place))
        try #require(result.status == 0, "\(result)")
        return output
    }

    @Test("From inputs over answers and judgements to training data")
    func line() throws {
        let place = try Workspace()
        let server = try ScriptedServer(Self.model)
        let answers = try answers(place, server)
        let judged = place.path("judged.jsonl")
        let compared = try Program.run([
            "compare", answers, "-o", judged, "--endpoint", server.base, "--model", "judge", "--harmless", "--by",
            "risk",
            "--criteria", "helpful,harmless", "--json",
        ])
        #expect(compared.status == 0, "\(compared)")
        let report = try compared.json()
        #expect(
            Set(report.keys) == [
                "output", "failures", "sides", "pairs", "judged", "unpaired", "failed", "notAsked", "malformed",
                "identical", "overall", "criteria", "groups", "positionBias", "harmless", "harmlessGroups",
                "reviewedTwice", "cost", "usage",
            ])
        let overall = try #require(report["overall"] as? [String: Any])
        #expect(overall["wins"] as? Int == 24 && overall["ties"] as? Int == 6 && overall["losses"] as? Int == 0)
        #expect(report["identical"] as? Int == 6 && (report["groups"] as? [String: Any])?.count == 2)
        let harmless = try #require(report["harmless"] as? [String: Any])
        #expect((harmless["guided"] as? [String: Any])?["count"] as? Int == 24 && harmless["onlyLeft"] as? Int == 24)

        let folder = place.path("train")
        let arguments = [
            "export", "--answers", answers, "--judgements", judged, "--sft", "openai", "--sft", "alpaca", "--dpo",
            "trl",
            "--kto", "--require", "win", "--holdout", "0.25", "-o", folder,
        ]
        let exported = try Program.run(arguments + ["--json"])
        #expect(exported.status == 0, "\(exported)")
        let manifest = try exported.json()
        let files = try #require(manifest["files"] as? [[String: Any]])
        func rows(_ name: String) -> Int { files.first { $0["file"] as? String == name }?["rows"] as? Int ?? -1 }
        #expect(rows("sft-openai.train.jsonl") + rows("sft-openai.holdout.jsonl") == 24)
        #expect(rows("dpo-trl.train.jsonl") + rows("dpo-trl.holdout.jsonl") == 24)
        // The answers that are one are harmful by themselves.
        #expect(rows("kto.train.jsonl") + rows("kto.holdout.jsonl") == 48 + 6)
        #expect(rows("sft-openai.holdout.jsonl") > 0)
        let text = try String(contentsOfFile: folder + "/sft-openai.train.jsonl", encoding: .utf8)
        #expect(!text.contains("####Here are") && text.contains("careful "))
        let refused = try Program.run(arguments)
        #expect(refused.status == 2 && refused.log.contains("--replace"), "\(refused)")
        let replaced = try Program.run(arguments + ["--replace"])
        #expect(replaced.status == 0 && replaced.output.contains("sft-openai leaves out: "), "\(replaced)")
        #expect(try String(contentsOfFile: folder + "/sft-openai.train.jsonl", encoding: .utf8) == text)
    }

    @Test("People's verdicts, and a judge that says nothing of use")
    func peopleAndMalformed() throws {
        let place = try Workspace()
        let server = try ScriptedServer(Self.model)
        let answers = try answers(place, server, count: 5)
        let verdicts = try place.write(
            "{\"id\":\"i1\",\"preferred\":\"guided\",\"reviewer\":\"r\"}\n{\"id\":\"i2\",\"preferred\":\"unguided\"}\n",
            to: "verdicts.jsonl")
        let people = try Program.run(["compare", answers, "--verdicts", verdicts, "-o", place.path("judged"), "--json"])
        let overall = try #require(try people.json()["overall"] as? [String: Any])
        #expect(overall["wins"] as? Int == 1 && overall["losses"] as? Int == 1 && people.status == 0)
        let text = try Program.run(["compare", answers, "--verdicts", verdicts])
        #expect(text.status == 0 && text.output.contains("2 of 5 pairs judged: guided against unguided"), "\(text)")
        let unknown = try place.write("{\"id\":\"x\",\"preferred\":\"tie\"}\n", to: "unknown.jsonl")
        let wrong = try Program.run(["compare", answers, "--verdicts", unknown])
        #expect(wrong.status == 2 && wrong.log.contains("\"x\" has no pair"), "\(wrong)")

        let silent = try ScriptedServer { _ in .answer("Both have merits.") }
        let none = try Program.run([
            "compare", answers, "-o", place.path("none.jsonl"), "--endpoint", silent.base, "--model", "j", "--tries",
            "2",
            "--json",
        ])
        #expect(none.status == 0 && none.log.contains("note: 4 pairs without a judgement"), "\(none)")
        let report = try none.json()
        // One pair of equal answers needs no judge; the others are no ties.
        #expect(report["failed"] as? Int == 4 && report["malformed"] as? Int == 16)
        #expect((report["overall"] as? [String: Any])?["ties"] as? Int == 1)
        let aside = try String(contentsOfFile: place.path("none.jsonl.failures.jsonl"), encoding: .utf8)
        #expect(aside.split(separator: "\n").count == 4 && aside.contains("Both have merits."))
    }

    @Test("Bad use")
    func faults() throws {
        let place = try Workspace()
        let file = try place.write("{\"id\":\"a\"}\n", to: "file.jsonl")
        let judge = ["--endpoint", "http://127.0.0.1:1/v1", "--model", "m"]
        for (arguments, text) in [
            (["compare", file], "--endpoint and --model"), (["compare", file] + judge, "--output"),
            (["compare", file, "-o", place.path("o"), "--criteria", "nice"] + judge, "nice"),
            (["compare", file, "-o", place.path("o"), "--criteria", "none"] + judge, "nothing to judge"),
            (["compare", file, "--verdicts", file, "--harmless"], "takes the place"),
            (["compare", file, file, file] + judge, "two to compare"),
            (["compare", file, "-o", place.path("o")] + judge, "file.jsonl:1"),
            (["export"], "--library"), (["export", "-l", "x", "--kto"], "--kto goes with --answers"),
            (["export", "-l", "x", "--answers", file], "name one"),
            (["export", "--answers", file, "-o", place.path("t")], "Name what to write"),
            (["export", "--answers", file, "--sft", "openai"], "--output"),
            (["export", "--answers", file, "--sft", "chatml", "-o", place.path("t")], "openai, trl, sharegpt, alpaca"),
            (["export", "--answers", file, "--dpo", "trl", "-o", place.path("t")], "--judgements"),
            (["export", "--answers", file, "--sft", "trl", "--holdout", "1", "-o", place.path("t")], "--holdout"),
            (["export", "--answers", file, "--sft", "trl", "-o", place.path("t")], "file.jsonl:1"),
        ] {
            let result = try Program.run(arguments)
            #expect(result.status == 2 && result.output.isEmpty && result.log.contains(text), "\(arguments): \(result)")
        }
        #expect(!FileManager.default.fileExists(atPath: place.path("t")))
    }
}
