import Foundation
import LinearAlgebra
import Testing

/// What is given may be wrong in any way: the answer is a clear error with its place, the status 2, and nothing stored.
@Suite("Bad input")
struct BadInputTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var file: String
        var content: Data?
        var code: String
        var line: Int?

        init(_ name: String, _ content: String?, code: String, line: Int? = nil, file: String = "rules.jsonl") {
            self.init(name, data: content.map { Data($0.utf8) }, code: code, line: line, file: file)
        }

        init(_ name: String, data: Data?, code: String, line: Int? = nil, file: String = "rules.jsonl") {
            (self.name, self.content, self.code, self.line, self.file) = (name, data, code, line, file)
        }

        var testDescription: String { name }
    }

    static let good = #"{"id":"a","text":"pick the lock"}"# + "\n"

    static let faults: [Fault] = [
        Fault("missing", nil, code: "file_not_found"),
        Fault("empty", "", code: "empty_file"),
        Fault("white space alone", " \n\n", code: "empty_file"),
        Fault("an empty list", "[]", code: "no_records", file: "rules.json"),
        Fault("truncated in a string", good + #"{"id":"b","text":"po"#, code: "truncated", line: 2),
        Fault("truncated JSON", #"[{"id":"b","text":"x"},"#, code: "truncated", line: 1, file: "rules.json"),
        Fault("not UTF-8", data: Data(good.utf8) + [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D], code: "not_utf8", line: 2),
        Fault("UTF-16", data: Data([0xFF, 0xFE, 0x7B, 0x00]), code: "unsupported_encoding"),
        Fault("not JSON", good + "id: a\n", code: "syntax", line: 2),
        Fault("a list in JSON Lines", good + "[1]\n", code: "syntax", line: 2),
        Fault("text of a wrong type", good + #"{"id":"b","text":7}"#, code: "invalid_field", line: 2),
        Fault("id of a wrong type", good + #"{"id":[1],"text":"x"}"#, code: "invalid_field", line: 2),
        Fault("examples of a wrong type", good + #"{"text":"x","examples":"one"}"#, code: "invalid_field", line: 2),
        Fault("an unknown severity", good + #"{"text":"x","severity":"dire"}"#, code: "invalid_field", line: 2),
        Fault("no text", good + #"{"id":"b"}"#, code: "invalid_field", line: 2),
        Fault("empty text", good + #"{"id":"b","text":"  "}"#, code: "empty_text", line: 2),
        Fault("an id used twice", good + "\n" + #"{"id":"a","text":"other"}"#, code: "duplicate_id", line: 3),
        Fault("a CSV without its column", "id,body\na,b\n", code: "syntax", line: 1, file: "rules.csv"),
        Fault("a quote left open", "id,text\na,\"b\n", code: "truncated", file: "rules.csv"),
        Fault("bad YAML", "- id: a\n  text: [\n", code: "syntax", file: "rules.yaml"),
        Fault("an unknown ending", "x", code: "unknown_format", file: "rules.docx"),
    ]

    @Test("A corpus that cannot be read stores nothing", arguments: faults)
    func corpus(fault: Fault) throws {
        let place = try Workspace()
        try place.build(3)
        if let content = fault.content { try place.write(content, to: fault.file) }
        // A sound file first: it must not be kept either.
        let sound = try place.write(#"{"id":"sound","text":"ask the doctor"}"#, to: "sound.jsonl")
        let arguments = ["build", sound, place.path(fault.file), "-l", place.library]
        let result = try Program.run(arguments + ["--json"])
        #expect(result.status == 2 && result.output.isEmpty, "\(result)")
        let error = try result.error()
        #expect(error.code == fault.code, "\(error)")
        #expect(error.file?.hasSuffix(fault.file) == true, "\(error)")
        if let line = fault.line { #expect(error.line == line, "\(error)") }
        #expect(error.message.contains(fault.file))
        let text = try Program.run(arguments)
        #expect(text.status == 2 && text.log.hasPrefix("error: "), "\(text)")
        #expect(try Program.run(["info", "-l", place.library, "--json"]).json()["guidelines"] as? Int == 3)
        // And no library is made for it.
        let fresh = try Program.run([
            "build", place.path(fault.file), "-l", place.path("fresh"), "--encoder", place.encoder,
        ])
        #expect(fresh.status == 2)
        #expect(!FileManager.default.fileExists(atPath: place.path("fresh")))
    }

    @Test("A line of gigabytes is refused in little memory, from a pipe and from a file")
    func hugeLine() throws {
        let place = try Workspace()
        let piped = try Program.shell(
            """
            ulimit -v 4000000
            ( printf '{"text":"'; head -c 5000000000 /dev/zero | tr '\\0' a ) 2>/dev/null | "$FINGERPOST" build - -l '\(place.library)' --json
            """)
        #expect(piped.status == 2, "\(piped)")
        let error = try piped.error()
        #expect(error.code == "too_long" && error.line == 1 && error.file == "standard input")

        let path = place.path("sparse.jsonl")
        #expect(FileManager.default.createFile(atPath: path, contents: Data(Self.good.utf8)))
        #expect(truncate(path, 5_000_000_000) == 0)
        let sparse = try Program.shell(
            "ulimit -v 4000000; \"$FINGERPOST\" build '\(path)' -l '\(place.library)' --json")
        #expect(sparse.status == 2, "\(sparse)")
        #expect(["too_long", "syntax"].contains(try sparse.error().code))
        #expect(try sparse.error().line == 2)
    }

    @Test("Usage errors: status 2, and JSON where it was asked for")
    func usage() throws {
        let place = try Workspace()
        let cases: [[String]] = [
            ["frobnicate"], ["build"], ["build", "x.jsonl"], ["search", "--library", place.library],
            ["search", "a", "--batch", "-", "--library", place.library], ["search", " ", "--library", place.library],
            ["search", "a", "--library", place.library, "-k", "0"],
            ["search", "a", "--library", place.library, "-k", "-3"],
            ["search", "a", "--library", place.library, "-k", "many"],
            ["search", "a", "--library", place.library, "--min-score", "nan"],
            ["search", "a", "--library", place.library, "--ef-search", "0"],
            ["build", "-", "-", "--library", place.library],
            ["build", "x", "--library", place.library, "--threads", "0"],
            ["build", "x", "--library", place.library, "--format", "docx"], ["build", "x", "--library", ""],
            ["benchmark", "core", "--base", "b", "--queries", "q", "--ef", "1,,2"],
            ["benchmark", "core", "--base", "b", "--queries", "q", "--metric", "manhattan"],
            ["evaluate", "--library", place.library], ["embed", "x.jsonl"],
        ]
        for arguments in cases {
            let text = try Program.run(arguments)
            #expect(text.status == 2 && text.output.isEmpty && text.log.hasPrefix("error: "), "\(arguments) \(text)")
            let json = try Program.run(arguments + ["--json"])
            #expect(json.status == 2 && json.output.isEmpty, "\(arguments) \(json)")
            #expect(try json.error().code == "usage", "\(arguments)")
        }
    }

    @Test("Queries and texts with faults name their line, after the answers before it")
    func queries() throws {
        let place = try Workspace()
        try place.build(5)
        let file = try place.write("{\"query\":\"lock\"}\n{\"query\":7}\n", to: "queries.jsonl")
        let batch = try Program.run(["search", "--batch", file, "-l", place.library, "--json"])
        #expect(batch.status == 2 && batch.lines.count == 1, "\(batch)")
        #expect(try batch.error().line == 2)
        for verb in [["evaluate"], ["benchmark", "query"]] {
            let result = try Program.run(verb + ["-l", place.library, "--queries", file, "--json"])
            #expect(result.status == 2 && result.output.isEmpty, "\(result)")
        }
        let empty = try place.write("", to: "empty.jsonl")
        #expect(try Program.run(["search", "--batch", empty, "-l", place.library]).status == 2)
        #expect(try Program.run(["evaluate", "-l", place.library, "--queries", empty]).status == 2)
        let texts = try place.write("{\"text\":\"a\"}\n{\"txt\":\"b\"}\n", to: "texts.jsonl")
        let embed = try Program.run(["embed", texts, "-o", place.path("v.npy"), "--encoder", place.encoder, "--json"])
        #expect(embed.status == 2)
        #expect(try embed.error().line == 2)
        #expect(!FileManager.default.fileExists(atPath: place.path("v.npy")))
        for output in ["/no/such/folder/v.npy", place.folder.path] {
            #expect(try Program.run(["embed", file, "-o", output, "--encoder", place.encoder]).status == 2)
        }
    }

    @Test("Matrices that cannot be used")
    func matrices() throws {
        let place = try Workspace()
        try Matrix(rows: 5, columns: 4, repeating: 1).writeNumPyFile(to: place.path("four.npy"))
        try Matrix(rows: 5, columns: 3, repeating: 1).writeNumPyFile(to: place.path("three.npy"))
        var spoiled = Matrix(rows: 5, columns: 4, repeating: 1)
        spoiled[2, 3] = .nan
        try spoiled.writeNumPyFile(to: place.path("nan.npy"))
        let whole = try Data(contentsOf: place.folder.appendingPathComponent("four.npy"))
        try place.write(whole.prefix(whole.count - 3), to: "cut.npy")
        try place.write("no matrix", to: "text.npy")
        let cases = [
            ("four.npy", "three.npy", "wrong_dimension", "three.npy"),
            ("nan.npy", "four.npy", "unusable_vector", "nan.npy"),
            ("four.npy", "nan.npy", "unusable_vector", "nan.npy"), ("cut.npy", "four.npy", "invalid_npy", "cut.npy"),
            ("text.npy", "four.npy", "invalid_npy", "text.npy"),
        ]
        for (base, queries, code, named) in cases {
            let result = try Program.run(
                ["benchmark", "core", "--base", place.path(base), "--queries", place.path(queries), "--json"])
            #expect(result.status == 2 && result.output.isEmpty, "\(base) \(queries) \(result)")
            let error = try result.error()
            #expect(error.code == code && error.message.contains(named), "\(error)")
        }
        let missing = try Program.run(
            ["benchmark", "core", "--base", place.path("none.npy"), "--queries", place.path("four.npy"), "--json"])
        #expect(missing.status == 2, "\(missing)")
        #expect(try missing.error().message.contains("none.npy"))
    }

    @Test("Encoders that cannot be used name their file")
    func encoders() throws {
        let place = try Workspace()
        let corpus = try place.write(Self.good, to: "rules.jsonl")
        let weights = try Data(contentsOf: place.folder.appendingPathComponent("encoder/model.safetensors"))
        func result(_ file: String, _ content: Data?) throws -> ReportedError {
            try TinyEncoder.write(to: place.folder.appendingPathComponent("bad"))
            let url = place.folder.appendingPathComponent("bad/\(file)")
            if let content { try content.write(to: url) } else { try FileManager.default.removeItem(at: url) }
            let run = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.path("bad"), "--json"])
            #expect(run.status == 2 && run.output.isEmpty, "\(run)")
            #expect(!FileManager.default.fileExists(atPath: place.library), "a library was made without an encoder")
            return try run.error()
        }
        #expect(try result("model.safetensors", nil).file?.hasSuffix("model.safetensors") == true)
        let cut = try result("model.safetensors", weights.prefix(weights.count / 2))
        // The header names bytes that the file does not have.
        #expect(["corrupt_weights", "invalid_field"].contains(cut.code), "\(cut)")
        #expect(cut.file?.hasSuffix("model.safetensors") == true, "\(cut)")
        let nonsense = try result("model.safetensors", Data("nonsense".utf8))
        #expect(nonsense.code == "corrupt_weights", "\(nonsense)")
        #expect(try result("tokenizer.json", Data("{".utf8)).code == "syntax")
        #expect(try result("config.json", Data(#"{"model_type":"gpt2"}"#.utf8)).message.contains("bad"))
        let none = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.path("nowhere"), "--json"])
        #expect(none.status == 2)
        #expect(try none.error().message.contains("nowhere"))
    }
}
