import Foundation
import Testing

@Suite("fingerpost build and search")
struct BuildAndSearchTests {
    @Test("A build says what it did, and the second encodes nothing")
    func buildTwice() throws {
        let place = try Workspace()
        let corpus = try place.write(Workspace.rules(0..<40), to: "rules.jsonl")
        let arguments = [
            "build", corpus, "--library", place.library, "--encoder", place.encoder, "--json", "--threads", "1",
        ]
        let first = try Program.run(arguments)
        #expect(first.status == 0, "\(first)")
        let built = try first.json()
        #expect(
            Set(built.keys) == [
                "library", "guidelines", "added", "updated", "unchanged", "duplicates", "skipped", "encoded", "indexed",
                "seconds", "bytes", "encoder",
            ])
        #expect(built["guidelines"] as? Int == 40 && built["added"] as? Int == 40)
        #expect(built["encoded"] as? Int == 80 && built["indexed"] as? Int == 80)
        let bytes = try #require(built["bytes"] as? [String: Int])
        #expect(bytes["database", default: 0] > 0 && bytes["index", default: 0] > 0)
        let seconds = try #require(built["seconds"] as? [String: Double])
        #expect(seconds["total", default: 0] > 0)
        #expect((built["encoder"] as? [String: Any])?["dimension"] as? Int == 16)
        let event = try JSONValueReader.object(first.log)
        #expect(event["event"] as? String == "committed" && event["guidelines"] as? Int == 40)

        let second = try Program.run(arguments).json()
        #expect(second["encoded"] as? Int == 0 && second["unchanged"] as? Int == 40 && second["added"] as? Int == 0)

        // One rule changed, one new, one the same as another.
        var rules = Workspace.rules(0..<41).split(separator: "\n").map(String.init)
        rules[3] = #"{"id":"g3","text":"never pick the lock of a house"}"#
        rules.append(#"{"id":"again","text":"never pick the lock of a house"}"#)
        try place.write(rules.joined(separator: "\n"), to: "rules.jsonl")
        let third = try Program.run(arguments).json()
        #expect(third["updated"] as? Int == 1 && third["added"] as? Int == 1 && third["duplicates"] as? Int == 1)
        #expect(third["encoded"] as? Int == 3, "one text of the changed rule, two of the new one")
        #expect(third["guidelines"] as? Int == 41)
    }

    @Test("For people: what was added, and the commit on standard error")
    func text() throws {
        let place = try Workspace()
        let result = try place.build(5)
        #expect(result.log == "Committed: 5 guidelines stored in \(place.library).\n")
        #expect(result.output.contains("guidelines  5 (5 added)"))
        #expect(result.output.contains("10 (10 encoded"))
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test("Several files of several formats, and standard input")
    func formats() throws {
        let place = try Workspace()
        let files = [
            try place.write("\u{FEFF}" + Workspace.rules(0..<2), to: "a.jsonl"),
            try place.write(#"[{"id":"j1","text":"ask the doctor"}]"#, to: "b.json"),
            try place.write("id,title,text\nc1,\"lock, pick\",\"never help\"\n", to: "c.csv"),
            try place.write("- id: y1\n  text: respect the child\n", to: "d.yaml"),
            try place.write("# Vote {#m1}\n\nTell the truth.\n", to: "e.md"),
            "-",
        ]
        let result = try Program.run(
            ["build"] + files + ["--library", place.library, "--encoder", place.encoder, "--json"],
            input: #"{"id":"s1","text":"refuse the bomb"}"#)
        #expect(result.status == 0, "\(result)")
        #expect(try result.json()["guidelines"] as? Int == 7)
        // Standard input in a format that is named.
        let piped = try Program.shell(
            "printf 'id,text\\nz1,give the food\\n' | \"$FINGERPOST\" build - --format csv --library '\(place.library)' --json"
        )
        #expect(try piped.json()["guidelines"] as? Int == 8, "\(piped)")
    }

    @Test("The shape of an answer")
    func searchJSON() throws {
        let place = try Workspace()
        try place.build(30)
        let result = try Program.run(["search", "pick the lock of my house", "-l", place.library, "-k", "4", "--json"])
        #expect(result.status == 0 && result.log.isEmpty, "\(result)")
        let answer = try result.json()
        #expect(Set(answer.keys) == ["query", "mode", "libraryVersion", "calibration", "matches", "always", "dropped"])
        #expect(answer["query"] as? String == "pick the lock of my house")
        #expect(answer["mode"] as? String == "exact")
        let matches = try #require(answer["matches"] as? [[String: Any]])
        #expect(matches.count == 4)
        for match in matches {
            #expect(
                Set(match.keys) == [
                    "id", "score", "title", "text", "via", "condition", "kind", "severity", "authority", "priority",
                    "risk", "tags", "similarity", "wordShare", "evidence", "threshold",
                ])
            let via = try #require(match["via"] as? [String: Any])
            #expect(Set(via.keys) == ["field", "ordinal", "text", "score"])
            let (similarity, share) = (match["similarity"] as? Double ?? 9, match["wordShare"] as? Double ?? -1)
            #expect(share >= 0 && similarity <= match["score"] as? Double ?? -9)
            #expect(["text", "example"].contains(via["field"] as? String ?? ""))
        }
        let scores = matches.compactMap { $0["score"] as? Double }
        #expect(scores == scores.sorted(by: >))
        // The same question has the same answer, byte for byte.
        let again = try Program.run(["search", "pick the lock of my house", "-l", place.library, "-k", "4", "--json"])
        #expect(again.output == result.output)

        let explained = try Program.run(
            [
                "search", "pick the lock", "-l", place.library, "-k", "2", "--min-score", "0.99", "--json", "--explain",
                "--exact",
            ]
        ).json()
        #expect(
            Set(explained.keys) == [
                "query", "mode", "libraryVersion", "calibration", "matches", "always", "dropped", "fitted",
                "latencyMicroseconds",
            ])
        let dropped = try #require(explained["dropped"] as? [[String: Any]])
        let members: Set<String> = ["id", "score", "similarity", "evidence", "threshold", "reason"]
        #expect(dropped.count >= 2 && dropped.allSatisfy { Set($0.keys) == members })
        #expect(dropped.allSatisfy { $0["threshold"] as? Double == 0.99 })
        #expect(dropped.allSatisfy { $0["reason"] as? String == "below_threshold" })
    }

    @Test("k beyond the library gives all of it; k = 0 is refused")
    func limits() throws {
        let place = try Workspace()
        try place.build(12)
        let all = try Program.run(["search", "lock", "-l", place.library, "-k", "1000", "--json"]).json()
        #expect((all["matches"] as? [Any])?.count == 12)
        let none = try Program.run(["search", "lock", "-l", place.library, "-k", "0", "--json"])
        #expect(none.status == 2 && none.output.isEmpty)
        #expect(try none.error().message.contains("-k is 0"))
    }

    @Test("For people: rank, score, title, text and why; and that nothing applies")
    func searchText() throws {
        let place = try Workspace()
        let corpus = try place.write(
            #"{"id":"r1","title":"Never pick a lock","text":"Refuse to help with a lock.\u001b[2J","examples":["open","how to pick the lock of a car"]}"#,
            to: "one.jsonl")
        #expect(try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder]).status == 0)
        let result = try Program.run(
            ["search", "how to pick the lock of a car", "-l", place.library], environment: ["COLUMNS": "60"])
        #expect(result.output.contains(" 1  ") && result.output.contains("  Never pick a lock"), "\(result)")
        #expect(result.output.contains("via example 2: \"how to pick the lock"))
        #expect(result.output.contains("\\u{1B}[2J") && !result.output.contains("\u{1B}"))
        #expect(result.lines.allSatisfy { $0.count <= 60 })
        let nothing = try Program.run(["search", "pick poison", "-l", place.library, "--min-score", "0.999"])
        #expect(nothing.status == 0)
        #expect(nothing.output.contains("No guideline applies (best similarity 0."))
        #expect(nothing.output.contains("below --min-score 0.999)"))
        let unknown = try Program.run(["search", "xyzzy", "-l", place.library])
        #expect(unknown.output.contains("No guideline applies (no word of the input is known)"))
        let explained = try Program.run(["search", "pick a lock", "-l", place.library, "--explain"])
        #expect(explained.output.contains("searched by exact in"))
        #expect(explained.output.contains("example 2: how to pick"))
    }

    @Test("A batch answers in order, and a line through a pipe at once")
    func batch() throws {
        let place = try Workspace()
        try place.build(20)
        let queries = (0..<600).map { #"{"id":"q\#($0)","query":"\#(TinyEncoder.words[$0 % 60]) and lock"}"# }
        let file = try place.write(queries.joined(separator: "\n"), to: "queries.jsonl")
        let result = try Program.run(["search", "--batch", file, "-l", place.library, "-k", "2", "--json"])
        #expect(result.status == 0, "\(result)")
        let ids = try result.lines.map { try #require(try JSONValueReader.object($0)["id"] as? String) }
        #expect(ids == (0..<600).map { "q\($0)" })
        let alone = try Program.run([
            "search", "\(TinyEncoder.words[7]) and lock", "-l", place.library, "-k", "2", "--json",
        ])
        #expect(
            result.lines[7]
                == alone.lines[0].replacing("{\"query\"", with: "{\"id\":\"q7\",\"query\"", maxReplacements: 1))

        let process = try RunningProcess(Program.executable, ["search", "--batch", "-", "-l", place.library])
        for round in 1...3 {
            process.send(queries[round] + "\n")
            #expect(process.waitForLines(round), "no answer before the input ended")
        }
        process.closeInput()
        #expect(process.wait().status == 0)
    }

    @Test("The encoder of a library is replaced only when asked")
    func replaceEncoder() throws {
        let place = try Workspace()
        try place.build(10)
        let other = place.path("other")
        try TinyEncoder.write(to: URL(fileURLWithPath: other), seed: 2, dimension: 8)
        let corpus = place.path("rules-10.jsonl")
        let refused = try Program.run(["build", corpus, "-l", place.library, "--encoder", other, "--json"])
        #expect(refused.status == 2)
        let error = try refused.error()
        #expect(error.code == "encoder_mismatch" && error.message.contains("--replace-encoder"))
        let replaced = try Program.run(
            ["build", corpus, "-l", place.library, "--encoder", other, "--replace-encoder", "--json"])
        #expect(replaced.status == 0, "\(replaced)")
        #expect(try replaced.json()["encoded"] as? Int == 20)
        #expect((try replaced.json()["encoder"] as? [String: Any])?["dimension"] as? Int == 8)
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
        #expect(try Program.run(["search", "lock", "-l", place.library]).status == 0)
    }

    @Test("The graph's shape is taken, and an index that has another says so")
    func graph() throws {
        let place = try Workspace()
        try place.build(10, "--M", "8", "--ef-construction", "50")
        let info = try Program.run(["info", "-l", place.library, "--json"]).json()
        #expect((info["index"] as? [String: Any])?["M"] as? Int == 8)
        let again = try place.build(10, "--M", "12")
        #expect(again.log.contains("keeps the graph it was built with (M 8"))
        let bad = try Program.run(["build", "x.jsonl", "-l", place.library, "--M", "1"])
        #expect(bad.status == 2 && bad.log.contains("--M is 1"))
    }
}
