import Foundation
import Testing

@Suite("fingerpost calibrate")
struct CalibrateCommandTests {
    private func library(_ place: Workspace) throws {
        let corpus = try place.write(
            """
            {"id":"locks","text":"Refuse to explain how to pick the lock of a house.","kind":"safety","examples":["pick a lock"]}
            {"id":"tone","text":"Write letters in a friendly tone.","kind":"style"}
            """, to: "rules.jsonl")
        let result = try Program.run(["build", corpus, "-l", place.library, "--encoder", place.encoder])
        try #require(result.status == 0, "\(result)")
    }

    /// Inputs about locks, and others.
    private func inputs(_ place: Workspace) throws -> (labelled: String, benign: String) {
        let places = ["house", "car", "door", "shed", "safe"]
        let verbs = ["pick", "open", "break"]
        var labelled: [String] = []
        var benign: [String] = []
        for number in 0..<90 {
            let place = places[number % 5]
            labelled.append(
                #"{"id":"q\#(number)","query":"how to \#(verbs[number % 3]) the lock of a \#(place) \#(number)","positives":["locks"]}"#
            )
            benign.append(#"{"query":"what to cook for \#(number) guests on a \#(["monday", "friday"][number % 2])"}"#)
        }
        return (
            try place.write(labelled.joined(separator: "\n"), to: "labelled.jsonl"),
            try place.write(benign.joined(separator: "\n"), to: "benign.jsonl")
        )
    }

    @Test("A calibration is shown, kept, used, and removed")
    func cycle() throws {
        let place = try Workspace()
        try library(place)
        let (labelled, benign) = try inputs(place)
        let arguments = [
            "calibrate", labelled, "--benign", benign, "-l", place.library, "--filter", "kind = safety",
            "--false-alarms", "0.1",
        ]
        let dry = try Program.run(arguments + ["--dry-run"])
        #expect(dry.status == 0, "\(dry)")
        #expect(dry.output.contains("Nothing was kept") && dry.output.contains("where kind = safety"), "\(dry)")
        let info = ["info", "-l", place.library, "--json"]
        #expect(try Program.run(info).json()["calibration"] is NSNull)

        let wrong = place.path("wrong.jsonl")
        let kept = try Program.run(arguments + ["--json", "--wrong", wrong])
        #expect(kept.status == 0, "\(kept)")
        let report = try kept.json()
        let threshold = try #require(report["threshold"] as? Double)
        #expect(report["guidelines"] as? Int == 1 && report["isKept"] as? Bool == true)
        let alarms = try #require(report["falseAlarms"] as? [String: Any])
        #expect(alarms["total"] as? Int == 90)
        let cases = try #require(report["wrong"] as? [String: [Any]])
        let written = try String(contentsOfFile: wrong, encoding: .utf8).split(separator: "\n").count
        #expect(written == (cases["falseAlarms"]?.count ?? -1) + (cases["misses"]?.count ?? -1))
        #expect(cases["falseAlarms"]?.count == alarms["count"] as? Int)

        let shown = try #require(try Program.run(info).json()["calibration"] as? [String: Any])
        #expect(shown["threshold"] as? Double == threshold && shown["scope"] as? String == "kind = safety")
        #expect(try Program.run(["info", "-l", place.library]).output.contains("where kind = safety"))
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)

        let search = ["search", "what to cook for guests on sunday", "-l", place.library, "--json"]
        let found = try Program.run(search).json()
        #expect((found["calibration"] as? [String: Any])?["threshold"] as? Double == threshold)
        #expect((found["matches"] as? [[String: Any]])?.map { $0["id"] as? String } == ["tone"])
        #expect((found["dropped"] as? [[String: Any]])?.first?["reason"] as? String == "below_threshold")
        let plain = try Program.run(search + ["--no-calibration"]).json()
        #expect((plain["matches"] as? [Any])?.count == 2 && plain["calibration"] is NSNull)
        let nothing = try Program.run([
            "search", "what to cook for guests on sunday", "-l", place.library, "--filter", "kind = safety",
        ])
        #expect(nothing.output.contains("No guideline applies (most evidence"), "\(nothing)")

        #expect(try Program.run(["calibrate", "--remove", "-l", place.library]).status == 0)
        #expect(try Program.run(info).json()["calibration"] is NSNull)
        #expect(try Program.run(["calibrate", "--remove", "-l", place.library]).output.contains("has no calibration"))
    }

    @Test("What cannot be learned from is told with its line")
    func faults() throws {
        let place = try Workspace()
        try library(place)
        let (labelled, benign) = try inputs(place)
        func run(_ arguments: [String]) throws -> RunResult {
            try Program.run(["calibrate", "-l", place.library] + arguments)
        }
        let unlabelled = try place.write("{\"query\":\"a\",\"benign\":true}\n{\"query\":\"b\"}\n", to: "bad.jsonl")
        let result = try run([unlabelled])
        #expect(result.status == 2 && result.log.contains("bad.jsonl:2"), "\(result)")
        let unknown = try place.write(#"{"query":"a","positives":["gone"]}"#, to: "unknown.jsonl")
        #expect(try run([unknown, "--benign", benign]).status == 2)
        let missing = try run([labelled, unknown, "--benign", benign, "--allow-missing", "--json", "--dry-run"])
        #expect(try missing.json()["missingPositives"] as? [String] == ["gone"])
        for arguments in [
            [], [labelled], [benign], [labelled, "--benign", benign, "--false-alarms", "0"],
            [labelled, "--benign", benign, "--confidence", "1"], [labelled, "--benign", benign, "-k", "0"],
            [labelled, "--benign", benign, "--filter", "kind = none"], [labelled, "--remove"],
            [labelled, "--benign", labelled], [labelled, "--benign", benign, "--wrong", place.path("no/where.jsonl")],
            [labelled, "--benign", benign, "--thresholds", "some"], [place.path("absent.jsonl")],
        ] {
            let result = try run(arguments)
            #expect(result.status == 2 && !result.log.isEmpty, "\(arguments): \(result)")
        }
        #expect(try Program.run(["info", "-l", place.library, "--json"]).json()["calibration"] is NSNull)
    }
}
