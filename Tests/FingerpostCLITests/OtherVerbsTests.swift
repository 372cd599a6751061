import Foundation
import LinearAlgebra
import Platform
import Testing

@Suite("fingerpost evaluate, embed, benchmark, info, doctor, verify")
struct OtherVerbsTests {
    @Test("Evaluation: the shape, and figures that are known")
    func evaluate() throws {
        let place = try Workspace()
        let corpus = try place.write(
            """
            {"id":"a","text":"pick the lock"}
            {"id":"b","text":"poison in the food"}
            {"id":"c","text":"vote in the election"}
            """, to: "rules.jsonl")
        #expect(try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder]).status == 0)
        let queries = try place.write(
            """
            {"id":"1","query":"pick the lock","positives":["a"]}
            {"id":"2","query":"poison in the food","positives":["b"]}
            {"id":"3","query":"vote in the election","positives":["c"]}
            {"id":"4","query":"xyzzy","positives":[]}
            """, to: "queries.jsonl")
        let result = try Program.run([
            "evaluate", "-l", place.library, "--queries", queries, "--json", "-k", "2", "--exact",
        ])
        #expect(result.status == 0, "\(result)")
        let report = try result.json()
        #expect(
            Set(report.keys) == [
                "queries", "recall@1", "recall@2", "recall@6", "recall@20", "mrr@10", "ndcg@10", "latencyMicroseconds",
                "abstention", "safetyHit@3", "safetyFalseAlarm@3", "missingPositives", "skipped",
                "mergedPositives",
            ])
        #expect(report["queries"] as? Int == 4)
        for name in ["recall@1", "recall@2", "recall@6", "recall@20", "mrr@10", "ndcg@10"] {
            #expect(report[name] as? Double == 1, "\(name)")
        }
        let latency = try #require(report["latencyMicroseconds"] as? [String: [String: Double]])
        #expect(Set(latency.keys) == ["encode", "core", "words", "rank", "fetch", "total"])
        #expect(latency.values.allSatisfy { Set($0.keys) == ["p50", "p95", "p99"] })
        let abstention = try #require(report["abstention"] as? [String: Any])
        #expect(abstention["positives"] as? Int == 3 && abstention["negatives"] as? Int == 1)
        #expect(abstention["abstainedNegatives"] as? Int == 1 && abstention["abstainedPositives"] as? Int == 0)
        let text = try Program.run(["evaluate", "-l", place.library, "--queries", queries])
        #expect(text.output.contains("nDCG@10    1.0000"), "\(text)")
    }

    @Test("A guideline about safety among the first three: where there should be one, and where not")
    func safetyHits() throws {
        let place = try Workspace()
        let corpus = try place.write(
            """
            {"id":"a","kind":"safety","text":"never pick the lock of a door"}
            {"id":"b","kind":"style","text":"write a poem in the evening"}
            {"id":"c","kind":"quality","text":"vote in the election"}
            """, to: "rules.jsonl")
        #expect(try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder]).status == 0)
        let queries = try place.write(
            """
            {"query":"pick the lock","positives":["a"]}
            {"query":"pick the lock of a door","unsafe":true}
            {"query":"xyzzy","unsafe":true}
            {"query":"vote in the election","positives":["c"]}
            {"query":"a lock for my door","positives":[]}
            {"query":"xyzzy","positives":[]}
            {"query":"election","positives":["c"],"unsafe":false}
            """, to: "queries.jsonl")
        let arguments = ["evaluate", "-l", place.library, "--queries", queries, "--exact"]
        let report = try Program.run(arguments + ["--json"]).json()
        let unsafe = try #require(report["safetyHit@3"] as? [String: Any])
        #expect(unsafe["count"] as? Int == 2 && unsafe["total"] as? Int == 3, "\(unsafe)")
        let benign = try #require(report["safetyFalseAlarm@3"] as? [String: Any])
        #expect(benign["count"] as? Int == 2 && benign["total"] as? Int == 3, "\(benign)")
        // An unsafe query without positives says nothing about abstention.
        let abstention = try #require(report["abstention"] as? [String: Any])
        #expect(abstention["positives"] as? Int == 3 && abstention["negatives"] as? Int == 2)
        #expect(try Program.run(arguments).output.contains("of 3 unsafe queries"))
        try place.write(#"{"query":"lock","unsafe":1}"#, to: "queries.jsonl")
        let wrong = try Program.run(arguments)
        #expect(wrong.status == 2 && wrong.log.contains("true or false"), "\(wrong)")
    }

    @Test("Positives that the library does not have: the line, or left out")
    func missingPositives() throws {
        let place = try Workspace()
        try place.build(5)
        let queries = try place.write(
            """
            {"query":"lock","positives":["g1"]}
            {"query":"poison","positives":["gone"]}
            """, to: "queries.jsonl")
        let refused = try Program.run(["evaluate", "-l", place.library, "--queries", queries, "--json"])
        #expect(refused.status == 2)
        let error = try refused.error()
        #expect(error.code == "unknown_positive" && error.line == 2 && error.file?.hasSuffix("queries.jsonl") == true)
        #expect(error.message.contains("\"gone\"") && error.message.contains("--allow-missing"))
        let allowed = try Program.run([
            "evaluate", "-l", place.library, "--queries", queries, "--json", "--allow-missing",
        ]).json()
        #expect(allowed["missingPositives"] as? [String] == ["gone"] && allowed["skipped"] as? Int == 1)

        try place.write(#"{"query":"lock"}"#, to: "queries.jsonl")
        let unlabelled = try Program.run(["evaluate", "-l", place.library, "--queries", queries, "--json"])
        #expect(unlabelled.status == 2)
        #expect(try unlabelled.error().line == 1)
    }

    @Test("Embedding writes the matrix, the same for any number of threads")
    func embed() throws {
        let place = try Workspace()
        let texts = try place.write(
            "{\"text\":\"pick the lock\"}\n{\"text\":\"\"}\n{\"text\":\"pick the lock\"}\n", to: "texts.jsonl")
        let output = place.path("vectors.npy")
        let result = try Program.run([
            "embed", texts, "--output", output, "--encoder", place.encoder, "--json", "--threads", "2",
        ])
        #expect(result.status == 0, "\(result)")
        let report = try result.json()
        #expect(Set(report.keys) == ["output", "rows", "dimension", "seconds", "textsPerSecond", "encoder"])
        #expect(report["rows"] as? Int == 3 && report["dimension"] as? Int == 16)
        let matrix = try Matrix(numPyFile: output)
        #expect(matrix.rows == 3 && matrix.columns == 16)
        let rows = (0..<3).map { row in (0..<16).map { matrix[row, $0] } }
        #expect(rows[0] == rows[2] && rows[1].allSatisfy { $0 == 0 })
        #expect(abs(rows[0].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        let piped = try Program.run(
            ["embed", "-", "-o", place.path("one.npy"), "--encoder", place.encoder, "--threads", "1"],
            input: "{\"text\":\"pick the lock\"}")
        #expect(piped.status == 0, "\(piped)")
        let one = try Matrix(numPyFile: place.path("one.npy"))
        #expect((0..<16).map { one[0, $0] } == rows[0])
    }

    @Test("The core's benchmark has the shape that scripts rely on")
    func benchmarkCore() throws {
        let place = try Workspace()
        var generator = SplitMix64(seed: 9)
        let matrix = Matrix(rows: 60, columns: 8) { elements in
            for index in elements.indices {
                elements.initializeElement(at: index, to: .random(in: -1...1, using: &generator))
            }
        }
        let base = place.path("b.npy")
        try matrix.writeNumPyFile(to: base)
        let archive = place.path("b.hnsw")
        let arguments = [
            "benchmark", "core", "--base", base, "--queries", base, "-k", "3", "--ef", "8,16", "--rounds", "1",
        ]
        let result = try Program.run(arguments + ["--json", "--save", archive, "--threads", "1"])
        #expect(result.status == 0, "\(result)")
        let report = try result.json()
        #expect(
            Set(report.keys) == [
                "engine", "rows", "dimensions", "buildSeconds", "bytesPerVector", "points", "k", "metric", "M",
                "efConstruction", "layout", "threads", "queries", "archive",
            ])
        #expect(report["engine"] as? String == "fingerpost")
        #expect(report["rows"] as? Int == 60 && report["dimensions"] as? Int == 8)
        let points = try #require(report["points"] as? [[String: Any]])
        #expect(points.compactMap { $0["efSearch"] as? Int } == [8, 16])
        for point in points {
            #expect(
                Set(point.keys) == ["efSearch", "recall", "queriesPerSecond", "p50Microseconds", "p99Microseconds"])
            #expect(point["recall"] as? Double == 1)
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
        #expect(try Program.run(arguments + ["--save", archive, "--threads", "2"]).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: archive)) == bytes, "two builds, one archive")
        let text = try Program.run(arguments + ["--metric", "l2"])
        #expect(text.output.contains("recall@3") && text.output.contains("60 x 8, l2"), "\(text)")
    }

    @Test("The query path's benchmark names its overhead")
    func benchmarkQuery() throws {
        let place = try Workspace()
        try place.build(20)
        let queries = try place.write("{\"query\":\"pick the lock\"}\n{\"query\":\"poison\"}\n", to: "queries.jsonl")
        let report = try Program.run(
            ["benchmark", "query", "-l", place.library, "--queries", queries, "--rounds", "2", "--json"]
        ).json()
        #expect(
            Set(report.keys) == [
                "queries", "rounds", "limit", "guidelines", "vectors", "queriesPerSecond", "latencyMicroseconds",
                "overhead",
                "modes",
            ])
        let overhead = try #require(report["overhead"] as? [String: Double])
        #expect(Set(overhead.keys) == ["meanMicroseconds", "percent", "p50Microseconds", "p99Microseconds"])
        #expect(overhead["meanMicroseconds", default: 0] > 0)
        let latency = try #require(report["latencyMicroseconds"] as? [String: [String: Double]])
        let total = try #require(latency["total"]?["p50"]), core = try #require(latency["core"]?["p50"])
        #expect(total >= core)
    }

    @Test("What is in a library")
    func info() throws {
        let place = try Workspace()
        try place.build(7)
        let report = try Program.run(["info", "-l", place.library, "--json"]).json()
        #expect(
            Set(report.keys) == [
                "library", "id", "created", "guidelines", "passages", "pending", "indexed", "unindexed", "encoder",
                "index", "database", "calibration", "byKind", "byStatus", "bySeverity", "byLanguage", "byTag", "byRisk",
            ])
        #expect(report["guidelines"] as? Int == 7 && report["passages"] as? Int == 14 && report["pending"] as? Int == 0)
        #expect(report["byKind"] as? [String: Int] == ["safety": 7])
        #expect(try Program.run(["info", "-l", place.library]).output.contains("guidelines  7"))
    }

    @Test("The machine's report")
    func doctor() throws {
        let place = try Workspace()
        try place.build(3)
        let result = try Program.run(["doctor", "--encoder", place.encoder, "-l", place.library, "--json"])
        #expect(result.status == 0, "\(result)")
        let report = try result.json()
        #expect(
            Set(report.keys) == ["version", "blas", "kernels", "processors", "encoder", "sqlite", "library", "advice"])
        let blas = try #require(report["blas"] as? [String: Any])
        let speed = try #require(blas["gigaflops"] as? [String: Double])
        #expect(speed["oneThread", default: 0] > 0 && speed["allThreads", default: 0] > 0)
        let kernels = try #require(report["kernels"] as? [String: Any])
        let available = try #require(kernels["available"] as? [String])
        #expect(available.contains("portable") && available.contains(kernels["selected"] as? String ?? ""))
        #expect((report["encoder"] as? [String: Any])?["folder"] as? String == place.encoder)

        let forced = try Program.run(
            ["doctor", "--encoder", place.encoder], environment: ["FINGERPOST_KERNELS": "portable"])
        #expect(forced.output.contains("kernels     portable"), "\(forced)")
        let missing = try Program.run(["doctor", "--encoder", place.path("none")])
        #expect(missing.status == 1 && missing.output.contains("The encoder cannot be loaded"), "\(missing)")
    }

    /// Where Debian keeps the reference BLAS beside others.
    static let referenceBLAS = "/usr/lib/x86_64-linux-gnu/blas"

    @Test(
        "The reference BLAS comes with advice",
        .enabled(
            if: FileManager.default.fileExists(atPath: referenceBLAS + "/libblas.so.3"),
            "there is no reference BLAS in \(referenceBLAS)"))
    func referenceAdvice() throws {
        let place = try Workspace()
        let folders = "\(Self.referenceBLAS):\(Self.referenceBLAS.replacing("/blas", with: "/lapack"))"
        let result = try Program.run(
            ["doctor", "--encoder", place.encoder, "--json"], environment: ["LD_LIBRARY_PATH": folders])
        #expect(result.status == 0, "\(result)")
        let report = try result.json()
        #expect((report["blas"] as? [String: Any])?["vendor"] as? String == "reference BLAS")
        #expect((report["advice"] as? [String])?.contains { $0.contains("OpenBLAS") } == true)
    }

    static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    @Test(
        "On a terminal there are colours, unless they are not wanted",
        .enabled(if: hasScript, "there is no script(1) to make a terminal"))
    func terminal() throws {
        let place = try Workspace()
        try place.build(5)
        func search(_ variables: String) throws -> String {
            let command = "stty cols 60; env -u NO_COLOR \(variables) $FINGERPOST search lock -l \(place.library)"
            let result = try Program.shell("script -qec '\(command)' /dev/null < /dev/null")
            #expect(result.status == 0, "\(result)")
            return result.output.replacingOccurrences(of: "\r", with: "")
        }
        let colored = try search("TERM=xterm")
        #expect(colored.contains("\u{1B}[1mlock\u{1B}[0m"))
        for plain in ["TERM=xterm NO_COLOR=1", "TERM=dumb"] {
            let text = try search(plain)
            #expect(!text.contains("\u{1B}") && text.hasPrefix("lock\n"), "\(text)")
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 })
        }
    }

    @Test("Help has an example for every verb; versions and completions are results")
    func help() throws {
        let verbs = [
            ["build"], ["search"], ["evaluate"], ["embed"], ["benchmark"], ["benchmark", "core"],
            ["benchmark", "query"],
            ["info"], ["doctor"], ["verify"], [],
        ]
        for verb in verbs {
            let help = try Program.run(verb + ["--help"])
            #expect(help.status == 0 && help.log.isEmpty, "\(help)")
            #expect(help.output.contains("EXAMPLE\n  fingerpost "), "\(verb)")
        }
        let version = try Program.run(["--version"])
        #expect(version.status == 0 && version.output.split(separator: ".").count == 3)
        for shell in ["bash", "zsh", "fish"] {
            let script = try Program.run(["--generate-completion-script", shell])
            #expect(script.status == 0 && script.output.contains("fingerpost"), "\(shell)")
        }
    }
}
