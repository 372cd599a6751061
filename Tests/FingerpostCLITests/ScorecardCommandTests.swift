import Foundation
import Testing

@Suite("fingerpost evaluate --corpora")
struct ScorecardCommandTests {
    /// A set in a folder of sets: three documents, five queries, three out of scope, and a file of pairs.
    private static func place() throws -> Workspace {
        let place = try Workspace()
        for folder in ["sets", "sets/rules", "sets/sts"] {
            try FileManager.default.createDirectory(
                at: place.folder.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        try place.write(
            """
            {"id":"a","text":"pick the lock"}
            {"id":"b","title":"Poison","text":"in the food"}
            {"id":"c","text":"vote in the election"}
            """, to: "sets/rules/corpus.jsonl")
        try place.write(
            """
            {"id":"1","query":"lock pick","positives":["a"]}
            {"id":"2","query":"food poison","positives":["b"],"grades":{"b":2,"c":1}}
            {"id":"3","query":"election vote","positives":["c"]}
            {"id":"4","query":"the lock election vote","positives":["a"]}
            {"id":"5","query":"xyzzy","positives":[]}
            """, to: "sets/rules/test.jsonl")
        try place.write(
            #"{"query":"song"}"# + "\n" + #"{"query":"book film"}"# + "\n" + #"{"query":"car"}"#,
            to: "sets/rules/oos.jsonl")
        try place.write(
            """
            {"s1":"lock","s2":"lock","score":5}
            {"s1":"lock the car","s2":"lock the house","score":3.5}
            {"s1":"song","s2":"tax","score":0}
            """, to: "sets/sts/dev.jsonl")
        return place
    }

    @Test("Two encoders and BM25 over a folder of sets: JSON, its shape and figures that are known")
    func json() throws {
        let place = try Self.place()
        try TinyEncoder.write(to: place.folder.appendingPathComponent("other"), seed: 2)
        let arguments = [
            "evaluate", "--corpora", place.path("sets"), "--encoder", place.encoder, "--encoder", place.path("other"),
            "--bm25", "--json",
        ]
        let result = try Program.run(arguments)
        #expect(result.status == 0 && result.log.isEmpty, "\(result)")
        let document = try result.json()
        #expect(Set(document.keys) == ["systems", "sets", "mean", "bootstrap", "notes"])
        let systems = try #require(document["systems"] as? [[String: Any]])
        #expect(systems.map { $0["name"] as? String } == ["tiny-1", "tiny-2", "BM25"])
        #expect(systems.map { $0["texts"] as? Int } == [17, 17, 3])
        #expect((systems[0]["encoder"] as? [String: Any])?["dimension"] as? Int == 16)
        #expect(
            systems.allSatisfy {
                Set($0.keys) == ["name", "encoder", "texts", "readSeconds", "textsPerSecond", "rankSeconds"]
            })
        let sets = try #require(document["sets"] as? [[String: Any]])
        #expect(sets.map { $0["name"] as? String } == ["rules test", "sts dev"])
        #expect(sets.map { $0["kind"] as? String } == ["retrieval", "similarity"])
        #expect(
            sets[0]["documents"] as? Int == 3 && sets[0]["queries"] as? Int == 4 && sets[0]["negatives"] as? Int == 4)
        let words = try #require((sets[0]["results"] as? [[String: Any]])?.last)
        #expect(
            Set(words.keys) == [
                "system", "ndcg@10", "recall@1", "recall@3", "recall@10", "recall@20", "mrr@10", "map@10", "auroc",
            ])
        func value(_ metric: String) -> Double? { (words[metric] as? [String: Double])?["value"] }
        // The fourth query shares more with "vote in the election" than with "pick the lock".
        #expect(value("recall@1") == 0.625 && value("mrr@10") == 0.875 && value("auroc") == 1)
        let second = 2 / (2 + 1 / log2(3.0))
        #expect(abs((value("ndcg@10") ?? 0) - (1 + second + 1 + 1 / log2(3.0)) / 4) < 1e-6)
        let contrasts = try #require(sets[0]["contrasts"] as? [[String: Any]])
        #expect(contrasts.map { $0["other"] as? String } == ["tiny-2", "BM25"])
        let contrast = try #require(contrasts[1]["ndcg@10"] as? [String: [String: Double]])
        #expect(Set(contrast.keys) == ["difference", "ratio"])
        #expect(contrast["difference"].map { Set($0.keys) } == ["value", "low", "high"])
        #expect(document["mean"] is NSNull)
        let notes = try #require(document["notes"] as? [String])
        #expect(notes.count == 1 && notes[0].contains("oos.jsonl"))

        // All but the times is the same again, on one thread too.
        for more in [[], ["--threads", "1"]] {
            let again = try Program.run(arguments + more).json()
            for name in ["sets", "mean", "bootstrap", "notes"] {
                #expect(again[name] as? NSObject == document[name] as? NSObject, "\(name)")
            }
        }
    }

    @Test("Reports of each kind, a table for people, and notes beside it")
    func reports() throws {
        let place = try Self.place()
        let reports = ["card.md", "card.json", "card.svg"].map { place.path($0) }
        let result = try Program.run(
            [
                "evaluate", "--corpora", place.path("sets/rules"), "--encoder", place.encoder, "--bm25", "--metric",
                "recall@3",
            ]
                + reports.flatMap { ["--report", $0] })
        #expect(result.status == 0 && result.log.hasPrefix("note: "), "\(result)")
        #expect(
            result.lines.first == "recall@3, exact search" && result.output.contains("tiny-1 against BM25"), "\(result)"
        )
        let texts = try reports.map { try String(contentsOfFile: $0, encoding: .utf8) }
        #expect(texts[0].contains("| rules test | 4 | ") && texts[0].contains("Note: "))
        #expect(try JSONValueReader.object(texts[1])["sets"] != nil)
        #expect(texts[2].hasPrefix("<svg ") && texts[2].hasSuffix("</svg>\n"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place.folder.path).allSatisfy { !$0.contains(".tmp-") })
    }

    @Test("The bundled encoder on a part of the sample corpus")
    func sample() throws {
        let place = try Workspace()
        let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../models/sample-corpus").standardizedFileURL
        func lines(_ name: String) throws -> [(line: String, row: [String: Any])] {
            try String(contentsOf: corpus.appendingPathComponent(name), encoding: .utf8).split(separator: "\n").map {
                (String($0), try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]))
            }
        }
        // A debug build takes most of a second for a text.
        let guidelines = try lines("guidelines.jsonl").enumerated().filter { $0.offset % 8 == 0 }.map(\.element)
        let ids = Set(guidelines.compactMap { $0.row["id"] as? String })
        let queries = try lines("queries.jsonl").filter { query in
            let positives = try #require(query.row["positives"] as? [String])
            return !positives.isEmpty && ids.isSuperset(of: positives)
        }
        try FileManager.default.createDirectory(atPath: place.path("part"), withIntermediateDirectories: true)
        _ = try place.write(guidelines.map(\.line).joined(separator: "\n"), to: "part/guidelines.jsonl")
        _ = try place.write(queries.map(\.line).joined(separator: "\n"), to: "part/queries.jsonl")
        let result = try Program.run([
            "evaluate", "--corpora", place.path("part"), "--bundled", "--encoder", place.encoder, "--bm25",
            "--limit", "40", "--json",
        ])
        #expect(result.status == 0, "\(result)")
        let document = try result.json()
        let systems = try #require(document["systems"] as? [[String: Any]])
        #expect(systems.map { $0["name"] as? String }.first == "tiny-1" && systems.count == 3)
        let set = try #require((document["sets"] as? [[String: Any]])?.first)
        #expect(set["documents"] as? Int == guidelines.count && guidelines.count == 62)
        #expect(set["queries"] as? Int == 40 && queries.count > 40)
        let results = try #require(set["results"] as? [[String: Any]])
        let values = results.map { ($0["ndcg@10"] as? [String: Double])?["value"] ?? 0 }
        #expect(
            values[1] > values[2] && values[2] > values[0], "Better than words, and words better than chance: \(values)"
        )
    }

    @Test("Encoders may be given names, and those of one name are told apart")
    func names() throws {
        let place = try Self.place()
        for name in ["copy", "a=b"] {
            try FileManager.default.copyItem(atPath: place.encoder, toPath: place.path(name))
        }
        let result = try Program.run(
            ["evaluate", "--corpora", "sets", "--encoder", "encoder", "--encoder", "copy", "--encoder", "Mine=copy"]
                + ["--encoder", "a=b", "--json"], in: place.folder)
        #expect(result.status == 0, "\(result)")
        let systems = try #require(try result.json()["systems"] as? [[String: Any]])
        #expect(
            systems.map { $0["name"] as? String } == ["tiny-1 (encoder)", "tiny-1 (copy)", "Mine", "tiny-1 (a=b)"])
    }

    @Test("Compressed files, and what is said where nothing can open them")
    func compressed() throws {
        let place = try Self.place()
        let zipped = try Program.shell("gzip -n '\(place.path("sets/rules"))'/*.jsonl")
        try #require(zipped.status == 0)
        let arguments = ["evaluate", "--corpora", place.path("sets/rules"), "--encoder", place.encoder, "--json"]
        let result = try Program.run(arguments)
        #expect(result.status == 0, "\(result)")
        let refused = try Program.run(arguments, environment: ["PATH": "/nowhere"])
        #expect(refused.status == 2)
        let error = try refused.error()
        #expect(error.code == "unreadable" && error.file?.hasSuffix("corpus.jsonl.gz") == true)
        #expect(error.message.contains("install gzip"))
        let whole = try Data(contentsOf: place.folder.appendingPathComponent("sets/rules/corpus.jsonl.gz"))
        try place.write(whole.dropLast(12), to: "sets/rules/corpus.jsonl.gz")
        let cut = try Program.run(arguments)
        #expect(cut.status == 2, "\(cut)")
        #expect(try cut.error().code == "unreadable")
    }

    @Test("Bad input and bad usage: status 2, and nothing written")
    func faults() throws {
        let place = try Self.place()
        let good = ["evaluate", "--corpora", place.path("sets"), "--encoder", place.encoder]
        for more in [
            ["--library", place.library], ["--queries", "q.jsonl"], ["-k", "3"], ["--exact"], ["--ef-search", "9"],
            ["--min-score", "0.5"], ["--limit", "0"], ["--metric", "accuracy"], ["--report", "card.pdf"],
            ["--corpora", ""], ["--threads", "0"], ["--encoder", place.encoder], ["--encoder", ""],
            ["--encoder", "x="],
        ] {
            let result = try Program.run(good + more + ["--json"])
            #expect(result.status == 2 && result.output.isEmpty, "\(more) \(result)")
            #expect(try result.error().code == "usage", "\(more)")
        }
        for more in [["--bm25"], ["--report", "card.md"], ["--encoder", "x"], ["--split", "x"], ["--bundled"]] {
            let result = try Program.run(["evaluate", "-l", place.library, "--queries", "q.jsonl", "--json"] + more)
            #expect(result.status == 2, "\(more) \(result)")
            #expect(try result.error().message.contains("goes with --corpora"), "\(more)")
        }
        #expect(try Program.run(["evaluate", "--json"]).error().message.contains("--corpora"))

        let report = place.path("card.md")
        for (more, code) in [
            (["--corpora", place.path("gone")], "file_not_found"), (["--split", "x"], "no_records"),
            (["--encoder", place.path("sets")], "file_not_found"),
            (["--report", place.path("gone/card.md")], "file_not_found"),
        ] {
            let result = try Program.run(good + more + ["--report", report, "--json"])
            #expect(result.status == 2, "\(more) \(result)")
            #expect(try result.error().code == code, "\(more)")
        }
        try place.write(#"{"id":"9","query":"lock","positives":["gone"]}"#, to: "sets/rules/test.jsonl")
        let unknown = try Program.run(good + ["--report", report, "--json"])
        #expect(unknown.status == 2)
        let error = try unknown.error()
        #expect(error.code == "unknown_positive" && error.line == 1 && error.file?.hasSuffix("test.jsonl") == true)
        #expect(!FileManager.default.fileExists(atPath: report))
    }
}
