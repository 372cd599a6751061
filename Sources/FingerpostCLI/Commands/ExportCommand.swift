import ArgumentParser
import Foundation
import GuidelineStore
import Platform

/// `export`: a library into a file, or answers into training data.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the guidelines of a library in a file format, or answers as training data.",
        discussion: """
            EXAMPLE
              fingerpost export --library my-library > rules.jsonl
              fingerpost export --library my-library --output rules.csv --status active --status shadow
              fingerpost export --answers answers.jsonl --judgements judged.jsonl --sft openai --dpo trl --output train

            A LIBRARY

            JSONL, JSON, YAML, CSV, TSV and Markdown carry every field, and so do parlant and semantic-router, which keep \
            in their metadata what they have no place for: building a library from such a file gives the same guidelines. \
            The other formats lose fields; which, and of how many guidelines, is said on standard error.

            A file is written whole or not at all. Cells of CSV and TSV are written as they are: a spreadsheet may take \
            text that begins with =, +, - or @ for a formula, so import such columns as text.

            With --json, which needs --output: {"library","output","format","guidelines","omitted","lost":{field: count}}.

            ANSWERS

            With --answers, guided answers become fine-tuning data from whose prompts the guidelines are removed, and judged \
            answers become preference pairs. The folder that --output names gets a file for each format and side of the \
            split, sources.jsonl, which says of every row of the answers where it went or why not, and manifest.json with \
            counts, versions and digests. It is written whole or not at all, and the same input gives the same bytes.

            Inputs that are nearly the same are on one side of the split. Left out are answers that are unfinished, empty, \
            too short or long, that lost (--require), that speak of guidelines or repeat one, and that decline although no \
            guideline of the kind safety applies; and rows that are there already.

            With --json: what manifest.json holds, and "output".
            """)

    @Option(name: [.long, .customShort("l")], help: "Folder of the library.", completion: .directory)
    var library: String?

    @Option(
        help: """
            \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")). Default: by the ending of --output; JSONL for \
            standard output.
            """)
    var format: ExportFormatArgument?

    @Option(
        name: [.long, .customShort("o")],
        help: "The file to write (default: standard output), or with --answers the folder.", completion: .file())
    var output: String?

    @Option(help: "Only guidelines of this status (draft, shadow, active or retired); may be given several times.")
    var status: [StatusArgument] = []

    @OptionGroup(title: "Options with --answers") var training: TrainingArguments

    @OptionGroup var printing: OutputOptions

    func validate() throws {
        guard training.answers == nil else {
            if library != nil { throw ValidationError("--library and --answers are two things to export; name one.") }
            if format != nil || !status.isEmpty {
                throw ValidationError("\(format != nil ? "--format" : "--status") goes with --library, not --answers.")
            }
            return try training.check(output: output)
        }
        guard let library else {
            throw ValidationError("Name a library with --library, or answers with --answers.")
        }
        guard !library.isEmpty else { throw ValidationError("--library is empty; name the folder of a library.") }
        if let option = training.given { throw ValidationError("\(option) goes with --answers, not --library.") }
        guard output != nil || !printing.json else {
            throw ValidationError("--json prints what was written, so it needs --output to write to.")
        }
        guard let output else { return }
        guard !output.isEmpty else { throw ValidationError("--output is empty; name a file.") }
        guard format != nil || ExportFormat(path: output) != nil else {
            throw ValidationError("\(output): the name does not tell the format; name it with --format.")
        }
    }

    func run() throws {
        if let answers = training.answers, let output {
            return try training.run(answers: answers, output: output, isJSON: printing.json)
        }
        guard let library else { return }
        let format = format?.value ?? output.flatMap(ExportFormat.init(path:)) ?? .jsonl
        if let output { try OutputFile.check(output) }
        let database = try LibraryDatabase.open(at: URL(fileURLWithPath: library), mode: .readOnly)
        let progress = ProgressBar()
        defer { progress.finish() }
        let summary: ExportSummary
        if let output {
            Interruption.willWrite(output)
            var written = ExportSummary()
            try AtomicFile.write(to: output) { writer in
                written = try write(database, format, progress) { try writer.write($0) }
            }
            summary = written
        } else {
            summary = try write(database, format, progress) { try Console.result($0) }
        }
        try database.close()
        progress.finish()
        try report(summary, format)
    }

    /// Bytes that are handed on at once, ending with a whole guideline.
    private static let chunkLength = 1 << 16

    private func write(
        _ database: LibraryDatabase, _ format: ExportFormat, _ progress: ProgressBar,
        _ sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> ExportSummary {
        let wanted = Set(status.map(\.value))
        let total = try database.count
        var exporter = GuidelineExporter(format: format)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * Self.chunkLength)
        var seen = 0
        try database.forEachGuideline { _, guideline in
            seen += 1
            progress.update("Writing", completed: seen, total: total)
            guard wanted.isEmpty || wanted.contains(guideline.status) else { return }
            exporter.append(guideline, to: &bytes)
            if bytes.count >= Self.chunkLength {
                try bytes.withUnsafeBytes(sink)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        exporter.finish(to: &bytes)
        try bytes.withUnsafeBytes(sink)
        return exporter.summary
    }

    private func report(_ summary: ExportSummary, _ format: ExportFormat) throws {
        if summary.omitted > 0 {
            Console.log(
                "note: \(Format.count(summary.omitted, "guideline")) without an example left out: \(format.rawValue) has "
                    + "a record for each example.")
        }
        let lost = summary.lostFields.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if !lost.isEmpty {
            let fields = lost.map { "\(PlainText.line($0.key)) (\(Format.count($0.value, "guideline")))" }
            Console.log("note: \(format.rawValue) does not carry \(fields.joined(separator: ", ")).")
        }
        guard let output else { return }
        guard !printing.json else {
            let document: JSON = [
                "library": .optional(library), "output": .string(output), "format": .string(format.rawValue),
                "guidelines": .integer(summary.written), "omitted": .integer(summary.omitted),
                "lost": .counts(summary.lostFields),
            ]
            return try Console.result(document.text)
        }
        try Console.result(
            "\(PlainText.line(output)): \(Format.count(summary.written, "guideline")) as \(format.rawValue)")
    }
}

/// A format to write, as an argument.
struct ExportFormatArgument: ExpressibleByArgument {
    var value: ExportFormat

    init?(argument: String) {
        guard let value = ExportFormat(name: argument) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { ExportFormat.allCases.map(\.rawValue) }
    var defaultValueDescription: String { value.rawValue }
}

/// A guideline's status, as an argument.
struct StatusArgument: ExpressibleByArgument {
    var value: Guideline.Status

    init?(argument: String) {
        guard let value = Guideline.Status(rawValue: argument.lowercased()) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { Guideline.Status.allCases.map(\.rawValue) }
    var defaultValueDescription: String { value.rawValue }
}
