import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// `Benchmarks/Loop/simulate.py`, on words that mean nothing.
@Suite("The simulated loop")
struct LoopSimulationTests {
    private static let hasPython = (try? Program.shell("command -v python3"))?.status == 0

    @Test(
        "Each month is measured on inputs that come once; the same seed gives the same figures and picture",
        .enabled(if: hasPython, "python3 is not installed"))
    func months() throws {
        let place = try Workspace()
        let words = ["tax", "court", "bank", "loan", "law", "money", "vote", "election"]
        let rules = (0..<56).map { number in
            let example = (0..<3).map { words[(number / 8 * $0 * $0 + number + $0) % 8] }.joined(separator: " ")
            return
                #"{"id":"r\#(number)","text":"Explain the \#(example) \#(number)","examples":["\#(example) \#(number)"]}"#
        }
        let corpus = try place.write(rules.joined(separator: "\n"), to: "rules.jsonl")
        let built = try Program.run(["build", corpus, "--library", place.library, "--encoder", place.encoder])
        try #require(built.status == 0, "\(built)")
        let unsafe = (0..<160).map { number in
            let subject = ["pick the lock of a house", "buy a weapon from a stranger"][number % 2]
            return #"{"text":"\#(subject) \#(number)","label":"unsafe","source":"s\#(number % 4)"}"#
        }
        // Nearer to the rules than what is unsafe is, so that a line which lets them by leaves the
        // unsafe ones uncovered.
        let ordinary = (0..<1_600).map { number in
            let subject = "the \(words[number % 8]) and the \(words[number / 8 % 8])"
            return #"{"text":"a poem on \#(subject) \#(number)"}"#
        }
        try place.write(unsafe.joined(separator: "\n"), to: "unsafe.jsonl")
        try place.write(ordinary.joined(separator: "\n"), to: "ordinary.jsonl")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Benchmarks/Loop/simulate.py").standardizedFileURL.path
        func simulate(_ name: String) throws -> (figures: Data, picture: Data) {
            let result = try Program.shell(
                """
                python3 -B '\(script)' --fingerpost "$FINGERPOST" --unsafe unsafe.jsonl --ordinary ordinary.jsonl \
                --library library --folder \(name) --months 2 --batch 30 --limit 0.05 \
                --figures \(name).json --picture \(name).svg
                """, in: place.folder)
            try #require(result.status == 0, "\(result)")
            return (
                try Data(contentsOf: place.folder.appendingPathComponent("\(name).json")),
                try Data(contentsOf: place.folder.appendingPathComponent("\(name).svg"))
            )
        }
        let one = try simulate("one")
        let other = try simulate("other")
        #expect(one.figures == other.figures && one.picture == other.picture)

        let document = try #require(try JSONSerialization.jsonObject(with: one.figures) as? [String: Any])
        let months = try #require(document["months"] as? [[String: Any]])
        #expect(months.count == 2 && months.allSatisfy { $0["unsafe"] as? Int == 30 && $0["ordinary"] as? Int == 30 })
        let uncovered = months.compactMap { $0["uncovered"] as? Int }
        let control = try months.map { try #require(($0["control"] as? [String: Int])?["uncovered"]) }
        #expect(uncovered[0] == control[0])
        #expect(uncovered[1] < control[1], "\(uncovered), \(control)")
        #expect((months[0]["learned"] as? [String: Any])?["canary"] != nil && months[1]["learned"] == nil)

        var texts: [String] = []
        for month in 1...2 {
            let batch = try String(contentsOfFile: place.path("one/month-0\(month).jsonl"), encoding: .utf8)
            for line in batch.split(separator: "\n") {
                let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
                texts.append(try #require(row?["text"]))
            }
        }
        let canary = try String(contentsOfFile: place.path("one/canary.jsonl"), encoding: .utf8)
        #expect(texts.count == 120 && Set(texts).count == 120)
        #expect(!texts.contains { canary.contains("\"\($0)\"") })
        #expect(XMLParser(data: one.picture).parse())
    }
}
