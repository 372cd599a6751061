import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Platform

/// `build`: files into a library.
struct BuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Import guidelines into a library, encode and index them.",
        discussion: """
            EXAMPLE
              fingerpost build rules.jsonl policy.md --library my-library
              generate-rules | fingerpost build - --library my-library
              fingerpost build pairs.json --format dpr-training --library my-library --dry-run

            The library is made where there is none. All files are read before anything is stored, and all guidelines \
            are stored in one transaction: either all of them or none. As soon as that transaction is committed, a line \
            says so on standard error ("Committed: ..."; with --json {"event":"committed",...}); from then on the \
            guidelines are kept whatever happens, and a build that is interrupted is completed by the next one. A build \
            with the same files encodes only what has changed.

            Files of other programs are read too: the guidelines of Parlant, routes of semantic-router, policies of NeMo \
            Guardrails, training pairs and passages of DPR, the pairs and rules of Guide-Align. In JSON, JSONL and YAML \
            they are known by their content, and a note says what a file was taken for; --format says it beforehand.

            A record that cannot be used stops the build, which names its file and line. With --skip-invalid it is left \
            out and counted; --report FILE lists all of them as JSON Lines {"file","line","record","code","message"}. \
            What makes the rest of a file unreadable stops the build all the same.

            With --dry-run everything is read and checked, nothing is stored, and what a build would do is printed; the \
            exit status is 2 if something is wrong, unless --skip-invalid is given too.

            With --json: {"library","guidelines","added","updated","unchanged","duplicates","skipped","encoded","indexed",\
            "seconds":{stage},"bytes":{"database","index"},"encoder":{"name","sha256","dimension"}}; of a dry run \
            {"library","dryRun","read","added","updated","unchanged","duplicates","skipped","faults":[{"code","message",\
            "file","line","record"}]}, with the first 100 faults.
            """)

    @Argument(
        help: "Files in JSONL, JSON, CSV, TSV, YAML, Markdown or another program's format; - is standard input.",
        completion: .file())
    var corpora: [String]

    @OptionGroup var target: LibraryOption

    @Option(help: "Folder of an encoder to use instead of the bundled one.", completion: .directory)
    var encoder: String?

    @Option(
        help: """
            \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")). Default: by the name's ending and the content; \
            JSONL for standard input.
            """)
    var format: CorpusFormat?

    @Flag(help: "Read and check everything, say what would be done, and store nothing.")
    var dryRun = false

    @Flag(help: "Leave out records that cannot be used instead of stopping at the first.")
    var skipInvalid = false

    @Option(help: "A file for the list of records that cannot be used, in JSON Lines.", completion: .file())
    var report: String?

    @Option(
        name: .customLong("max-examples"),
        help: "Inputs that become examples of a guideline, where a format pairs the two.")
    var maximumExamples = ImportOptions().maximumExamples

    @Flag(help: "Encode the whole library again with another encoder (--encoder, or the bundled one).")
    var replaceEncoder = false

    @OptionGroup var graph: GraphOptions
    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard corpora.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input (-) can be read only once.")
        }
        guard corpora.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("A corpus has an empty name.") }
        try Check.range("--max-examples", maximumExamples, 0...10_000)
    }

    func run() throws {
        let clock = StageClock()
        let progress = ProgressBar()
        defer { progress.finish() }
        var faults = ImportFaults(isSkipping: skipInvalid)
        let guidelines = try read(progress, &faults)
        if dryRun {
            progress.finish()
            return try rehearse(guidelines, faults)
        }

        clock.enter("open")
        let encoded = Locked(EncodedCount())
        let handler: ProgressHandler = { event in
            clock.enter(event.stage)
            if event.stage == .encoding { encoded.withLock { $0.note(event.completed) } }
            progress.update(event)
        }
        let library = try open(handler)
        encoded.withLock { $0.finishRound() }
        clock.enter("store")
        let outcome = try library.add(guidelines, progress: handler) { outcome in
            progress.finish()
            acknowledge(outcome, count: guidelines.count)
            clock.enter("index")
        }
        clock.enter("save")
        try library.save(progress: handler)
        let information = try library.information()
        try library.close()
        clock.finish()
        progress.finish()

        let summary = BuildSummary(
            library: target.library, outcome: outcome, skipped: faults.count, encoded: encoded.withLock { $0.total },
            seconds: clock.stages,
            information: information)
        try Console.result(output.json ? summary.json.text : summary.text(Terminal.output))
        warnAboutGraph(information)
    }

    /// Everything is read before anything is stored, so that a fault in the last line leaves the library as it was.
    private func read(_ progress: ProgressBar, _ faults: inout ImportFaults) throws -> [Guideline] {
        defer {
            progress.finish()
            faults.log(hasReport: report != nil)
        }
        guard let report else { return try read(progress, &faults) { _ in } }
        try OutputFile.check(report)
        Interruption.willWrite(report)
        var guidelines: [Guideline] = []
        var end: (any Error)?
        try AtomicFile.write(to: report) { writer in
            do {
                guidelines = try read(progress, &faults) { try writer.write($0.reportLine + "\n") }
            } catch let error as FileError {
                throw error
            } catch {
                // What ends the reading belongs to the list too.
                let failure = Failure(error)
                if failure.isInputError { try writer.write(failure.reportLine + "\n") }
                end = error
            }
        }
        if let end { throw end }
        return guidelines
    }

    private func read(
        _ progress: ProgressBar, _ faults: inout ImportFaults, _ list: (Failure) throws -> Void
    ) throws -> [Guideline] {
        var options = ImportOptions()
        options.maximumExamples = maximumExamples
        var importer = GuidelineImporter(options: options)
        var guidelines: [Guideline] = []
        try importer.forEach(
            in: corpora.map(InputSource.init(argument:)), format: format?.value,
            notice: { Console.log("note: \(PlainText.line("\($0)")).") },
            fault: { error in
                // A dry run says everything that is wrong.
                guard skipInvalid || dryRun else { throw error }
                let failure = Failure(error)
                faults.note(failure)
                try list(failure)
            }
        ) { guideline, _ in
            guidelines.append(guideline)
            if guidelines.count.isMultiple(of: 256) {
                progress.update("Reading", completed: guidelines.count, total: nil)
            }
        }
        return guidelines
    }

    /// Says what a build would do.
    private func rehearse(_ guidelines: [Guideline], _ faults: ImportFaults) throws {
        let outcome: UpsertOutcome
        if LibraryDatabase.exists(at: target.folder) {
            let database = try LibraryDatabase.open(at: target.folder, mode: .readOnly)
            outcome = try database.plan(upserting: guidelines)
            try database.close()
        } else {
            outcome = try UpsertOutcome.planned(forNewLibrary: guidelines)
        }
        let rehearsal = BuildRehearsal(
            library: target.library, read: guidelines.count, outcome: outcome, faults: faults)
        try Console.result(output.json ? rehearsal.json.text : rehearsal.text(Terminal.output))
        if faults.count > 0, !skipInvalid { throw ExitCode(2) }
    }

    private func open(_ handler: @escaping ProgressHandler) throws -> GuidelineLibrary {
        var options = LibraryOptions()
        if let encoder { options.encoder = .folder(URL(fileURLWithPath: encoder)) }
        options.threads = threading.threads
        graph.apply(to: &options.configuration)
        let folder = target.folder
        Interruption.willWrite(folder.appendingPathComponent("index.hnsw").path)
        Interruption.willWrite(folder.appendingPathComponent("library.sqlite").path)
        if replaceEncoder, GuidelineLibrary.exists(at: folder) {
            return try GuidelineLibrary.reencode(at: folder, options: options, progress: handler)
        }
        return try GuidelineLibrary.openOrCreate(at: folder, options: options, progress: handler)
    }

    private func acknowledge(_ outcome: UpsertOutcome, count: Int) {
        guard output.json else {
            return Console.log(
                "Committed: \(Format.count(count, "guideline")) stored in \(PlainText.line(target.library)).")
        }
        let event: JSON = [
            "event": "committed", "library": .string(target.library), "guidelines": .integer(count),
            "added": .integer(outcome.added.count), "updated": .integer(outcome.updated.count),
            "unchanged": .integer(outcome.unchanged.count), "duplicates": .integer(outcome.skippedDuplicates.count),
        ]
        Console.log(event.text)
    }

    private func warnAboutGraph(_ information: LibraryInformation) {
        let current = information.configuration
        guard graph.differs(from: current) else { return }
        Console.log(
            "note: the index keeps the graph it was built with (M \(current.M), ef-construction "
                + "\(current.efConstruction), \(current.layout.name)). Delete \(PlainText.line(target.library))/index.hnsw and build again to change it."
        )
    }
}

/// How many passages were encoded, over the rounds of opening and adding, each of which counts from 1.
private struct EncodedCount {
    private var finished = 0
    private var current = 0

    mutating func note(_ completed: Int) { current = max(current, completed) }

    mutating func finishRound() {
        finished += current
        current = 0
    }

    var total: Int { finished + current }
}

/// The format of a corpus, as an argument.
struct CorpusFormat: ExpressibleByArgument {
    var value: ImportFormat

    init?(argument: String) {
        guard let value = ImportFormat(name: argument) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { ImportFormat.allCases.map(\.rawValue) }
    var defaultValueDescription: String { value.rawValue }
}
