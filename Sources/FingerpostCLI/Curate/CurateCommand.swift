import ArgumentParser
import Fingerpost
import Foundation
import GuideAlign
import Guardrails
import GuidelineStore

/// `curate`: what reviewers' notes teach, as a plan, as labels, and as training data.
struct CurateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curate",
        abstract: "Turn reviews of decisions into changes of rules, labelled inputs and training data.",
        discussion: """
            EXAMPLE
              fingerpost curate --library my-library --plan plan.jsonl --labels labels.jsonl
              fingerpost curate --library my-library --apply plan.jsonl
              fingerpost curate --library my-library --training train --sft openai --dpo trl --kto

            Reviews and corrections are notes on decisions (log note). Something missed by a rule becomes an example of it, a \
            false alarm a counterexample; with --min-reviews of a rule, a threshold is proposed for it: the lowest by which \
            at most --max-false-alarms of what it would still match are false alarms. --plan writes the proposals, a line \
            each, to be read and edited; --apply makes those whose accept is true, in one step, unless a rule has changed \
            since. Texts that reviewers disagree on are conflicts, of which nothing is made.

            --labels writes inputs with known answers for calibrate. --training writes a folder of training data from \
            outputs that were judged or corrected: each row's decision, log lines and rules are in its sources.jsonl.

            Only decisions whose text was kept can give texts. Texts in which secrets or personal data were found go nowhere.

            With --json: {"library","libraryVersion","reviewed","edits":{kind:n},"conflicts","known","uncovered",\
            "withoutText","sensitive","withoutInput","calibratedScores","missingDecisions","unknownRules","plan","labels",\
            "training":{"folder","files":[{"file","rows"}],"dropped"}}; with --apply {"library","libraryVersion","rules",\
            "examples","counterexamples","thresholds"}.
            """)

    @OptionGroup var place: LibraryOption

    @Option(help: "Folder of the decisions, if they are not the library's own.", completion: .directory)
    var log: String?

    @Option(help: "Write proposed changes of rules to this file.", completion: .file())
    var plan: String?

    @Option(help: "Make the accepted changes of this plan.", completion: .file())
    var apply: String?

    @Option(help: "Write inputs with known answers to this file, for calibrate.", completion: .file())
    var labels: String?

    @Option(help: "Write training data to this folder.", completion: .directory)
    var training: String?

    @Option(help: "Format of fine-tuning data: openai, trl, sharegpt or alpaca; may be given several times.")
    var sft: [String] = []

    @Option(help: "Format of preference pairs: trl or openai; may be given several times.")
    var dpo: [String] = []

    @Flag(help: "Write single answers with a label, as TRL has them for KTO.")
    var kto = false

    @Option(help: "Share of the training inputs that is held out (0 to below 1).")
    var holdout = 0.1

    @Flag(help: "Replace the training data that is in the folder.")
    var replace = false

    @Option(help: "Notes from this time on: a day, a time, or days ago (30d).")
    var since: TimeArgument?

    @Option(help: "Reviews of a rule from which a threshold is proposed for it.")
    var minReviews = Curation.Options().minimumReviews

    @Option(help: "Share of false alarms among what a rule matches, at most (0 to below 1).")
    var maxFalseAlarms = Curation.Options().maximumFalseAlarms

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard [log, plan, apply, labels, training].compactMap(\.self).allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("A name is empty.")
        }
        guard minReviews >= 1 else { throw ValidationError("--min-reviews is \(minReviews); it must be at least 1.") }
        guard (0..<1).contains(maxFalseAlarms) else {
            throw ValidationError("--max-false-alarms is \(maxFalseAlarms); it must be from 0 to below 1.")
        }
        let formats = try TrainingArguments.formats(sft: sft, dpo: dpo, kto: kto)
        if apply != nil, plan != nil || labels != nil || training != nil || !formats.isEmpty || log != nil {
            throw ValidationError("--apply changes a library by a plan that is there; it goes with --library alone.")
        }
        guard (training == nil) == formats.isEmpty else {
            throw ValidationError("--training needs a format, and a format needs --training: --sft, --dpo, --kto.")
        }
        guard (0..<1).contains(holdout) else {
            throw ValidationError("--holdout is \(holdout); it must be from 0 to below 1.")
        }
    }

    func run() throws {
        if let apply { return try applyPlan(apply) }
        for path in [plan, labels].compactMap(\.self) {
            try OutputFile.check(path)
            Interruption.willWrite(path)
        }
        let progress = ProgressBar()
        defer { progress.finish() }
        let library = try LibraryAccess.reading(place.folder, progress: progress)
        var source = DecisionLogOption()
        source.library = log ?? place.library
        let archive = try source.archive(progress)
        defer { try? archive.close() }
        var options = Curation.Options()
        (options.since, options.minimumReviews) = (since?.time, minReviews)
        options.maximumFalseAlarms = maxFalseAlarms
        let lessons = try Curation(library: library, options: options).run(on: archive)
        if let plan { try lessons.plan.write(to: URL(fileURLWithPath: plan).path) }
        if let labels {
            try TextFile.write(
                lessons.labels.map { label in
                    let row: JSON = [
                        "id": .string(label.decision), "query": .string(label.text),
                        "positives": .strings(label.positives),
                    ]
                    return row.text
                }, to: labels)
        }
        let written = try training.map { try write(lessons.answers, to: $0) }
        progress.finish()
        let answer = CurationAnswer(
            library: place.library, lessons: lessons, plan: plan, labels: labels, training: training, written: written)
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
    }

    private func write(_ answers: [CuratedAnswer], to folder: String) throws -> ReviewedTrainingSummary {
        var options = TrainingOptions(
            formats: try TrainingArguments.formats(sft: sft, dpo: dpo, kto: kto), createdBy: FingerpostCommand.program)
        options.holdout = holdout
        let path = URL(fileURLWithPath: folder).path
        try OutputFile.checkParent(of: path)
        Interruption.willRemove(TrainingExport.temporaryFolder(of: path))
        let rows = answers.map { answer in
            ReviewedAnswer(
                id: answer.trace.decision, input: [ChatMessage(.user, answer.input)], good: answer.good,
                bad: answer.bad,
                trace: [
                    "decision": .string(answer.trace.decision),
                    "lines": .array(answer.trace.lines.map(JSONValue.string)),
                    "rules": .array(answer.rules.map(JSONValue.string)),
                    "reviewers": .array(answer.trace.reviewers.map(JSONValue.string)),
                ])
        }
        return try TrainingExport(options: options).run(reviewed: rows, to: path, replaces: replace)
    }

    private func applyPlan(_ file: String) throws {
        let plan = try CurationPlan(contentsOf: InputSource(argument: file))
        let progress = ProgressBar()
        defer { progress.finish() }
        let handler: ProgressHandler = { progress.update($0) }
        var options = LibraryOptions()
        options.threads = threading.threads
        Interruption.willWrite(place.folder.appendingPathComponent("index.hnsw").path)
        let library = try GuidelineLibrary.open(
            at: place.folder, mode: .readWrite, options: options, progress: handler)
        let outcome = try library.apply(plan, progress: handler)
        try library.save(progress: handler)
        try library.close()
        progress.finish()
        let json: JSON = [
            "library": .string(place.library), "libraryVersion": .integer(outcome.libraryVersion),
            "rules": .integer(outcome.rules), "examples": .integer(outcome.examples),
            "counterexamples": .integer(outcome.counterexamples), "thresholds": .integer(outcome.thresholds),
        ]
        let text =
            "\(Format.count(outcome.rules, "rule")) changed: \(Format.count(outcome.examples, "example")), "
            + "\(Format.count(outcome.counterexamples, "counterexample")), \(Format.count(outcome.thresholds, "threshold")); "
            + "\(PlainText.line(place.library)) is at version \(outcome.libraryVersion)"
        try Console.result(output.json ? json.text : text)
    }
}

/// What curate has found, to be printed.
struct CurationAnswer {
    var library: String
    var lessons: CuratedLessons
    var plan: String?
    var labels: String?
    var training: String?
    var written: ReviewedTrainingSummary?

    private var edits: [(kind: String, count: Int)] {
        ["example", "counterexample", "threshold"].map { kind in
            (kind, lessons.plan.edits.count { $0.change.kind == kind })
        }
    }

    var json: JSON {
        [
            "library": .string(library), "libraryVersion": .integer(lessons.plan.libraryVersion),
            "reviewed": .integer(lessons.reviewedCount),
            "edits": .object(edits.map { ($0.kind, .integer($0.count)) }),
            "conflicts": .integer(lessons.plan.conflicts.count), "known": .integer(lessons.knownCount),
            "uncovered": .integer(lessons.uncoveredCount), "withoutText": .integer(lessons.withoutTextCount),
            "sensitive": .integer(lessons.sensitiveCount), "withoutInput": .integer(lessons.withoutInputCount),
            "calibratedScores": .integer(lessons.calibratedScoreCount),
            "missingDecisions": .integer(lessons.missingDecisionCount),
            "unknownRules": .strings(lessons.plan.unknownRules), "plan": .optional(plan), "labels": .optional(labels),
            "training": written.map { written in
                [
                    "folder": .optional(training),
                    "files": .array(
                        written.files.map { ["file": .string($0.name), "rows": .integer($0.rows)] }),
                    "dropped": .object(
                        written.dropped.sorted { $0.key < $1.key }.map { ($0.key, .counts($0.value)) }),
                ]
            } ?? .null,
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var pairs = [("reviewed decisions", Format.count(lessons.reviewedCount))]
        pairs += edits.map { ("\($0.kind)s proposed", Format.count($0.count)) }
        for (name, count) in [
            ("conflicts between reviewers", lessons.plan.conflicts.count),
            ("texts that rules have", lessons.knownCount),
            ("missed, with no rule named", lessons.uncoveredCount), ("without a text", lessons.withoutTextCount),
            ("with secrets or personal data", lessons.sensitiveCount),
            ("outputs without an input", lessons.withoutInputCount),
            ("scores that a calibration made", lessons.calibratedScoreCount),
            ("decisions that are gone", lessons.missingDecisionCount),
        ] where count > 0 {
            pairs.append((name, Format.count(count)))
        }
        var lines = Table.pairs(pairs)
        for edit in lessons.plan.edits.prefix(20) {
            let what: String =
                switch edit.change {
                case .example(let text): "+ example         \(text)"
                case .counterexample(let text): "+ counterexample  \(text)"
                case .threshold(let threshold, let from):
                    "threshold \(from.map { Format.score($0) } ?? "none") -> \(Format.score(threshold)): \(edit.reason)"
                }
            lines.append(
                PlainText.cut("  \(PlainText.line("\(edit.rule)  \(what)"))", width: max(terminal.width, 60)))
        }
        if lessons.plan.edits.count > 20 { lines.append("  and \(Format.count(lessons.plan.edits.count - 20)) more") }
        for (name, count, path) in [
            ("change", lessons.plan.edits.count, plan), ("labelled input", lessons.labels.count, labels),
        ] {
            if let path { lines.append("\(PlainText.line(path)): \(Format.count(count, name))") }
        }
        for file in written?.files ?? [] {
            lines.append("\(PlainText.line("\(training ?? "")/\(file.name)")): \(Format.count(file.rows, "row"))")
        }
        if !lessons.plan.unknownRules.isEmpty {
            let names = lessons.plan.unknownRules.map(PlainText.line).joined(separator: ", ")
            lines.append(terminal.yellow("The library does not have the rules \(names)."))
        }
        if plan != nil, !lessons.plan.edits.isEmpty {
            lines.append(terminal.dim("Read it, edit it, then: fingerpost curate --apply PLAN --library LIBRARY"))
        }
        return lines.joined(separator: "\n")
    }
}
