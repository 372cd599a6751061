import ArgumentParser
import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore
import Guardrails

/// `gaps`: clusters of inputs that no guideline covers.
struct GapsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gaps",
        abstract: "Find clusters of inputs that no guideline covers, the ones that matter most first.",
        discussion: """
            EXAMPLE
              fingerpost gaps --library my-library --since 30d
              fingerpost gaps inputs.jsonl --library my-library --benign everyday.jsonl --drafts drafts.jsonl

            Inputs are those of the library's decision log, as far as texts were kept, or of --log, or of files: JSON Lines of \
            {"id","text"} (or query or prompt for text) with count, severity, time and matched or not, or lines of a decision \
            log. Names may end in .gz; - is standard input.

            Inputs are put in clusters. A gap's score is its number of inputs x severity (1 to 4) x lack x need. The lack, 0 \
            to 1, is how badly the library covers it, by how near its inputs are to guidelines against how near the library's \
            own examples are, and by how many of those examples lie in the cluster. The need is how much its inputs look like \
            those that need guidance; it is known where the library is calibrated, or where --benign names everyday inputs \
            ({"query"}, forty or more).

            --drafts writes a guideline for each gap, as a draft to review: of the gap's own words, or, with --endpoint and \
            --model, written by a model.

            With --json: {"gaps":[{"id","name","words","score","volume","distinct","share","severity","severityWeight","lack",\
            "lackLow","lackHigh","need","unmatched","first","last","trend","examples":[{"id","text","count","hash",\
            "centrality"}],"nearest":[{"id","title","volume","similarity","threshold","matched","reason"}]}],"inputs",\
            "distinct","matched","unreadable","withoutText","otherRails","early","clusters","reference","guidelines",\
            "libraryVersion","drafts"}.
            """)

    @Argument(help: "Files of inputs, or of a decision log, as JSON Lines; - is standard input.", completion: .file())
    var inputs: [String] = []

    @OptionGroup var place: LibraryOption

    @Option(help: "Folder or file of the decision log, if it is not the library's own.", completion: .directory)
    var log: String?

    @Option(help: "From this time on: a day, a time, or days ago (2026-03-01, 2026-03-01T09:30Z, 30d).")
    var since: TimeArgument?

    @OptionGroup var search: GapArguments

    @Option(name: .customLong("min-score"), help: "Evidence from which guidelines without a threshold count.")
    var minimumScore: Float?

    @Option(help: "Write a draft of a guideline for each gap to this file, as JSONL.", completion: .file())
    var drafts: String?

    @Option(
        help: "Write every input of the gaps to this file: {\"gap\",\"id\",\"text\",\"count\"}.", completion: .file())
    var members: String?

    @OptionGroup var threading: ThreadOptions
    @OptionGroup(title: "The model that writes drafts") var model: ModelArguments
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (inputs + search.benign).count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input (-) can be read only once.")
        }
        guard inputs.isEmpty || log == nil else { throw ValidationError("Give files of inputs or --log, not both.") }
        guard (inputs + [log, drafts, members].compactMap(\.self)).allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("A file's name is empty.")
        }
        if let seed = model.requests.seed, seed < 0 {
            throw ValidationError("--seed is \(seed); it must be at least 0.")
        }
        if model.endpoint != nil || model.model != nil {
            _ = try model.named()
            guard drafts != nil else { throw ValidationError("Name --drafts for what the model writes.") }
        }
    }

    func run() throws {
        for path in [drafts, members].compactMap(\.self) {
            try OutputFile.check(path)
            Interruption.willWrite(path)
        }
        let progress = ProgressBar()
        defer { progress.finish() }
        let options = try options()
        let library = try LibraryAccess.reading(place.folder, progress: progress)
        var reading = GapReading(since: since?.time)
        let report = try GapMiner(library: library, options: options).mine { state in
            progress.update(state.stage.label, completed: state.completed, total: state.total)
        } reading: { intake in
            try read(&reading, into: &intake, progress)
        }
        progress.finish()
        var written: Int?
        if let drafts { written = try draft(report.gaps, to: drafts, progress) }
        if let members { try TextFile.write(GapAnswer.memberLines(report), to: members) }
        let answer = GapAnswer(report: report, reading: reading, drafts: drafts, draftCount: written)
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
    }

    private func options() throws -> GapOptions {
        var options = try search.options(minimumScore: minimumScore, threads: threading.threads)
        options.seed = model.requests.seed.map { UInt64($0) } ?? options.seed
        options.listsMembers = members != nil
        return options
    }

    /// Inputs of the files, or else of the log.
    private func read(_ reading: inout GapReading, into intake: inout GapIntake, _ progress: ProgressBar) throws {
        var files = inputs
        var folder = place.library
        if let log {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: log, isDirectory: &isFolder), isFolder.boolValue {
                folder = log
            } else {
                files = [log]
            }
        }
        guard files.isEmpty else {
            for file in files {
                try reading.read(file == "-" ? .standardInput : try CompressedFile.source(file), into: &intake)
            }
            return try check(reading, "the files hold")
        }
        var place = DecisionLogOption()
        place.library = folder
        let archive = try place.archive(progress)
        defer { try? archive.close() }
        try reading.read(archive, into: &intake)
        try check(reading, "\(folder): the log holds")
    }

    /// Says why there is nothing, where there is nothing.
    private func check(_ reading: GapReading, _ what: String) throws {
        guard reading.inputCount == 0 else { return }
        var reasons: [String] = []
        if reading.withoutTextCount > 0 {
            reasons.append(
                "\(Format.count(reading.withoutTextCount, "decision")) without texts (a log keeps them where it is asked to)"
            )
        }
        if reading.earlyCount > 0 {
            reasons.append("\(Format.count(reading.earlyCount)) from before --since or without a time")
        }
        if reading.otherRailCount > 0 { reasons.append("\(Format.count(reading.otherRailCount)) on outputs") }
        throw GuardrailsError.nothingToLearn(
            problem: "\(what) no input to look for gaps in"
                + (reasons.isEmpty ? "" : ", only " + reasons.joined(separator: ", ")))
    }

    /// Writes drafts and returns how many there are.
    private func draft(_ gaps: [GapReport.Gap], to path: String, _ progress: ProgressBar) throws -> Int {
        let drafter: any GapDrafter
        if model.endpoint == nil {
            drafter = ExtractiveGapDrafter()
        } else {
            drafter = ModelGapDrafter(batch: try model.batch(output: path), requests: model.requests) { state in
                progress.update(state.stage.label, completed: state.done, total: state.total)
            }
        }
        let guidelines = try AsynchronousWork.wait { try await drafter.drafts(for: gaps) }
        progress.finish()
        try TextFile.write(guidelines.lazy.map(\.jsonText), to: path)
        return guidelines.count
    }
}
