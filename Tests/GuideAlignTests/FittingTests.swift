import Fingerpost
import Foundation
import GuidelineStore
import LinearAlgebra
import Testing

@testable import GuideAlign

@Suite("Fitting a retriever")
struct FittingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func options(threads: Int = 2) -> FittingOptions {
        var options = FittingOptions()
        options.holdout = 0.2
        options.threads = threads
        options.batchSize = 128
        options.epochs = 12
        return options
    }

    /// Mean nDCG@10 of inputs that were not among the pairs.
    private func gain(_ library: GuidelineLibrary, rules: Int = 120) throws -> Double {
        let queries = (0..<rules).map { EvaluationQuery(text: "ask\($0)new", positives: ["g\($0)"]) }
        return try #require(
            try Evaluation.run(queries, in: library).metrics.normalizedDiscountedCumulativeGain)
    }

    @Test("A planted rotation is recovered, for guidelines that were not learned from too")
    func rotation() throws {
        let library = try Planted.library(in: folder, encoder: PlantedEncoder())
        let before = try gain(library)
        let report = try library.fit(Planted.pairs(), options: options())
        let adapter = try #require(report.adapter, "\(report.parts)")
        #expect(report.refusal == nil && report.share > 0 && report.start == "rotation")
        let new = try #require(report.parts.first { $0.kind == .newGuidelines })
        #expect(new.gainBefore < 0.2 && new.gainAfter > 0.9 && new.difference.low > 0.5)
        #expect(try gain(library) == before, "nothing is changed by fitting alone")
        try library.setAdapter(adapter)
        #expect(try gain(library) > 0.9 && before < 0.2)
        #expect(adapter.origin.inputs == report.trainingCount && adapter.origin.heldOut == report.testCount)
    }

    @Test("Labels that mean nothing give no gain, and nothing is switched on", arguments: 0..<4 as Range<UInt64>)
    func shuffled(seed: UInt64) throws {
        for isTurned in [true, false] {
            let folder = try TemporaryFolder()
            let library = try Planted.library(in: folder, encoder: PlantedEncoder(isTurned: isTurned))
            let report = try library.fit(Planted.pairs(isShuffled: true, seed: seed), options: options())
            #expect(report.adapter == nil && report.refusal != nil, "\(report.parts)")
            let all = try #require(report.parts.last)
            #expect(all.difference.low <= 0)
        }
    }

    @Test("What the encoder does well already is left alone, or bettered")
    func nothingToLearn() throws {
        let library = try Planted.library(in: folder, encoder: PlantedEncoder(noise: 0.05, isTurned: false))
        let report = try library.fit(Planted.pairs(), options: options())
        #expect(report.adapter == nil && report.refusal != nil)
        let all = try #require(report.parts.last)
        #expect(all.gainBefore > 0.99)
    }

    @Test("The same numbers on any number of threads, and other ones for another seed")
    func threads() throws {
        let library = try Planted.library(in: folder, encoder: PlantedEncoder())
        let one = try library.fit(Planted.pairs(), options: options(threads: 1))
        for threads in [2, 3] {
            let other = try library.fit(Planted.pairs(), options: options(threads: threads))
            let same: (RetrieverAdapter?, RetrieverAdapter?) = (one.adapter, other.adapter)
            #expect(same.0 == same.1 && same.0 != nil)
            #expect(one.epochs == other.epochs && one.parts == other.parts)
        }
        var options = options()
        options.seed = 2
        #expect(try library.fit(Planted.pairs(), options: options).adapter?.weights != one.adapter?.weights)
        // Kept, they are the same bytes.
        let adapter = try #require(one.adapter)
        let second = try TemporaryFolder()
        let libraries = [library, try Planted.library(in: second, encoder: PlantedEncoder())]
        for library in libraries { try library.setAdapter(adapter) }
        let kept = try libraries.map { library in
            try LibraryDatabase.open(at: library.folder, mode: .readOnly).adapter
        }
        #expect(kept[0] != nil && kept[0] == kept[1])
    }

    @Test("Hard negatives change what is learned, and it works")
    func hardNegatives() throws {
        let library = try Planted.library(in: folder, encoder: PlantedEncoder())
        var options = options()
        options.hardNegatives = 2
        let report = try library.fit(Planted.pairs(), options: options)
        let all = try #require(report.parts.last)
        #expect(report.adapter != nil && all.gainAfter > 0.9)
        let without = try library.fit(Planted.pairs(), options: self.options())
        #expect(report.epochs.map(\.loss) != without.epochs.map(\.loss))
    }

    @Test("Kept, reopened, and forgotten: then all answers are as before")
    func storage() throws {
        let encoder = try PlantedEncoder()
        let library = try Planted.library(in: folder, encoder: encoder)
        let texts = (0..<120).map { "ask\($0)new" }
        func answers(_ library: GuidelineLibrary) throws -> [[String]] {
            try library.search(batch: texts).map { $0.matches.map { "\($0.id) \($0.score) \($0.similarity ?? 9)" } }
        }
        let before = try answers(library)
        try library.setAdapter(try library.fit(Planted.pairs(), options: options()).adapter)
        let fitted = try answers(library)
        #expect(fitted != before)
        #expect(try library.search("ask7new").isFitted)
        #expect(try library.verify().isEmpty)
        try library.close()

        let reopened = try GuidelineLibrary.open(at: folder.library, options: Planted.options(encoder))
        #expect(try answers(reopened) == fitted)
        // A guideline that came later is as prominent as it would have been.
        let single = try reopened.search("ask500new").matches.first?.similarity
        try reopened.add([Guideline(id: "g500", text: "rule500x")])
        let found = try #require(try reopened.search("ask500new").matches.first)
        #expect(found.id == "g500" && found.similarity != single)
        try reopened.remove(ids: ["g500"])
        #expect(try answers(reopened) == fitted)
        #expect(try reopened.removeAdapter())
        #expect(try !reopened.removeAdapter())
        #expect(try answers(reopened) == before)
        #expect(try !reopened.search("ask7new").isFitted && reopened.adapter == nil)
        #expect(try reopened.verify().isEmpty)
    }

    @Test("Examples are compared with the input as it is")
    func examples() throws {
        let library = try Planted.library(in: folder, encoder: PlantedEncoder(), examples: 2)
        let text = "ask7e1"
        func parts() throws -> [String: Float] {
            var options = RetrievalOptions(explains: true)
            options.isExact = true
            let match = try #require(try library.search(text, options: options).matches.first { $0.id == "g7" })
            return Dictionary(uniqueKeysWithValues: match.parts.map { ($0.label, $0.score) })
        }
        let before = try parts()
        let report = try library.fit(Planted.pairs(), options: options())
        // Kept whether or not it is a gain here.
        let training = RetrieverAdapter.Origin(
            encoder: "planted", encoderSHA256: library.encoder.identity.sha256, libraryVersion: 1, inputs: 1,
            guidelines: 1, seed: 1, before: 0, after: 0, low: 0, high: 0, heldOut: 0)
        let adapter =
            try report.adapter
            ?? RetrieverAdapter(
                dimension: 16, weights: (0..<256).map { Float($0 % 7) / 20 }, bias: [Float](repeating: 0.1, count: 16),
                prominenceWeight: 0, temperature: 0.05, anchors: [], offset: 0, scale: 1, origin: training)
        try library.setAdapter(adapter)
        let after = try parts()
        #expect(before["example:2"] == after["example:2"] && before["example:1"] == after["example:1"])
        #expect(before["text"] != after["text"])
        let found = try library.search(text, options: RetrievalOptions(limit: 3)).matches
        #expect(found.first?.id == "g7" && found.first?.via.label == "example:2")
        let exact = try library.search(text, options: RetrievalOptions(limit: 3, isExact: true)).matches
        #expect(found.map(\.id) == exact.map(\.id) && found.map(\.score) == exact.map(\.score))
    }

    @Test("Pairs and options that cannot be used are refused")
    func refusals() throws {
        let library = try Planted.library(in: folder, encoder: PlantedEncoder())
        #expect(throws: GuideAlignError.tooFewPairs(found: 12, needed: 50)) {
            try library.fit(Array(Planted.pairs().prefix(12)))
        }
        let others = Planted.pairs().map { EvaluationQuery(text: $0.text, positives: ["x"]) }
        #expect(throws: GuideAlignError.unknownGuidelines(pairs: 720, of: 720, ids: ["x"])) { try library.fit(others) }
        var options = FittingOptions()
        options.holdout = 0.5
        #expect(throws: GuideAlignError.self) { try library.fit(Planted.pairs(), options: options) }
        options = FittingOptions()
        options.temperature = 0.001
        #expect(throws: GuideAlignError.self) { try library.fit(Planted.pairs(), options: options) }
    }

    @Test("Pairs of a guideline that was merged into another one are pairs of that one")
    func mergedGuidelines() throws {
        let library = try Planted.library(in: folder, encoder: PlantedEncoder())
        let merged: [JSONValue] = (0..<120).map { .object(["id": .string("old\($0)")]) }
        for rule in 0..<120 {
            var guideline = try #require(try library.guideline(id: "g\(rule)"))
            guideline.additionalFields["merged"] = .array([merged[rule]])
            try library.add([guideline])
        }
        let pairs = Planted.pairs().map { pair in
            EvaluationQuery(text: pair.text, positives: Set(pair.positives.map { "old" + $0.dropFirst() }))
        }
        let report = try library.fit(pairs, options: options())
        #expect(report.adapter != nil && report.unknownGuidelines.isEmpty)
    }

    @Test("Inputs without a word that the encoder knows do no harm")
    func unknownWords() throws {
        let library = try Planted.library(in: folder, encoder: PlantedEncoder())
        let silent = (0..<40).map {
            EvaluationQuery(text: "nothing known " + String(repeating: "z", count: $0 + 1), positives: ["g\($0)"])
        }
        let report = try library.fit(Planted.pairs() + silent, options: options())
        let adapter = try #require(report.adapter)
        #expect(adapter.weights.allSatisfy { $0.isFinite })
        try library.setAdapter(adapter)
        #expect(try library.search("nothing known").matches.isEmpty)
    }
}
