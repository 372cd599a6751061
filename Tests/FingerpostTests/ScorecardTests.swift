import Foundation
import TextEncoder
import Testing

@testable import Fingerpost

@Suite("Scorecard")
struct ScorecardTests {
    private static let documents = ["river stone", "cloud ember", "quartz meadow", "harbor lantern", "!!!"]

    private func set(_ files: [RetrievalSet.QueryFile], name: String = "set") -> ScorecardSet {
        .retrieval(RetrievalSet(name: name, documents: Self.documents, queryFiles: files))
    }

    private let file = RetrievalSet.QueryFile(
        name: "set test",
        queries: [
            .init("river", grades: [0: 1]), .init("ember of cloud", grades: [1: 2, 2: 1]),
            .init("river stone harbor", grades: [3: 1]), .init("???", grades: [2: 1]), .init("nothing", grades: [:]),
        ])

    @Test("Exact search over vectors is what comparing each pair gives, at any number of threads")
    func exactSearch() throws {
        let encoder = WordEncoder()
        let documents = manyGuidelines(300).map(\.text) + ["", "..."]
        let queries = manyGuidelines(90, from: 250).map(\.text) + [""]
        let system = EncoderSystem(encoder)
        var work = RankingWork()
        let ranking = try system.ranking(of: documents, work: &work, threads: 2, progress: nil)
        let found = try ranking.rank(queries, depth: 20, work: &work, threads: 1, progress: nil)
        #expect(try ranking.rank(queries, depth: 20, work: &work, threads: 3, progress: nil) == found)
        #expect(work.textCount == 302 + 2 * 91 && work.queryCount == 2 * 91 && work.textsPerSecond > 0)
        let vectors = try documents.map { try encoder.encode($0) }
        for (query, ranked) in zip(queries, found) {
            let vector = try encoder.encode(query)
            let known = documents.indices.filter { row in vectors[row].contains { $0 != 0 } }
            let scores = known.map { row in (row, zip(vector, vectors[row]).reduce(0) { $0 + $1.0 * $1.1 }) }
            let expected = query.isEmpty ? [] : Array(scores.sorted { $0.1 > $1.1 }.prefix(20))
            #expect(ranked.count == expected.count)
            // Rounding may exchange documents that are as good as equal.
            for (one, other) in zip(ranked, expected) { #expect(abs(one.score - other.1) < 1e-5) }
            #expect(ranked.allSatisfy { known.contains($0.row) } && Set(ranked.map(\.row)).count == ranked.count)
        }
    }

    @Test("Figures of two systems on a set, by hand")
    func twoSystems() throws {
        let report = try Scorecard.run([set([file])], systems: [EncoderSystem(WordEncoder()), BM25System()])
        #expect(report.systems.map(\.name) == ["words", "BM25"] && report.systems[1].encoder == nil)
        #expect(report.systems[0].work.textCount == 10 && report.systems[0].work.queryCount == 5)
        let result = try #require(report.sets.first)
        #expect(result.itemCount == 4 && result.negativeCount == 1 && result.documentCount == 5)
        #expect(report.mean == nil)
        let (encoder, words) = (result.figures.scores[0], result.figures.scores[1])
        // BM25: rank 1; rank 1 and nothing else; "river stone" before "harbor lantern"; nothing.
        let second = 2 / (2 + 1 / log2(3.0))
        #expect(abs((words[.ndcg10]?.value ?? 0) - (1 + second + 1 / log2(3.0)) / 4) < 1e-12)
        #expect(words[.recall1]?.value == 0.375 && words[.mrr10]?.value == 0.625)
        // Three of four queries with relevant documents find something, that without finds nothing; the fourth ties.
        #expect(words[.auroc]?.value == 0.875)
        #expect(encoder[.recall1]?.value == 0.375 && encoder[.recall20]?.value == 0.75)
        for metric in ScorecardMetric.ofRankings + [.auroc] {
            let (own, other) = (try #require(encoder[metric]), try #require(words[metric]))
            #expect(own.low <= own.value && own.value <= own.high)
            let contrast = try #require(result.figures.contrasts[1][metric])
            #expect(abs(contrast.difference.value - (own.value - other.value)) < 1e-12)
        }
        #expect(result.figures.contrasts[0].isEmpty && encoder[.spearman] == nil)
    }

    @Test("A file out of scope is the other side of every file of the set, and no result of its own")
    func outOfScope() throws {
        let inScope = RetrievalSet.QueryFile(name: "dev", queries: Array(file.queries.prefix(3)))
        let outside = RetrievalSet.QueryFile(
            name: "oos", queries: [.init("zebra", grades: [:]), .init("!", grades: [:])])
        let report = try Scorecard.run([set([inScope, outside, file])], systems: [BM25System()])
        #expect(report.sets.map(\.name) == ["dev", "set test"])
        #expect(report.sets.map(\.negativeCount) == [2, 3])
        #expect(report.sets[0].figures.scores[0][.auroc]?.value == 1)
        let alone = try Scorecard.run([set([inScope])], systems: [BM25System()])
        #expect(alone.sets[0].figures.scores[0][.auroc] == nil)
        #expect(alone.sets[0].figures.scores[0][.ndcg10] == report.sets[0].figures.scores[0][.ndcg10])
    }

    @Test("A document that is the query itself is no answer")
    func ownDocument() throws {
        let query = RetrievalSet.Query("river stone", grades: [3: 1], ownRow: 0)
        let documents = ["river stone", "cloud", "quartz", "river lantern"]
        func ndcg(_ query: RetrievalSet.Query) throws -> Double? {
            let set = RetrievalSet(name: "s", documents: documents, queryFiles: [.init(name: "s", queries: [query])])
            return try Scorecard.run([.retrieval(set)], systems: [BM25System()]).sets[0].figures.scores[0][.ndcg10]?
                .value
        }
        #expect(try ndcg(query) == 1)
        #expect(try ndcg(.init("river stone", grades: [3: 1])) == 1 / log2(3.0))
    }

    @Test("The mean weighs sets equally, and a set's figures do not depend on its company")
    func mean() throws {
        let one = RetrievalSet.QueryFile(name: "one", queries: Array(file.queries.prefix(1)))
        let sets = [set([file]), set([one], name: "other")]
        let systems: [any RankingSystem] = [BM25System(), EncoderSystem(WordEncoder())]
        let report = try Scorecard.run(sets, systems: systems)
        let mean = try #require(report.mean)
        for metric in ScorecardMetric.ofRankings {
            let values = report.sets.map { $0.figures.scores[0][metric]?.value ?? -1 }
            #expect(abs((mean.scores[0][metric]?.value ?? 0) - (values[0] + values[1]) / 2) < 1e-12)
            #expect(mean.contrasts[1][metric] != nil)
        }
        #expect(mean.scores[0][.auroc] == nil)
        #expect(try Scorecard.run([sets[1]], systems: systems).sets[0] == report.sets[1])
        var options = Scorecard.Options()
        options.threads = 1
        let single = try Scorecard.run(sets, systems: systems, options: options)
        #expect(single.sets == report.sets && single.mean == report.mean)
    }

    @Test("Similarities: a correlation for encoders, none for words")
    func similarities() throws {
        let pairs: [SimilaritySet.Pair] = [
            .init("river stone", "river stone", score: 5), .init("river stone", "river cloud", score: 3),
            .init("river stone", "quartz meadow", score: 0), .init("ember", "", score: 0),
        ]
        let set = ScorecardSet.similarity(SimilaritySet(name: "sts", pairs: pairs))
        let report = try Scorecard.run([set], systems: [EncoderSystem(WordEncoder()), BM25System()])
        let result = try #require(report.sets.first)
        #expect(result.kind == .similarity && result.itemCount == 4 && report.mean == nil)
        #expect((result.figures.scores[0][.spearman]?.value ?? 0) > 0.7)
        #expect(result.figures.scores[1].isEmpty && result.figures.contrasts[1].isEmpty)
    }

    @Test("Options that make no sense, and an encoder that fails")
    func failures() throws {
        var options = Scorecard.Options()
        options.bootstrap.resampleCount = 0
        #expect(throws: FingerpostError.self) { try Scorecard.run([], systems: [], options: options) }
        options.bootstrap = Bootstrap()
        options.bootstrap.confidence = 1
        #expect(throws: FingerpostError.self) { try Scorecard.run([], systems: [], options: options) }
        #expect(throws: WordEncoder.Failure.self) {
            try Scorecard.run([set([file])], systems: [EncoderSystem(WordEncoder(failingAfter: 6))])
        }
    }
}
