import Dispatch
import Fingerpost
import FingerpostResources
import Foundation
import Guardrails
import GuidelineStore
import Platform
import TextEncoder
import Testing

/// Whether gaps are what the library lacks: a theme is taken out of the sample library, and its inputs are among others.
@Suite("Gap mining recovers held-back themes")
struct HeldBackThemesTests {
    /// The first ten of the corpus.
    static let themes = [
        "violent-crime", "weapons", "fraud", "cyber-misuse", "privacy", "defamation", "hate-fairness", "harassment",
        "self-harm", "minors",
    ]

    /// The place of the theme's cluster among the gaps, from 1: of the cluster that has more of the theme's inputs than any
    /// other; nil where it is not told.
    private func place(
        of theme: String, in library: GuidelineLibrary, _ corpus: SampleCorpus, _ encoder: SampleVectors
    ) throws -> Int? {
        let held = Set(corpus.guidelines.filter { $0.tags.first == theme }.map(\.id))
        var inputs: [GapInput] = []
        for query in corpus.queries where !query.positives.isEmpty {
            inputs.append(GapInput(id: query.positives.isDisjoint(with: held) ? "other" : theme, text: query.text))
        }
        for guideline in corpus.guidelines where held.contains(guideline.id) {
            inputs += guideline.examples.map { GapInput(id: theme, text: $0) }
        }
        var options = GapOptions()
        options.filter = try GuidelineFilter(parsing: "not tag = \(theme)")
        options.limit = 1_000
        options.minimumVolume = 1
        // Members and not examples, which are chosen by comparing them with each other.
        (options.listsMembers, options.exampleCount, options.threads) = (true, 0, 1)
        let vectors = try encoder.encode(batch: inputs.map(\.text), threads: 1, progress: nil)
        let report = try GapMiner(library: library, options: options).mine(inputs, vectors: vectors)
        #expect(report.inputCount == inputs.count)
        let own = report.gaps.map { gap in gap.members.count { $0.id == theme } }
        guard let most = own.max(), most > 0 else { return nil }
        return own.firstIndex(of: most).map { $0 + 1 }
    }

    @Test("A theme that is taken out is among the first three gaps, nine times in ten at least")
    func themes() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "fingerpost-gaps-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        let corpus = try SampleCorpus()
        var options = LibraryOptions()
        let encoder = try SampleVectors()
        options.encoder = .instance(encoder)
        // Gaps do not go by the graph.
        options.configuration.M = 4
        options.configuration.efConstruction = 8
        let library = try GuidelineLibrary.create(at: folder, options: options)
        try library.add(corpus.guidelines)
        let places = Locked([Result<Int?, any Error>?](repeating: nil, count: Self.themes.count))
        DispatchQueue.concurrentPerform(iterations: Self.themes.count) { number in
            let found = Result { try place(of: Self.themes[number], in: library, corpus, encoder) }
            places.withLock { $0[number] = found }
        }
        let found = try places.withLock { $0 }.map { try #require($0).get() ?? .max }
        // Clusters are begun by chance: with the seeds 1 to 4 it is 9, 9, 9 and 8 of ten.
        #expect(found.count { $0 <= 3 } >= 9, "\(zip(Self.themes, found).map { "\($0): \($1)" })")
    }
}
