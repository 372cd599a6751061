import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Guardrails
import Platform

/// `log export`: decisions for other programs.
struct LogExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write decisions, and the notes on them, to a file.",
        discussion: """
            EXAMPLE
              fingerpost log export --library my-library --since 30d --output decisions.jsonl

            JSON Lines, a record or a note each, as log import and replay read them.

            With --json: {"output","records","notes"}.
            """)

    @OptionGroup var log: DecisionLogOption
    @OptionGroup var times: DecisionFilterArguments

    @Option(name: [.long, .customShort("o")], help: "The file to write.", completion: .file())
    var output: String

    @Flag(help: "Leave texts out.")
    var withoutTexts = false

    @OptionGroup var format: OutputOptions

    func run() throws {
        try OutputFile.check(output)
        let progress = ProgressBar()
        let archive = try log.archive(progress)
        var (records, notes) = (0, 0)
        Interruption.willWrite(output)
        try AtomicFile.write(to: URL(fileURLWithPath: output).path) { file in
            var lines: [String] = []
            func flush(_ file: inout FileWriter) throws {
                for line in lines { try file.write(line + "\n") }
                lines = []
            }
            let filter = times.filter
            try archive.forEachRecord(matching: filter) { record in
                var record = record
                if withoutTexts { record.text = nil }
                lines.append(record.jsonText)
                records += 1
                if lines.count >= 1_024 { try flush(&file) }
            }
            try archive.forEachNote { note in
                guard filter.since.map({ note.time >= $0 }) ?? true, filter.until.map({ note.time < $0 }) ?? true else {
                    return
                }
                lines.append(DecisionEntry.note(note).jsonText)
                notes += 1
            }
            try flush(&file)
        }
        let json: JSON = ["output": .string(output), "records": .integer(records), "notes": .integer(notes)]
        try Console.result(
            format.json
                ? json.text
                : "\(PlainText.line(output)): \(Format.count(records, "record")), \(Format.count(notes, "note"))")
    }
}
