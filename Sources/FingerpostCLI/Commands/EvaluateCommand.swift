import ArgumentParser
import Fingerpost
import GuidelineStore

/// `evaluate`: how well a library finds what is known to apply.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure retrieval quality, abstention and latency on labelled queries.",
        discussion: """
            EXAMPLE
              fingerpost evaluate --library my-library --queries queries.jsonl

            Queries are JSON Lines of {"id","query","positives":[guideline ids]}. With R the positives of a query: \
            recall@k is the share of R among the first k; MRR@10 is 1 / rank of the first of R within 10, or 0; nDCG@10 \
            sums 1 / log2(rank + 1) over R within 10, divided by the most that sum can be. All are means over the \
            queries with positives. A query with positives [] counts for abstention alone: the share of those for \
            which nothing is returned (--min-score), and the area under the ROC curve of the best scores.

            Latencies are of one query at a time on one thread, with as many results as the largest k needs.

            With --json: {"queries","recall@1","recall@6","recall@20","mrr@10","ndcg@10","latencyMicroseconds":{stage:\
            {"p50","p95","p99"}},"abstention":{"positives","negatives","abstainedPositives","abstainedNegatives",\
            "auroc"},"missingPositives":[ids],"skipped"}; stages are encode, core, fetch and total.
            """)

    @OptionGroup var target: LibraryOption

    @Option(help: "JSON Lines of {\"id\",\"query\",\"positives\"}; - is standard input.", completion: .file())
    var queries: String

    @Option(name: .customShort("k"), help: "A rank at which to take recall, beside 1, 6 and 20; may be repeated.")
    var cutoffs: [Int] = []

    @Option(help: "Guidelines that score lower do not count as matches (cosine similarity, -1 to 1).")
    var minScore: Float?

    @Flag(help: "Leave positives out that the library does not have, instead of failing.")
    var allowMissing = false

    @OptionGroup var retrieval: RetrievalArguments
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for cutoff in cutoffs { try Check.limit("-k", cutoff) }
        if let minScore, !minScore.isFinite { throw ValidationError("--min-score must be a finite number.") }
    }

    func run() throws {
        let queries = try EvaluationQuery.read(from: InputSource(argument: queries))
        let progress = ProgressBar()
        let library = try LibraryAccess.reading(target.folder, progress: progress)
        var options = Evaluation.Options()
        options.recallCutoffs = cutoffs
        options.allowsMissingPositives = allowMissing
        options.retrieval = RetrievalOptions(
            minimumScore: minScore, efSearch: retrieval.efSearch, isExact: retrieval.exact)
        defer { progress.finish() }
        let report = try Evaluation.run(queries, in: library, options: options) { completed, total in
            progress.update("Searching", completed: completed, total: total)
        }
        progress.finish()
        try Console.result(output.json ? report.json.text : report.text(Terminal.output))
    }
}

extension EvaluationReport {
    var json: JSON {
        let recalls = metrics.recallCutoffs.map { ("recall@\($0)", JSON.optional(metrics.recall(at: $0))) }
        return .object(
            [("queries", .integer(queryCount))] + recalls
                + [
                    ("mrr@10", .optional(metrics.meanReciprocalRank)),
                    ("ndcg@10", .optional(metrics.normalizedDiscountedCumulativeGain)),
                    ("latencyMicroseconds", .latencies(latency)),
                    (
                        "abstention",
                        [
                            "positives": .integer(abstention.positiveCount),
                            "negatives": .integer(abstention.negativeCount),
                            "abstainedPositives": .integer(abstention.abstainedPositiveCount),
                            "abstainedNegatives": .integer(abstention.abstainedNegativeCount),
                            "auroc": .optional(abstention.separation),
                        ]
                    ),
                    ("missingPositives", .strings(missingPositives)),
                    ("skipped", .integer(skippedQueryCount)),
                ])
    }

    func text(_ terminal: Terminal) -> String {
        func figure(_ value: Double?) -> String { value.map { Format.decimal($0, 4) } ?? "none" }
        var rows = [
            (
                "queries",
                "\(Format.count(queryCount)) (\(Format.count(abstention.positiveCount)) with positives, "
                    + "\(Format.count(abstention.negativeCount)) to which nothing applies)"
            )
        ]
        if skippedQueryCount > 0 {
            rows.append(
                ("left out", "\(Format.count(skippedQueryCount)) with positives that the library does not have"))
        }
        rows += metrics.recallCutoffs.map { ("recall@\($0)", figure(metrics.recall(at: $0))) }
        rows.append(("MRR@10", figure(metrics.meanReciprocalRank)))
        rows.append(("nDCG@10", figure(metrics.normalizedDiscountedCumulativeGain)))
        if abstention.negativeCount > 0 {
            rows.append(
                (
                    "abstained",
                    "\(figure(abstention.correctRate)) where nothing applies, \(figure(abstention.falseRate)) where something does"
                ))
            rows.append(("AUROC", "\(figure(abstention.separation)) of the best score"))
        }
        return (Table.pairs(rows) + [""] + latency.lines(terminal)).joined(separator: "\n")
    }
}

extension StageLatencies {
    /// A table of the stages, for people.
    func lines(_ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.left, .right, .right, .right])
        table.rows.append(["latency", "p50", "p95", "p99"])
        for stage in Stage.allCases {
            guard let values = self[stage] else { continue }
            table.rows.append(
                [stage.rawValue] + [values.p50, values.p95, values.p99].map { Format.duration($0) })
        }
        return table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
    }
}
