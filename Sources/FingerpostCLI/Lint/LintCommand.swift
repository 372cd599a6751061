import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore

/// `lint`: what is wrong with guidelines.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Look for what is wrong with guidelines: duplicates, contradictions, rules that nothing finds.",
        discussion: """
            EXAMPLE
              fingerpost lint --library my-library
              fingerpost lint rules.jsonl --only payload,hidden-characters --fail-on warning

            Retired guidelines are left out. Nothing is changed, no model is asked. Rules:

            near-duplicate, contradiction: pairs that say the same, or the opposite about the same matter (English).
            never-retrieved, missed-example: each example as an input, its own passage left out, should find its guideline \
            among the first -k. no-examples. missed-by-queries: guidelines that no query of --queries finds. \
            counterexample-retrieved.
            missing-risk, unknown-risk: risk codes, and lists of them that are known.
            truncated-text: longer than the encoder reads. long-text: dear in a prompt. short-text, title-is-text, \
            unbalanced-text, hidden-characters.
            payload: text that speaks to the model behind the prompt, in titles, conditions and texts.
            broken-relation, relation-cycle, conflicting-relations, threshold-range, odd-field.

            The exit status is 1 where there is a finding of the severity --fail-on or a graver one.

            With --json: {"subject","guidelines","rules","counts":{severity: n},"failOn","failed","retrieval":{"k",\
            "examples","examplesRetrieved","counterexamples","counterexamplesRetrieved","queries"},"findings":[{"rule",\
            "severity","ids","field","message","evidence","score","advice","file","line"}]}.
            """)

    @Argument(help: "Files in JSONL, JSON, CSV, TSV, YAML or Markdown; - is standard input.", completion: .file())
    var corpora: [String] = []

    @Option(name: [.long, .customShort("l")], help: "Folder of the library.", completion: .directory)
    var library: String?

    @Option(help: "Look for these rules alone (names with commas; may be repeated).")
    var only: [LintRuleList] = []

    @Option(help: "Leave these rules out (names with commas; may be repeated).")
    var skip: [LintRuleList] = []

    @Option(help: "The least severity that makes the exit status 1: error, warning, note or never.")
    var failOn = FailureLevel(severity: .error)

    @Option(name: [.customShort("k"), .customLong("limit")], help: "How many results of a search count.")
    var limit = 6

    @Option(help: "JSON Lines of {\"id\",\"query\",\"positives\"}, for missed-by-queries.", completion: .file())
    var queries: String?

    @Option(help: "The similarity from which matches count where a guideline has no threshold (-1 to 1).")
    var minScore: Float?

    @Option(help: "Tokens of a prompt (four bytes each) from which a guideline is long.")
    var promptTokens = LintOptions().promptTokens

    @Option(help: "A beginning of risk codes that are your own, such as acme: (may be repeated).")
    var ownRisk: [String] = []

    @Option(help: "Folder of an encoder for files, instead of the bundled one.", completion: .directory)
    var encoder: String?

    @Option(help: "jsonl, json, csv, tsv, yaml or markdown. Default: by the name's ending; JSONL for standard input.")
    var format: CorpusFormat?

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for (name, value) in [("--library", library), ("--queries", queries), ("--encoder", encoder)]
        where value?.isEmpty == true {
            throw ValidationError("\(name) is empty; name a place.")
        }
        if library == nil {
            guard !corpora.isEmpty else { throw ValidationError("Name a --library, or files.") }
            guard corpora.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("A corpus has an empty name.") }
        } else {
            guard corpora.isEmpty, encoder == nil, format == nil else {
                throw ValidationError("Name either --library or files; --encoder and --format go with files.")
            }
        }
        guard (corpora + [queries]).count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input (-) can be read only once.")
        }
        try Check.limit("-k", limit)
        try Check.limit("--prompt-tokens", promptTokens)
        if let minScore, !minScore.isFinite { throw ValidationError("--min-score must be a finite number.") }
        guard ownRisk.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("--own-risk is empty.") }
        guard !rules.isEmpty else { throw ValidationError("--only and --skip leave no rule to look for.") }
        if queries == nil, only.contains(where: { $0.rules.contains(.missedByQueries) }) {
            throw ValidationError("missed-by-queries needs --queries.")
        }
    }

    private var rules: Set<LintRule> {
        let wanted = only.isEmpty ? LintRule.allCases : only.flatMap(\.rules)
        return Set(wanted).subtracting(skip.flatMap(\.rules))
    }

    private func choices() throws -> LintOptions {
        var options = LintOptions()
        options.rules = rules
        options.limit = limit
        options.minimumScore = minScore
        options.promptTokens = promptTokens
        options.ownRisks = ownRisk
        options.threads = threading.threads
        if let queries {
            options.queries = try EvaluationQuery.read(
                from: InputSource(argument: queries), requiresPositives: false)
        }
        return options
    }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let options = try choices()
        let answer: LintAnswer
        if let library {
            let opened = try LibraryAccess.reading(URL(fileURLWithPath: library), progress: progress)
            let report = try opened.lint(options) {
                progress.update($0.stage.label, completed: $0.completed, total: $0.total)
            }
            answer = LintAnswer(subject: library, report: report, level: failOn)
        } else {
            answer = try lintFiles(options, progress)
        }
        progress.finish()
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
        if failOn.isReached(by: answer.report) { throw ExitCode(1) }
    }

    private func lintFiles(_ options: LintOptions, _ progress: ProgressBar) throws -> LintAnswer {
        var importer = GuidelineImporter()
        var guidelines: [Guideline] = []
        var locations: [String: InputLocation] = [:]
        try importer.forEach(
            in: corpora.map(InputSource.init(argument:)), format: format?.value,
            notice: { Console.log("note: \(PlainText.line("\($0)")).") }
        ) { guideline, location in
            guidelines.append(guideline)
            locations[guideline.id] = locations[guideline.id] ?? location
            if guidelines.count.isMultiple(of: 256) {
                progress.update("Reading", completed: guidelines.count, total: nil)
            }
        }
        let scratch = FileManager.default.temporaryDirectory
            .appendingPathComponent("fingerpost-lint-\(UUID().uuidString)")
        Interruption.willRemove(scratch.path)
        let report = try GuidelineLibrary.lint(
            guidelines, encoder: encoder.map { .folder(URL(fileURLWithPath: $0)) } ?? .automatic, options: options,
            scratch: scratch, building: { progress.update($0) }
        ) { progress.update($0.stage.label, completed: $0.completed, total: $0.total) }
        return LintAnswer(
            subject: corpora.joined(separator: ", "), report: report, level: failOn, locations: locations)
    }
}
