import Fingerpost
import Foundation
import GuidelineStore
import Platform
import Testing

@testable import Guardrails

@Suite("Gap mining")
struct GapMinerTests {
    @Test("The same inputs are the same gaps, at any number of threads and in any order")
    func determinism() throws {
        let corpus = try SampleCorpus()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "fingerpost-gaps-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        var settings = LibraryOptions()
        settings.encoder = .instance(try SampleVectors())
        (settings.configuration.M, settings.configuration.efConstruction) = (4, 8)
        let library = try GuidelineLibrary.create(at: folder, options: settings)
        try library.add(Array(corpus.guidelines.prefix(40)))
        let inputs = corpus.queries.prefix(160).enumerated().map { number, query in
            GapInput(
                id: query.id, text: query.text, count: 1 + number % 3,
                time: LogTime(microseconds: 1_760_000_000_000_000 + Int64(number) * 1_000_000_000))
        }
        var options = GapOptions()
        options.minimumVolume = 1
        options.listsMembers = true
        func report(threads: Int?, _ inputs: [GapInput]) throws -> GapReport {
            options.threads = threads
            return try GapMiner(library: library, options: options).mine(inputs)
        }
        let first = try report(threads: 1, inputs)
        #expect(first.gaps.count > 2 && first.inputCount == inputs.reduce(0) { $0 + $1.count })
        #expect(try report(threads: 4, inputs) == first)
        var random = SplitMix64(seed: 9)
        #expect(try report(threads: nil, inputs.shuffled(using: &random)) == first)
        #expect(Set(first.gaps.map(\.id)).count == first.gaps.count)
        #expect(
            first.gaps.allSatisfy { gap in first.gaps.contains { $0.id == gap.closest?.id } && gap.closest?.id != gap.id
            })
        #expect((0.1...1).contains(first.mapShare))

        // In the words of users only where that is asked for.
        options.exampleCount = 0
        options.listsMembers = false
        let silent = try report(threads: 1, inputs)
        #expect(silent.gaps.map(\.id) == first.gaps.map(\.id))
        let texts = inputs.map(\.text)
        for gap in silent.gaps {
            #expect(gap.examples.isEmpty && gap.members.isEmpty && !texts.contains { $0.hasPrefix(gap.name) })
        }
        #expect(throws: GuardrailsError.nothingToLearn(problem: "there is no input to look for gaps in")) {
            try report(threads: 1, [])
        }
        #expect(throws: (any Error).self) { try report(threads: 0, inputs) }
    }
}

@Suite("Inputs that gaps are looked for in")
struct GapReadingTests {
    private func read(_ text: String, since: String? = nil) throws -> (GapReading, GapCollection) {
        var reading = GapReading(since: since.flatMap { LogTime($0) })
        var intake = GapIntake()
        try reading.read(.bytes(Array(text.utf8), name: "inputs.jsonl"), into: &intake)
        return (reading, intake.collection)
    }

    @Test("Lines of inputs are read, and those that differ in capitals alone are one")
    func inputs() throws {
        let (reading, collection) = try read(
            #"""
            {"id":"a","text":"How do I vote?","count":3,"severity":"high","matched":false}
            {"query":"how do i VOTE","ts":"2026-03-01","matched":["locks"]}
            {"prompt":"A poem","time":"2026-03-02T09:30:00Z","matched":true}

            {"text":null,"query":"A song","other":1}
            """#)
        #expect(reading.inputCount == 4 && collection.count == 4 && collection.entries.count == 3)
        let entry = collection.entries[0]
        #expect(entry.count == 4 && entry.unmatchedCount == 3 && entry.matchedCount == 1 && entry.severityCount == 3)
        #expect(collection.text(of: entry) == "How do I vote?" && collection.id(of: entry) == "a")
    }

    @Test("From a time on, what is earlier or has no time is left out")
    func since() throws {
        let (reading, collection) = try read(
            #"""
            {"text":"one","time":"2026-03-01"}
            {"text":"two","time":"2026-02-28T23:59:59Z"}
            {"text":"three"}
            """#, since: "2026-03-01")
        #expect(reading.inputCount == 1 && reading.earlyCount == 2 && collection.entries.count == 1)
    }

    @Test("A decision log's records of a decision are one input, outputs and silent ones none")
    func decisions() throws {
        func record(_ id: String, _ index: Int, _ count: Int, _ more: String = "", rail: String = "input") -> String {
            #"{"ts":"2026-03-01T09:30:00Z","decision":{"id":"\#(id)","index":\#(index),"count":\#(count),"verdict":"deny"},"#
                + #""rail":"\#(rail)","check":{"id":"c","kind":"k","version":"1"},"verdict":"deny","input_hash":"sha256:00"\#(more)}"#
        }
        let (reading, collection) = try read(
            [
                record("d1", 0, 2, #","text":"one""#), record("d1", 1, 2), record("d2", 0, 1),
                record("d3", 0, 1, #","text":"three""#, rail: "output"),
                #"{"ts":"2026-03-02T09:30:00Z","note":{"decision":"d1","review":"missed"}}"#,
            ].joined(separator: "\n"))
        #expect(reading.inputCount == 1 && reading.withoutTextCount == 1 && reading.otherRailCount == 1)
        // Denied for no rule of a severity, and found wanting by a reviewer: high, twice.
        let entry = try #require(collection.entries.first)
        #expect(entry.severityCount == 2 && entry.severitySum == 6 && entry.unmatchedCount == 1)
    }

    @Test(
        "A line that is none is told with its number",
        arguments: [
            #"{"count":1}"#, #"{"text":1}"#, #"{"text":"  "}"#, #"{"text":"a","count":0}"#,
            #"{"text":"a","count":1.5}"#,
            #"{"text":"a","count":9999999999999}"#, #"{"text":"a","severity":"grave"}"#, #"{"text":"a","time":"soon"}"#,
            #"{"text":"a","matched":1}"#, #"{"text":"a""#, "[]",
        ])
    func faults(_ line: String) {
        #expect {
            try read("{\"text\":\"fine\"}\n" + line + "\n")
        } throws: { error in
            (error as? GuidelineStoreError)?.location?.line == 2
        }
    }
}
