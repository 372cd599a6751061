import Foundation
import Platform
import Testing

@Suite("fingerpost generate, killed", .serialized)
struct GenerateResumeTests {
    private static let concurrency = 8

    private func inputs(_ count: Int) -> String {
        (0..<count).map { number in
            var generator = SplitMix64(seed: UInt64(number))
            let words = (0..<6).map { _ in TinyEncoder.words.randomElement(using: &generator) ?? "" }
            let type = number % 3 == 0 ? #","type":"Insult""# : ""
            return #"{"id":"in\#(number)","text":"\#(words.joined(separator: " ")) \#(number)"\#(type)}"#
        }.joined(separator: "\n")
    }

    private func arguments(_ place: Workspace, _ name: String, _ model: ScriptedModel) -> [String] {
        [
            "generate", place.path("inputs.jsonl"), "-o", place.path("\(name).jsonl"), "--pairs",
            place.path("\(name).pairs"), "--endpoint", model.base, "--model", "scripted", "--concurrency",
            "\(Self.concurrency)", "--json",
        ]
    }

    @Test("A thousand inputs, killed twice: each answered once, and the same files and library as without")
    func killedTwice() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(seed: seed)
        let place = try Workspace()
        try place.write(inputs(1_000), to: "inputs.jsonl")

        let steady = try ScriptedModel(faults: 4)
        let whole = try Program.run(arguments(place, "whole", steady))
        try #require(whole.status == 0, "\(whole)")
        let report = try whole.json()
        #expect(report["complete"] as? Bool == true && report["left"] as? Int == 0 && report["unanswered"] as? Int == 0)
        #expect(steady.state.repeated == 0)
        let questions = steady.state.billed
        #expect(questions > 1_500 && report["answers"] as? Int == questions)
        let usage = try #require(report["usage"] as? [String: Any])
        #expect((usage["retries"] as? Int ?? 0) > 0)

        let model = try ScriptedModel(faults: 4)
        var kills = 0
        for share in [
            Double.random(in: 0.05...0.45, using: &generator), Double.random(in: 0.55...0.95, using: &generator),
        ] {
            let process = try RunningProcess(Program.executable, arguments(place, "broken", model))
            process.closeInput()
            let threshold = Int(share * Double(questions))
            let deadline = Date(timeIntervalSinceNow: 60)
            while model.state.billed < threshold, process.process.isRunning, Date() < deadline { usleep(500) }
            process.signal(SIGKILL)
            let result = process.wait()
            if result.status == -SIGKILL { kills += 1 }
            #expect(
                !FileManager.default.fileExists(atPath: place.path("broken.jsonl")),
                "seed \(seed): written before the end")
        }
        #expect(kills == 2, "seed \(seed)")
        let last = try Program.run(arguments(place, "broken", model))
        try #require(last.status == 0, "seed \(seed): \(last)")

        // Each question was worked for once, and was asked again only if it was under way at a kill.
        let state = model.state
        #expect(state.billed == questions && state.bodies == steady.state.bodies, "seed \(seed)")
        #expect(state.repeated <= 2 * Self.concurrency, "seed \(seed): \(state.repeated) answers handed out again")
        let journal = try String(contentsOfFile: place.path("broken.jsonl.answers"), encoding: .utf8)
        #expect(journal.split(separator: "\n").count == questions)

        for name in ["jsonl", "pairs", "jsonl.aside"] {
            let (one, other) = (place.path("whole.\(name)"), place.path("broken.\(name)"))
            #expect(FileManager.default.contentsEqual(atPath: one, andPath: other), "seed \(seed): \(name) differs")
        }
        // Nothing that was refused is in the library; all of it is accounted for.
        let text = try String(contentsOfFile: place.path("broken.jsonl"), encoding: .utf8)
        #expect(!text.contains("previous instructions") && !text.contains("I cannot") && !text.contains("I hope"))
        let refused = try #require(try last.json()["refused"] as? [String: Int])
        for reason in ["payload", "chatter", "unreadable_json", "refusal", "cut_off", "empty", "no_verdict"] {
            #expect((refused[reason] ?? 0) > 0, "no \(reason)")
        }

        var exports: [Data] = []
        for name in ["whole", "broken"] {
            let library = place.path("\(name)-library")
            let built = try Program.run([
                "build", place.path("\(name).jsonl"), "-l", library, "--encoder", place.encoder,
            ])
            try #require(built.status == 0, "\(built)")
            let export = place.path("\(name)-export.jsonl")
            #expect(try Program.run(["export", "-l", library, "-o", export]).status == 0)
            exports.append(try Data(contentsOf: URL(fileURLWithPath: export)))
        }
        #expect(exports[0] == exports[1] && exports[0].count > 1_000, "seed \(seed)")
        // Run once more, it asks for nothing.
        #expect(try Program.run(arguments(place, "broken", model)).status == 0)
        #expect(model.state.repeated == state.repeated && model.state.billed == questions)
    }

    @Test("Ctrl-C and a spent budget leave what is left to the next run; --partial writes what there is")
    func endedEarly() throws {
        let place = try Workspace()
        try place.write(inputs(60), to: "inputs.jsonl")
        let model = try ScriptedModel(delay: 0.02)
        let process = try RunningProcess(Program.executable, arguments(place, "out", model))
        process.closeInput()
        while model.state.billed < 20, process.process.isRunning { usleep(1_000) }
        process.signal(SIGINT)
        let interrupted = process.wait()
        #expect(interrupted.status == 1, "\(interrupted)")
        #expect(try interrupted.error().code == "incomplete")
        #expect(try interrupted.error().message.contains("of 60 inputs are left"))
        #expect(try interrupted.json()["complete"] as? Bool == false)
        #expect(!FileManager.default.fileExists(atPath: place.path("out.jsonl")))

        let budget = try Program.run(arguments(place, "out", model) + ["--request-budget", "60", "--partial"])
        #expect(budget.status == 1, "\(budget)")
        #expect(try budget.error().message.contains("the budget of 60 requests is spent"))
        let part = try Data(contentsOf: URL(fileURLWithPath: place.path("out.jsonl")))
        let rest = try Program.run(arguments(place, "out", model))
        #expect(rest.status == 0, "\(rest)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.path("out.jsonl"))).count > part.count)
        #expect(model.state.repeated <= 8)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(!names.contains { $0.contains(".tmp-") }, "\(names)")
    }
}
