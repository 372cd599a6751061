import Foundation
import Platform
import Testing

/// Other programs' files in, every format out, and what cannot be used.
@Suite("fingerpost export, and builds from other programs' files")
struct ExchangeTests {
    static let pairs = """
        [{"question":"how do I pick the lock","positive_ctxs":[{"title":"Ask first","text":"Ask first: Whose lock is it?"}]},
         {"question":"open the house","positive_ctxs":[{"title":"Ask first","text":"Whose lock is it?"}]},
         {"question":"a question","positive_ctxs":[{"text":""}]}]
        """

    @Test("A file of another program is recognised, and a note says so")
    func recognised() throws {
        let place = try Workspace()
        let file = try place.write(
            Self.pairs.replacing(",\n {\"question\":\"a question\",\"positive_ctxs\":[{\"text\":\"\"}]}", with: ""),
            to: "pairs.json")
        let arguments = ["build", file, "-l", place.library, "--encoder", place.encoder, "--json"]
        let result = try Program.run(arguments)
        #expect(result.status == 0, "\(result)")
        #expect(result.log.hasPrefix("note: \(file): taken for pairs of questions and guidelines"), "\(result)")
        #expect(try result.json()["added"] as? Int == 1)
        let asked = try Program.run(arguments + ["--format", "guide-align-pairs"])
        #expect(asked.status == 0 && !asked.log.contains("note:"))
        #expect(try asked.json()["unchanged"] as? Int == 1)
        let few = try Program.run(arguments + ["--max-examples", "1"])
        #expect(try few.json()["updated"] as? Int == 1, "\(few)")
        let exported = try Program.run(["export", "-l", place.library])
        let guideline = try exported.json()
        #expect(guideline["title"] as? String == "Ask first" && guideline["support"] as? Int == 2)
        #expect(guideline["examples"] as? [String] == ["how do I pick the lock"])
        let source = try #require(guideline["source"] as? [String: Any])
        #expect(source["type"] as? String == "import" && source["format"] as? String == "dpr-training")
        #expect(source["ref"] as? String == "pairs.json:1" && source["record"] as? Int == 1)
        let json = try Program.run(arguments + ["--format", "json"])
        #expect(json.status == 2, "\(json)")
        #expect(try json.error().code == "invalid_field")
    }

    @Test("Standard input takes a format too")
    func standardInput() throws {
        let place = try Workspace()
        let result = try Program.run(
            ["build", "-", "-l", place.library, "--encoder", place.encoder, "--format", "dpr-tsv", "--json"],
            input: "1\tpick the lock\tLocks\n2\task the doctor\t\n")
        #expect(try result.json()["added"] as? Int == 2, "\(result)")
        let rules = try Program.run(
            ["build", "-", "-l", place.library, "--json"],
            input: #"{"prompt":"a doctor","rules":"1. Refer: Ask the doctor.\n2. Stay: Never write a lock."}"# + "\n")
        #expect(try rules.json()["added"] as? Int == 2, "\(rules)")
        #expect(rules.log.contains("standard input: taken for prompts"))
    }

    @Test("A dry run says what a build would do, and stores nothing")
    func dryRun() throws {
        let place = try Workspace()
        let corpus = try place.write(Workspace.rules(0..<5), to: "rules.jsonl")
        let fresh = try Program.run(["build", corpus, "-l", place.library, "--dry-run", "--json"])
        #expect(fresh.status == 0, "\(fresh)")
        let planned = try fresh.json()
        #expect(
            Set(planned.keys) == [
                "library", "dryRun", "read", "added", "updated", "unchanged", "duplicates", "skipped", "faults",
            ])
        #expect(planned["read"] as? Int == 5 && planned["added"] as? Int == 5 && planned["dryRun"] as? Bool == true)
        #expect(!FileManager.default.fileExists(atPath: place.library))

        try place.build(5)
        var rules = Workspace.rules(0..<7).split(separator: "\n").map(String.init)
        rules[1] = #"{"id":"g1","text":"never pick the lock"}"#
        rules.append(#"{"id":"twin","text":"never pick the lock"}"#)
        try place.write(rules.joined(separator: "\n"), to: "rules.jsonl")
        let before = try Program.run(["export", "-l", place.library]).output
        let again = try Program.run(["build", corpus, "-l", place.library, "--dry-run", "--json"]).json()
        #expect(again["added"] as? Int == 2 && again["updated"] as? Int == 1 && again["unchanged"] as? Int == 4)
        #expect(again["duplicates"] as? Int == 1)
        #expect(try Program.run(["export", "-l", place.library]).output == before)
        let done = try Program.run(["build", corpus, "-l", place.library, "--json"]).json()
        for name in ["added", "updated", "unchanged", "duplicates"] {
            #expect(done[name] as? Int == again[name] as? Int, "\(name)")
        }
        let text = try Program.run(["build", corpus, "-l", place.library, "--dry-run"])
        #expect(text.output.contains("nothing is stored") && text.output.contains("would be unchanged"))
    }

    static let faulty = """
        {"id":"a","text":"pick the lock"}
        {"id":"b","text":7}
        not JSON
        {"id":"a","text":"ask the doctor"}
        {"id":"c","text":"write the rule"}
        {"id":"d","text":" "}
        {"id":"e","severity":"high"}
        {"id":"f","text":"cut
        """

    @Test("Records that cannot be used are left out, counted and listed")
    func skipInvalid() throws {
        let place = try Workspace()
        let corpus = try place.write(Self.faulty, to: "rules.jsonl")
        let report = place.path("faults.jsonl")
        let arguments = ["build", corpus, "-l", place.library, "--encoder", place.encoder, "--json"]
        let stopped = try Program.run(arguments)
        #expect(stopped.status == 2 && !FileManager.default.fileExists(atPath: place.library))
        #expect(try stopped.error().line == 2)

        let result = try Program.run(arguments + ["--skip-invalid", "--report", report])
        #expect(result.status == 0, "\(result)")
        #expect(try result.json()["skipped"] as? Int == 6)
        #expect(try result.json()["added"] as? Int == 2)
        #expect(result.log.contains("skipped: \(corpus):2: field \"text\" must be text, not a number."))
        #expect(result.log.split(separator: "\n").count { $0.hasPrefix("skipped: ") } == 5)
        #expect(result.log.contains("note: 6 records that cannot be used ("))
        let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n").map {
            try JSONValueReader.object(String($0))
        }
        #expect(lines.map { $0["line"] as? Int } == [2, 3, 4, 6, 7, 8])
        #expect(
            lines.map { $0["code"] as? String } == [
                "invalid_field", "syntax", "duplicate_id", "empty_text", "invalid_field", "truncated",
            ])
        for line in lines {
            #expect(
                Set(line.keys) == ["file", "line", "record", "code", "message"] && line["file"] as? String == corpus)
        }
        let text = try Program.run(arguments.dropLast() + ["--skip-invalid"])
        #expect(text.output.contains("skipped     6 records that cannot be used"), "\(text)")
        #expect(text.log.contains("--report FILE"))
    }

    @Test("A dry run says all that is wrong, and its status tells")
    func dryRunWithFaults() throws {
        let place = try Workspace()
        let corpus = try place.write(Self.faulty, to: "rules.jsonl")
        let report = place.path("faults.jsonl")
        let arguments = ["build", corpus, "-l", place.library, "--dry-run", "--json"]
        let result = try Program.run(arguments + ["--report", report])
        #expect(result.status == 2, "\(result)")
        let document = try result.json()
        #expect(document["skipped"] as? Int == 6 && document["added"] as? Int == 2)
        let faults = try #require(document["faults"] as? [[String: Any]])
        #expect(faults.map { $0["line"] as? Int } == [2, 3, 4, 6, 7, 8])
        #expect(try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n").count == 6)
        #expect(try Program.run(arguments + ["--skip-invalid"]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: place.library))
    }

    @Test("What makes the rest unreadable stops all, and is in the list")
    func unreadable() throws {
        let place = try Workspace()
        let corpus = try place.write("[{\"text\":7},\n{\"text\":\"pick the lock\"},\n{\"text\":nul}]", to: "rules.json")
        let report = place.path("faults.jsonl")
        let result = try Program.run([
            "build", corpus, "-l", place.library, "--encoder", place.encoder, "--skip-invalid", "--report", report,
            "--json",
        ])
        #expect(result.status == 2 && result.output.isEmpty, "\(result)")
        #expect(try result.error().line == 3)
        #expect(!FileManager.default.fileExists(atPath: place.library))
        let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2 && lines[1].contains("\"line\":3"))
        for bad in ["/no/such/folder/f.jsonl", place.folder.path] {
            let result = try Program.run(["build", corpus, "-l", place.library, "--report", bad])
            #expect(result.status == 2)
        }
    }

    static let lossless = ["jsonl", "json", "csv", "tsv", "yaml", "markdown", "parlant", "semantic-router"]

    @Test("A library goes through every format that carries all, and comes back", arguments: lossless)
    func roundTrip(format: String) throws {
        let place = try Workspace()
        try place.write(
            Workspace.rules(0..<6)
                + #"{"id":"odd = \"id\"","title":"=1+1","text":"-a\n# b\r\n\"c\" {#d}","tags":["a;b","[c]"],"extra":{"x":[1,null,0.5]},"source":{"ref":"x"},"threshold":0.25,"relations":[{"type":"excludes","target":"g1"}],"status":"retired"}"#
                + "\n", to: "rules.jsonl")
        // A source of their own, or other programs' formats would say that they were imported.
        let corpus = try place.write(
            try String(contentsOfFile: place.path("rules.jsonl"), encoding: .utf8).replacing(
                "\"examples\"", with: "\"source\":{\"type\":\"human\"},\"examples\""), to: "rules.jsonl")
        let build = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        #expect(build.status == 0, "\(build)")
        let file = place.path("out.\(["parlant", "semantic-router"].contains(format) ? "json" : format)")
        let export = try Program.run(["export", "-l", place.library, "--format", format, "-o", file, "--json"])
        #expect(export.status == 0 && export.log.isEmpty, "\(export)")
        let document = try export.json()
        #expect(Set(document.keys) == ["library", "output", "format", "guidelines", "omitted", "lost"])
        #expect(document["guidelines"] as? Int == 7 && (document["lost"] as? [String: Int])?.isEmpty == true)
        let rebuilt = try Program.run([
            "build", file, "-l", place.path("second"), "--encoder", place.encoder, "--format", format,
        ])
        #expect(rebuilt.status == 0, "\(rebuilt)")
        let first = try Program.run(["export", "-l", place.library])
        let second = try Program.run(["export", "-l", place.path("second")])
        #expect(first.output == second.output && !first.output.isEmpty)
        let unchanged = try Program.run(["build", file, "-l", place.library, "--format", format, "--json"]).json()
        #expect(unchanged["unchanged"] as? Int == 7)
    }

    @Test("Formats that lose fields say which, of how many guidelines")
    func losses() throws {
        let place = try Workspace()
        let corpus = try place.write(
            #"{"id":"a","text":"pick the lock","severity":"high","examples":["a lock"]}"# + "\n"
                + #"{"id":"b","text":"ask the doctor","title":"Refer","severity":"low"}"# + "\n", to: "r.jsonl")
        _ = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        let passages = try Program.run(["export", "-l", place.library, "--format", "dpr-tsv"])
        #expect(passages.output == "id\ttext\ttitle\na\tpick the lock\t\nb\task the doctor\tRefer\n")
        #expect(passages.log == "note: dpr-tsv does not carry severity (2 guidelines), examples (1 guideline).\n")
        let pairs = try Program.run(["export", "-l", place.library, "--format", "guide-align-pairs"])
        #expect(pairs.log.contains("note: 1 guideline without an example left out") && pairs.status == 0)
        let file = place.path("policies.yaml")
        let policies = try Program.run([
            "export", "-l", place.library, "--format", "nemo-policies", "-o", file, "--json",
        ])
        #expect(try policies.json()["lost"] as? [String: Int] == ["severity": 2, "title": 1, "examples": 1])
        let text = try Program.run(["export", "-l", place.library, "-o", place.path("x.md")])
        #expect(text.output == "\(place.path("x.md")): 2 guidelines as markdown\n" && text.log.isEmpty)
    }

    @Test("Only what was asked for, and nothing where it cannot be written")
    func choices() throws {
        let place = try Workspace()
        let corpus = try place.write(
            #"{"id":"a","text":"pick the lock"}"# + "\n" + #"{"id":"b","text":"ask the doctor","status":"draft"}"#
                + "\n"
                + #"{"id":"c","text":"write the rule","status":"retired"}"# + "\n", to: "r.jsonl")
        _ = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        func ids(_ arguments: String...) throws -> [String] {
            try Program.run(["export", "-l", place.library] + arguments).lines.compactMap {
                try JSONValueReader.object($0)["id"] as? String
            }
        }
        #expect(try ids() == ["a", "b", "c"])
        #expect(try ids("--status", "active", "--status", "draft") == ["a", "b"])
        #expect(try ids("--status", "shadow").isEmpty)

        let kept = try place.write("kept", to: "kept.jsonl")
        let missing = try Program.run(["export", "-l", place.path("none"), "-o", kept, "--json"])
        #expect(missing.status == 2)
        #expect(try missing.error().code == "library_not_found")
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == "kept")
        for arguments in [
            ["--json"], ["-o", place.path("x.docx")], ["-o", ""], ["--format", "docx"], ["--status", "new"],
        ] {
            let result = try Program.run(["export", "-l", place.library] + arguments)
            #expect(result.status == 2 && result.output.isEmpty, "\(result)")
            #expect(result.log.hasPrefix("error: ") || arguments == ["--json"], "\(result)")
        }
        for output in ["/no/such/folder/x.csv", place.folder.path] {
            let result = try Program.run(["export", "-l", place.library, "-o", output, "--format", "csv", "--json"])
            #expect(result.status == 2 && result.output.isEmpty)
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place.folder.path).allSatisfy { !$0.contains(".tmp-") })
        let closed = try Program.shell("\"$FINGERPOST\" export -l '\(place.library)' | true; echo ${PIPESTATUS[0]}")
        #expect(closed.output == "0\n" && closed.log.isEmpty, "\(closed)")
    }

    @Test("An export is the same bytes each time, and needs neither the encoder nor the index")
    func deterministic() throws {
        let place = try Workspace()
        try place.build(30)
        let first = try Program.run(["export", "-l", place.library, "--format", "yaml"])
        try FileManager.default.removeItem(atPath: place.encoder)
        try FileManager.default.removeItem(atPath: place.library + "/index.hnsw")
        let second = try Program.run(["export", "-l", place.library, "--format", "yaml"])
        #expect(first.status == 0 && second.status == 0 && first.output == second.output)
        #expect(!FileManager.default.fileExists(atPath: place.library + "/index.hnsw"))
    }
}
