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

            The library is made where there is none. All files are read before anything is stored, and all guidelines \
            are stored in one transaction: either all of them or none. As soon as that transaction is committed, a line \
            says so on standard error ("Committed: ..."; with --json {"event":"committed",...}); from then on the \
            guidelines are kept whatever happens, and a build that is interrupted is completed by the next one. A build \
            with the same files encodes only what has changed.

            With --json: {"library","guidelines","added","updated","unchanged","duplicates","encoded","indexed",\
            "seconds":{stage},"bytes":{"database","index"},"encoder":{"name","sha256","dimension"}}.
            """)

    @Argument(
        help: "Files in JSONL, JSON, CSV, TSV, YAML or Markdown; - is standard input.", completion: .file())
    var corpora: [String]

    @OptionGroup var target: LibraryOption

    @Option(help: "Folder of an encoder to use instead of the bundled one.", completion: .directory)
    var encoder: String?

    @Option(help: "jsonl, json, csv, tsv, yaml or markdown. Default: by the name's ending; JSONL for standard input.")
    var format: CorpusFormat?

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
    }

    func run() throws {
        let clock = StageClock()
        let progress = ProgressBar()
        defer { progress.finish() }
        let guidelines = try read(progress)

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
            library: target.library, outcome: outcome, encoded: encoded.withLock { $0.total }, seconds: clock.stages,
            information: information)
        try Console.result(output.json ? summary.json.text : summary.text(Terminal.output))
        warnAboutGraph(information)
    }

    /// Everything is read before anything is stored, so that a fault in the last line leaves the library as it was.
    private func read(_ progress: ProgressBar) throws -> [Guideline] {
        var importer = GuidelineImporter()
        var guidelines: [Guideline] = []
        for corpus in corpora {
            try importer.forEach(in: InputSource(argument: corpus), format: format?.value) { guideline, _ in
                guidelines.append(guideline)
                if guidelines.count.isMultiple(of: 256) {
                    progress.update("Reading", completed: guidelines.count, total: nil)
                }
            }
        }
        return guidelines
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
        guard let value = ImportFormat(rawValue: argument.lowercased()) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { ImportFormat.allCases.map(\.rawValue) }
    var defaultValueDescription: String { value.rawValue }
}
