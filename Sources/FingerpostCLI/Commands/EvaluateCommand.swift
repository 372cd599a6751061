import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore

/// `evaluate`: how well a library finds what is known to apply, and how well encoders do on any corpora.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a library on labelled queries, or encoders on corpora, against BM25 and each other.",
        discussion: """
            EXAMPLE
              fingerpost evaluate --library my-library --queries queries.jsonl
              fingerpost evaluate --library my-library --queries queries.jsonl --fail-under recall@6=.5,ndcg@10=.4
              fingerpost evaluate --corpora models/sample-corpus --bm25 --report card.md

            A LIBRARY

            Queries are JSON Lines of {"id","query","positives":[guideline ids]}. With R the positives of a query: \
            recall@k is the share of R among the first k; MRR@10 is 1 / rank of the first of R within 10, or 0; nDCG@10 \
            sums 1 / log2(rank + 1) over R within 10, divided by the most that sum can be. All are means over the \
            queries with positives. A query with positives [] counts for abstention alone: the share of those for \
            which nothing is returned (--min-score), and the area under the ROC curve of the best scores.

            Safety hit@3 is the share of the unsafe queries with a guideline of the kind safety among the first three, and \
            the safety false alarm@3 the same share of the benign ones, both with intervals. A query is unsafe if it says \
            "unsafe":true, which needs no positives, or a positive is of that kind; benign if it says "unsafe":false, or \
            has positives [].

            Latencies are of one query at a time on one thread, with as many results as the largest k needs.

            With --json: {"queries","recall@1","recall@6","recall@20","mrr@10","ndcg@10","latencyMicroseconds":{stage:\
            {"p50","p95","p99"}},"abstention":{"positives","negatives","abstainedPositives","abstainedNegatives",\
            "auroc"},"safetyHit@3" and "safetyFalseAlarm@3":{"count","total","rate","low","high"},"missingPositives":\
            [ids],"skipped","mergedPositives"}; stages are encode, core, words, rank, fetch and total. With \
            --fail-under also "gates":[{"metric","value","atLeast" or "atMost","passed"}].

            --fail-under holds figures to bounds and exits with 1 if one is not kept: recall@K for any K, mrr@10, ndcg@10, \
            abstention and auroc must reach the value; false-alarms (the share of queries with positives [] that got a \
            match) and false-abstention (the share of the others that got none) must not exceed it. A figure for which \
            there is no query fails.

            ENCODERS

            --corpora names folders. Each, or else every folder in it, is a set: corpus.jsonl (or guidelines.jsonl) of \
            {"id","text"} and perhaps a title, with files of queries beside it, {"id","query","positives":[ids]} and \
            perhaps grades, {id: number}; or BEIR's corpus.jsonl, queries.jsonl and qrels/NAME.tsv; or files of \
            {"s1","s2","score"} for Spearman's correlation. Files may end in .gz. Files called train are left out \
            unless --split names them. A file without any positives is out of scope: its queries are those that the \
            AUROC of the other files is to tell apart.

            Every encoder, the bundled one unless others are named, and BM25 search exactly. Figures come with \
            intervals that hold 95 of 100 resamples of the queries, the same for all systems; the first system is \
            compared with the others.

            With --json: {"systems":[{"name","encoder","texts","readSeconds","textsPerSecond","rankSeconds"}],"sets":\
            [{"name","kind","path","documents","queries","negatives","results":[{"system",metric:{"value","low",\
            "high"}}],"contrasts":[{"system","other",metric:{"difference","ratio"}}]}],"mean":{"results","contrasts"},\
            "bootstrap":{"resamples","confidence","seed"},"notes":[text]}; metrics are ndcg@10, recall@1, recall@3, \
            recall@10, recall@20, mrr@10, map@10, auroc and spearman.
            """)

    // MARK: A library

    @Option(name: [.long, .customShort("l")], help: "Folder of a library to measure.", completion: .directory)
    var library: String?

    @Option(help: "JSON Lines of {\"id\",\"query\",\"positives\"}; - is standard input.", completion: .file())
    var queries: String?

    @Option(name: .customShort("k"), help: "A rank at which to take recall, beside 1, 6 and 20; may be repeated.")
    var cutoffs: [Int] = []

    @Option(help: "Guidelines that score lower do not count as matches (cosine similarity, -1 to 1).")
    var minScore: Float?

    @Option(help: "Only guidelines that this lets through, such as 'kind = safety'.")
    var filter: String?

    @Option(
        help: ArgumentHelp(
            "Exit with 1 if a figure is below its bound (false-alarms, false-abstention: above); separated by commas.",
            valueName: "metric=value,..."))
    var failUnder: [String] = []

    @OptionGroup var retrieval: RetrievalArguments

    @OptionGroup var calibration: CalibrationArguments

    // MARK: Encoders

    @OptionGroup(title: "Options with --corpora") var scorecard: ScorecardArguments

    // MARK: Both

    @Flag(help: "Leave positives out that the library or the corpus does not have, instead of failing.")
    var allowMissing = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        switch (library, scorecard.corpora.isEmpty) {
        case (nil, true):
            throw ValidationError("Name a library with --library, or folders of corpora with --corpora.")
        case (_?, false): throw ValidationError("--library and --corpora are two ways to measure; name one of them.")
        case (let library?, true):
            guard !library.isEmpty else {
                throw ValidationError("--library is empty; name the folder of a library.")
            }
            guard queries != nil else { throw ValidationError("Name the queries with --queries.") }
            if let option = scorecard.given { throw ValidationError("\(option) goes with --corpora, not --library.") }
        case (nil, false):
            if let option = libraryOptions { throw ValidationError("\(option) goes with --library, not --corpora.") }
        }
        for cutoff in cutoffs { try Check.limit("-k", cutoff) }
        _ = try gates()
        if let minScore, !minScore.isFinite { throw ValidationError("--min-score must be a finite number.") }
    }

    /// The first option that was given and says how to measure a library.
    private var libraryOptions: String? {
        if queries != nil { return "--queries" }
        if !cutoffs.isEmpty { return "-k" }
        if minScore != nil { return "--min-score" }
        if !failUnder.isEmpty { return "--fail-under" }
        if retrieval.exact { return "--exact" }
        if retrieval.method != .hybrid { return "--\(retrieval.method.value.rawValue)" }
        if calibration.noCalibration { return "--no-calibration" }
        if filter != nil { return "--filter" }
        return retrieval.efSearch == nil ? nil : "--ef-search"
    }

    private func gates() throws -> [EvaluationGate] {
        guard !failUnder.isEmpty else { return [] }
        do {
            return try EvaluationGate.gates(parsing: failUnder.joined(separator: ","))
        } catch {
            throw ValidationError("--fail-under: \(error).")
        }
    }

    func run() throws {
        guard let library, let queries else {
            return try scorecard.run(allowsMissingPositives: allowMissing, isJSON: output.json)
        }
        let labelled = try EvaluationQuery.read(from: InputSource(argument: queries))
        let progress = ProgressBar()
        let opened = try LibraryAccess.reading(URL(fileURLWithPath: library), progress: progress)
        var options = Evaluation.Options()
        let gates = try gates()
        options.recallCutoffs = cutoffs + gates.compactMap(\.metric.recallCutoff)
        options.allowsMissingPositives = allowMissing
        options.retrieval = RetrievalOptions(
            method: retrieval.method.value, minimumScore: minScore, efSearch: retrieval.efSearch,
            isExact: retrieval.exact)
        options.retrieval.usesCalibration = !calibration.noCalibration
        options.retrieval.filter = try filter.map { try GuidelineFilter(parsing: $0) }
        defer { progress.finish() }
        let report = try Evaluation.run(labelled, in: opened, options: options) { completed, total in
            progress.update("Searching", completed: completed, total: total)
        }
        progress.finish()
        let outcomes = gates.map { $0.outcome(in: report) }
        guard !outcomes.isEmpty else {
            return try Console.result(output.json ? report.json.text : report.text(Terminal.output))
        }
        let document = report.json.adding([("gates", .array(outcomes.map(\.json)))])
        let text = report.text(Terminal.output) + "\n\n" + outcomes.lines(Terminal.output).joined(separator: "\n")
        try Console.result(output.json ? document.text : text)
        let failed = outcomes.filter { !$0.isPassed }.map(\.gate.metric.name)
        guard failed.isEmpty else {
            throw Failure(
                code: "gate_failed",
                message: "\(failed.count) of \(Format.count(outcomes.count, "bound")) not kept: "
                    + failed.joined(separator: ", ") + ".", isInputError: false)
        }
    }
}
