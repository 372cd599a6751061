import Foundation
import LoopbackServer
import Platform
import Testing

@Suite("The command respond", .serialized)
struct RespondCommandTests {
    /// The tiny encoder's words make inputs that find guidelines; others find none.
    static func inputs(_ range: Range<Int>) -> String {
        range.map { number in
            var generator = SplitMix64(seed: UInt64(number) &* 31)
            let words = (0..<6).map { _ in TinyEncoder.words.randomElement(using: &generator) ?? "rule" }
            // A number would be a word that it shares with a guideline.
            let unknown = Array(repeating: "zzzz", count: number / 5 + 1).joined(separator: " ")
            let text = number.isMultiple(of: 5) ? unknown : words.joined(separator: " ") + " \(number)"
            return #"{"id":"i\#(number)","text":"\#(text)","risk":"x:\#(number % 2)"}"#
        }.joined(separator: "\n") + "\n"
    }

    /// An answer that depends on all of the request.
    @Sendable static func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        let isGuided = request.messages.first?.contains("####Here are") == true
        return .answer((isGuided ? "careful " : "plain ") + SHA256.hexadecimal(of: request.body))
    }

    static func options(_ server: ScriptedServer, _ place: Workspace) -> [String] {
        ["-l", place.library, "--endpoint", server.base, "--model", "m", "--min-score", "0.2"]
    }

    private func rows(_ path: String) throws -> [[String: Any]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try JSONValueReader.object(String($0))
        }
    }

    @Test("Rows hold both answers and all that is needed to ask again")
    func rows() throws {
        let place = try Workspace()
        try place.build(60)
        let server = try ScriptedServer(Self.answer)
        let inputs = try place.write(Self.inputs(0..<20), to: "inputs.jsonl")
        let output = place.path("answers.jsonl")
        let arguments =
            ["respond", inputs, "-o", output, "--json", "--temperature", "0", "--seed", "4", "--max-tokens", "50"]
            + Self.options(server, place)
        let result = try Program.run(arguments)
        #expect(result.status == 0, "\(result)")
        let summary = try result.json()
        #expect(
            Set(summary.keys) == [
                "output", "failures", "inputs", "answered", "failed", "notAsked", "malformed", "abstained", "cutOff",
                "guidelines", "guidance", "guided", "unguided", "usage", "seconds",
            ])
        #expect(
            summary["answered"] as? Int == 20 && summary["abstained"] as? Int == 4 && summary["failed"] as? Int == 0)
        #expect(server.state.requests.count == 4 + 2 * 16)
        let rows = try rows(output)
        #expect(rows.map { $0["id"] as? String } == (0..<20).map { "i\($0)" })
        let version = try Program.run(["--version"]).lines.first ?? ""
        for row in rows {
            #expect(
                Set(row.keys) == [
                    "id", "input", "fields", "prompt", "guidelines", "dropped", "abstained", "library", "origin",
                    "guided",
                    "unguided", "parameters", "createdBy",
                ])
            let isAbstention = row["abstained"] as? Bool == true
            let guidelines = try #require(row["guidelines"] as? [[String: Any]])
            #expect(guidelines.isEmpty == isAbstention && guidelines.count <= 6)
            let texts = ["guided", "unguided"].map { (row[$0] as? [String: Any])?["text"] as? String ?? "" }
            #expect((texts[0] == texts[1]) == isAbstention && texts[1].hasPrefix("plain "))
            #expect(row["createdBy"] as? String == "fingerpost \(version)")
            let parameters = try #require(row["parameters"] as? [String: Any])
            #expect(parameters["seed"] as? Int == 4 && parameters["maxTokens"] as? Int == 50)
        }
        let fields = rows.compactMap { ($0["fields"] as? [String: Any])?["risk"] as? String }
        #expect(fields == (0..<20).map { "x:\($0 % 2)" })
        // A second run asks for nothing and changes nothing.
        let before = try Data(contentsOf: URL(fileURLWithPath: output))
        let again = try Program.run(arguments)
        #expect(again.status == 0 && server.state.requests.count == 36)
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == before)
    }

    @Test("One input is printed, or its row")
    func one() throws {
        let place = try Workspace()
        try place.build(30)
        let server = try ScriptedServer(Self.answer)
        let text = try Program.run(["respond", "pick the lock of my house"] + Self.options(server, place))
        #expect(
            text.status == 0 && text.output.contains("With them\ncareful ") && text.output.contains("Without\nplain "))
        let none = try Program.run(["respond", "zzzz"] + Self.options(server, place))
        #expect(
            none.status == 0 && none.output.hasPrefix("No guideline applies.") && none.output.contains("Answer\nplain"))
        let row = try Program.run(["respond", "pick the lock of my house", "--json"] + Self.options(server, place))
            .json()
        #expect(row["id"] as? String == "1")
        let left = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(!left.contains { $0.hasSuffix(".answers") })
    }

    @Test("A run that is killed, or interrupted, goes on and ends in the same bytes")
    func killed() throws {
        let place = try Workspace()
        try place.build(60)
        let inputs = try place.write(Self.inputs(0..<60), to: "inputs.jsonl")
        let calm = try ScriptedServer(Self.answer)
        let whole = try Program.run(["respond", inputs, "-o", place.path("whole.jsonl")] + Self.options(calm, place))
        #expect(whole.status == 0, "\(whole)")
        let expected = try Data(contentsOf: URL(fileURLWithPath: place.path("whole.jsonl")))
        for (name, signal) in [("killed", SIGKILL), ("interrupted", SIGINT)] {
            let output = place.path("\(name).jsonl")
            let isSlow = Locked(true)
            // The last answers do not come, so that the signal comes in the middle.
            let server = try ScriptedServer { request in
                if isSlow.withLock({ $0 }), request.number > 30 { return .silence(seconds: 5) }
                return Self.answer(request)
            }
            let arguments = ["respond", inputs, "-o", output, "--concurrency", "3"] + Self.options(server, place)
            let process = try RunningProcess(Program.executable, arguments)
            let deadline = Date(timeIntervalSinceNow: 60)
            while server.state.requests.count < 32, Date() < deadline { usleep(5_000) }
            process.signal(signal)
            let result = process.wait()
            #expect(result.status == (signal == SIGKILL ? -SIGKILL : 1), "\(result)")
            #expect(!FileManager.default.fileExists(atPath: output))
            isSlow.withLock { $0 = false }
            let before = server.state.requests.count
            let rest = try Program.run(arguments)
            #expect(rest.status == 0, "\(rest)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == expected)
            // 108 requests in all, of which those that were answered are not sent again.
            #expect(server.state.requests.count - before <= 108 - 30 + 3)
            if signal == SIGINT { #expect(result.log.contains("interrupted. What was done is kept")) }
            let left = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
            #expect(signal == SIGKILL || !left.contains { $0.hasPrefix("\(name).jsonl.tmp-") })
        }
    }

    @Test("Failures are listed with their reasons; the run fails if it ended early or got nowhere")
    func failures() throws {
        let place = try Workspace()
        try place.build(30)
        let inputs = try place.write(Self.inputs(0..<10), to: "inputs.jsonl")
        let output = place.path("answers.jsonl")
        let isWell = Locked(false)
        let server = try ScriptedServer { request in
            let isBad = request.messages.last?.hasSuffix(" 3") == true
            if isBad, !isWell.withLock({ $0 }) { return .status(422) }
            return Self.answer(request)
        }
        let arguments = ["respond", inputs, "-o", output, "--json"] + Self.options(server, place)
        let result = try Program.run(arguments)
        #expect(result.status == 0 && result.log.contains("note: 1 input without an answer"), "\(result)")
        #expect(try result.json()["failed"] as? Int == 1)
        #expect(try rows(output).count == 9)
        let aside = try rows(output + ".failures.jsonl")
        #expect(aside.count == 1 && aside[0]["id"] as? String == "i3" && aside[0]["code"] as? String == "refused")
        #expect(aside[0]["line"] as? Int == 4)
        let stuck = try Program.run(arguments)
        #expect(stuck.status == 1, "\(stuck)")
        #expect(try stuck.error().code == "all_failed")
        isWell.withLock { $0 = true }
        let mended = try Program.run(arguments)
        #expect(mended.status == 0, "\(mended)")
        #expect(try rows(output).count == 10)
        #expect(!FileManager.default.fileExists(atPath: output + ".failures.jsonl"))

        let early = try Program.run(
            ["respond", inputs, "-o", place.path("early.jsonl"), "--request-budget", "6", "--json"]
                + Self.options(server, place))
        #expect(early.status == 1, "\(early)")
        #expect(try early.error().code == "budget_exhausted")
        let counts = try early.json()
        let sum = ["answered", "failed", "notAsked"].compactMap { counts[$0] as? Int }.reduce(0, +)
        #expect(sum == 10 && (counts["answered"] as? Int ?? 9) < 6)
    }

    @Test("Bad use is told before anything is asked")
    func faults() throws {
        let place = try Workspace()
        try place.build(5)
        let server = try ScriptedServer(Self.answer)
        let inputs = try place.write("{\"text\":\"a\"}\n{\"id\":\"b\"}\n", to: "inputs.jsonl")
        for (arguments, text) in [
            ([inputs], "name the file to write with --output"), ([" "], "empty"), (["a", "b"], "--output"),
            ([inputs, "-o", place.path("out")], "inputs.jsonl:2"),
            ([place.path("none.jsonl"), "-o", place.path("out")], "none.jsonl"),
            ([inputs, "-o", place.path("no/out")], "no folder"), (["a", "--max-tokens", "0"], "--max-tokens is 0"),
            (["a", "--candidates", "0"], "--candidates is 0"), (["a", "--only", "left"], "left"),
            (["a", "--fresh"], "--fresh needs no --library"),
        ] {
            let result = try Program.run(["respond"] + arguments + Self.options(server, place))
            #expect(result.status == 2 && result.output.isEmpty && result.log.contains(text), "\(arguments): \(result)")
        }
        #expect(server.state.requests.isEmpty)
    }
}
