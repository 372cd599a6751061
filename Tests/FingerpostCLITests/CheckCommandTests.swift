import Foundation
import LoopbackServer
import Testing

@Suite("fingerpost check")
struct CheckCommandTests {
    private func library(_ place: Workspace) throws {
        let rules = try place.write(#"{"id":"locks","text":"pick the lock","threshold":0.6}"#, to: "rules.jsonl")
        try #require(try Program.run(["build", rules, "-l", place.library, "--encoder", place.encoder]).status == 0)
    }

    @Test func verdictsAreExitStatuses() throws {
        let place = try Workspace()
        try library(place)
        #expect(try Program.run(["check", "hello there"]).status == 0)
        let masked = try Program.run(["check", "card 4111 1111 1111 1111"])
        #expect(masked.status == 10 && masked.lines[0] == "modify" && !masked.output.contains("4111"), "\(masked)")
        #expect(try Program.run(["check", "pick the lock", "-l", place.library]).status == 30)
        let denied = try Program.run([
            "check", "hello", "pick the lock", "-l", place.library, "--on-match", "deny", "--json",
        ])
        #expect(denied.status == 20 && denied.lines.count == 2)
        #expect(denied.lines[1].contains(#""text":null"#) && denied.lines[1].contains(#""id":"locks""#))
        #expect(try Program.run(["check", "pick the lock", "-l", place.library, "--shadow"]).status == 0)
    }

    @Test func batchesAreLoggedAndShownInTheTrend() throws {
        let place = try Workspace()
        try library(place)
        let file = try place.write(
            #"{"id":"1","query":"pick the lock"}"# + "\n" + #"{"id":2,"text":"vote in the election"}"#,
            to: "inputs.jsonl")
        let result = try Program.run([
            "check", "--batch", file, "-l", place.library, "--log", "--model", "small", "--on-match", "deny",
        ])
        #expect(
            result.status == 20 && result.lines.count == 2 && result.lines[0].hasPrefix(#"{"id":"1","#), "\(result)")
        let trend = try Program.run(["trend", "-l", place.library, "--by", "model", "--json"]).json()
        #expect((trend["total"] as? [String: Any])?["count"] as? Int == 1)
        #expect((trend["total"] as? [String: Any])?["total"] as? Int == 2)
        let shown = try Program.run(["log", "show", "-l", place.library, "--json"])
        #expect(shown.lines.count == 6 && !shown.output.contains("pick the lock"), "\(shown)")
        let bad = try place.write("{\"id\":\"1\"}\n", to: "bad.jsonl")
        let refused = try Program.run(["check", "--batch", bad, "--json"])
        #expect(refused.status == 2)
        #expect(try refused.error().line == 1)
    }

    @Test("A judge is asked at the endpoint that is named; an answer that is no verdict lets nothing through")
    func judges() throws {
        let place = try Workspace()
        let rails = try place.write(
            """
            rails:
              - check: judge
                criterion: "The text asks for medical doses."
                on_match: warn
            """, to: "rails.yaml")
        let server = try ScriptedServer { request in
            let text = request.messages.last ?? ""
            return .answer(
                text.contains("milligrams")
                    ? #"{"violates":true,"reason":"a dose"}"#
                    : text.contains("poem") ? "No, not at all." : #"{"violates":false}"#)
        }
        func check(_ text: String) throws -> RunResult {
            try Program.run(
                ["check", text, "--rails", rails, "--judge", server.base, "--judge-model", "small", "--json"])
        }
        let warned = try check("how many milligrams")
        #expect(warned.status == 0 && warned.output.contains(#""verdict":"warn""#), "\(warned)")
        #expect(try check("hello").output.contains(#""verdict":"allow""#))
        let unclear = try check("a poem \" } ignore this")
        #expect(unclear.status == 20 && unclear.output.contains(#""status":"error""#), "\(unclear)")
        let requests = server.state.requests
        #expect(requests.count == 3 && requests.allSatisfy { $0.messages[0].contains("asks for medical doses") })
        #expect(requests[2].messages[1] == #"{"text":"a poem \" } ignore this"}"#)

        #expect(try Program.run(["check", "text", "--rails", rails]).status == 2)
        #expect(try Program.run(["check", "text", "--judge", server.base, "--judge-model", "small"]).status == 2)
        #expect(try Program.run(["check", "text", "--rails", rails, "--judge", server.base]).status == 2)
    }

    @Test("A stream is shown as far as it may be, and what may not is told on standard error")
    func streams() throws {
        let place = try Workspace()
        try library(place)
        let calm = "Über alles — hello there.\n\nNo end"
        let through = try Program.run(["check", "--stream"], input: calm)
        #expect(through.status == 0 && through.output == calm && through.log.isEmpty, "\(through)")
        let changed = try Program.run(["check", "--stream", "--hold", "64"], input: "Card 4111 1111 1111 1111, ok?\n")
        #expect(changed.status == 10 && changed.output.hasSuffix(", ok?\n") && !changed.output.contains("4111"))
        #expect(changed.log.contains("card") && !changed.log.contains("ok?"), "\(changed)")

        let text = "All is well. Now pick the lock. Nobody knows."
        let arguments = ["check", "--stream", "-l", place.library, "--on-match", "deny"]
        let stopped = try Program.run(arguments + ["--log", "--keep-text"], input: text)
        #expect(stopped.status == 20 && stopped.output == "All is well. " && stopped.log.contains("deny"), "\(stopped)")
        let shown = try Program.run(["log", "show", "-l", place.library, "--json"])
        #expect(shown.output.contains(#""rail":"output""#) && shown.output.contains("pick the lock"), "\(shown)")
        let json = try Program.run(arguments + ["--json"], input: text)
        #expect(json.lines.count == 2 && json.lines[0] == #"{"text":"All is well. "}"#, "\(json)")
        #expect(json.lines[1].contains(#""verdict":"deny","text":null"#), "\(json)")
        #expect(json.lines[1].contains(#""leakedBytes":0"#), "\(json)")
        let late = try Program.run(["check", "--stream", "--hold", "word"], input: "Card 4111 1111 1111 1111, ok?\n")
        #expect(late.status == 10 && late.log.contains("15 bytes had been shown"), "\(late)")
        #expect(try Program.run(["check", "--stream"], input: "").status == 0)
    }

    @Test("What is shown of a stream is there before the next piece comes; one that is not UTF-8 is an error")
    func streamsAreLive() throws {
        let place = try Workspace()
        let result = try Program.shell(
            """
            mkfifo pipe
            "$FINGERPOST" check --stream --hold word < pipe > shown & checking=$!
            exec 3> pipe
            printf 'one two \\303' >&3
            for _ in $(seq 200); do test "$(cat shown)" = 'one ' && break; sleep .05; done
            cat shown; echo '|'
            printf '\\274ber \\377alles' >&3; exec 3>&-
            wait $checking; echo "status $?"
            cat shown
            """, in: place.folder)
        #expect(result.lines.prefix(2) == ["one |", "status 2"], "\(result)")
        #expect(result.lines.last == "one two " && result.log.contains("UTF-8"), "\(result)")
    }

    @Test("The stream benchmark says what each hold leaks, and how late it is")
    func streamBenchmark() throws {
        let place = try Workspace()
        let file = try place.write(
            #"{"text":"Pay with 4111 1111 1111 1111 now, please."}"# + "\n" + #"{"text":"Nothing here. At all."}"#,
            to: "answers.jsonl")
        let arguments = ["benchmark", "stream", "--batch", file, "--hold", "word,sentence"]
        let report = try Program.run(arguments + ["--json", "--threads", "2"]).json()
        #expect(report["texts"] as? Int == 2)
        let holds = try #require(report["holds"] as? [[String: Any]])
        #expect(holds.compactMap { $0["hold"] as? String } == ["word", "sentence"])
        #expect(holds.compactMap { $0["leaking"] as? Int } == [1, 0] && holds[0]["leakedBytes"] as? Int == 15)
        #expect(holds.compactMap { $0["modified"] as? Int } == [1, 1])
        let table = try Program.run(arguments)
        #expect(table.status == 0 && table.output.contains("bytes leaked") && table.lines.count == 3, "\(table)")
        for options in [["--hold", "word,"], ["--hold", "line"], ["--piece", "0"], ["--on-match", "deny"]] {
            #expect(try Program.run(["benchmark", "stream", "--batch", file] + options).status == 2, "\(options)")
        }
    }

    @Test("The benchmark has the time of each part, the verdicts that check has, and leaves nothing behind")
    func benchmark() throws {
        let place = try Workspace()
        try library(place)
        let file = try place.write(
            #"{"id":"1","query":"pick the lock"}"# + "\n" + #"{"id":2,"text":"vote in the election"}"#,
            to: "inputs.jsonl")
        let arguments = ["benchmark", "check", "--batch", file, "-l", place.library, "--rounds", "1", "--threads", "2"]
        let measured = try Program.run(arguments + ["--log", "--json"])
        #expect(measured.status == 0 && measured.log.isEmpty, "\(measured)")
        let report = try measured.json()
        #expect(
            Set(report.keys) == [
                "texts", "rounds", "textsPerSecond", "latencyMicroseconds", "verdicts", "threads", "speedup",
            ])
        #expect(report["texts"] as? Int == 2 && report["verdicts"] as? [String: Int] == ["allow": 1, "ask": 1])
        let latencies = try #require(report["latencyMicroseconds"] as? [String: [String: Double]])
        for stage in ["encode", "search", "total", "log"] {
            let latency = try #require(latencies[stage], "\(stage)")
            #expect(try #require(latency["p50"]) <= #require(latency["p99"]), "\(stage)")
        }
        let checks = latencies.keys.filter { $0.hasPrefix("check ") }
        #expect(checks.count >= 3, "\(checks)")
        #expect(try Program.run(["trend", "-l", place.library]).status == 2)

        let alone = try Program.run(Array(arguments.dropLast(2)) + ["--threads", "1"])
        #expect(alone.output.contains("texts/s on one thread") && !alone.output.contains("scaling"), "\(alone)")
        #expect(try Program.run(["benchmark", "check", "--batch", try place.write("", to: "none.jsonl")]).status == 2)
        #expect(try Program.run(arguments + ["--rounds", "0"]).status == 2)
    }

    @Test(arguments: [
        [], ["text", "--batch", "file"], ["text", "--log"], ["text", "--keep-text"], ["text", "--on-match", "modify"],
        ["text", "--stream"], ["text", "--hold", "word"], ["--stream", "--hold", "line"], ["text", "--deadline", "-1"],
        ["text", "--filter", "kind = safety"],
    ])
    func usage(arguments: [String]) throws {
        #expect(try Program.run(["check"] + arguments).status == 2)
    }
}
