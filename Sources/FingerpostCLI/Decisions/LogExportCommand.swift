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
              fingerpost log export --library my-library --format otlp --output traces.jsonl

            JSON Lines, a record or a note each, as log import and replay read them.

            --format otlp writes OpenTelemetry's traces instead, in the JSON encoding of OTLP: each line is a request for \
            /v1/traces, of 128 decisions at most, and the file is what a collector's file receiver reads. A decision is a \
            span, each of its checks an event on it; notes have no place there. Texts go along only with --with-texts. \
            --style says how attributes are named: as in the drafts of OpenTelemetry's conventions (gen_ai), by \
            Microsoft's distribution (microsoft), or by OpenInference (openinference).

            With --json: {"output","format","decisions","records","notes"}; decisions is null but with otlp.
            """)

    enum Encoding: String, ExpressibleByArgument, CaseIterable {
        case log, otlp
    }

    @OptionGroup var log: DecisionLogOption
    @OptionGroup var times: DecisionFilterArguments

    @Option(name: [.long, .customShort("o")], help: "The file to write.", completion: .file())
    var output: String

    @Option(name: .customLong("format"), help: "log or otlp.")
    var kind = Encoding.log

    @Option(help: "With otlp: gen_ai, microsoft or openinference.")
    var style: TelemetryStyle?

    @Option(help: "With otlp: the name of the service that decided. Default: fingerpost.")
    var service: String?

    @Flag(help: "With otlp: texts that the log has kept go along.")
    var withTexts = false

    @Flag(help: "Leave texts out.")
    var withoutTexts = false

    @OptionGroup var format: OutputOptions

    func validate() throws {
        if withTexts, withoutTexts { throw ValidationError("Give --with-texts or --without-texts, not both.") }
        if kind == .log, style != nil || service != nil || withTexts {
            throw ValidationError("--style, --service and --with-texts go with --format otlp.")
        }
    }

    private struct Written {
        var decisions: Int?
        var records = 0
        var notes = 0
    }

    func run() throws {
        try OutputFile.check(output)
        let progress = ProgressBar()
        defer { progress.finish() }
        let archive = try log.archive(progress)
        defer { try? archive.close() }
        Interruption.willWrite(output)
        let written = try kind == .log ? writeLog(archive) : writeTraces(archive, progress)
        progress.finish()
        let json: JSON = [
            "output": .string(output), "format": .string(kind.rawValue), "decisions": .optional(written.decisions),
            "records": .integer(written.records), "notes": .integer(written.notes),
        ]
        let parts =
            [written.decisions.map { Format.count($0, "decision") }, Format.count(written.records, "record")]
            + (kind == .log ? [Format.count(written.notes, "note")] : [])
        try Console.result(
            format.json
                ? json.text : "\(PlainText.line(output)): \(parts.compactMap(\.self).joined(separator: ", "))")
    }

    private func writeLog(_ archive: DecisionArchive) throws -> Written {
        var written = Written()
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
                written.records += 1
                if lines.count >= 1_024 { try flush(&file) }
            }
            try archive.forEachNote { note in
                guard filter.since.map({ note.time >= $0 }) ?? true, filter.until.map({ note.time < $0 }) ?? true else {
                    return
                }
                lines.append(DecisionEntry.note(note).jsonText)
                written.notes += 1
            }
            try flush(&file)
        }
        return written
    }

    private func writeTraces(_ archive: DecisionArchive, _ progress: ProgressBar) throws -> Written {
        let writer = TelemetryWriter(
            style: style ?? .genAI, service: service ?? "fingerpost", includesText: withTexts)
        var amount = TelemetryWriter.Amount()
        try AtomicFile.write(to: URL(fileURLWithPath: output).path) { file in
            var lines = 0
            amount = try writer.write(archive, matching: times.filter) { line in
                try file.write(line + "\n")
                lines += 1
                progress.update("Writing", completed: lines, total: nil)
            }
        }
        return Written(decisions: amount.decisions, records: amount.records)
    }
}

extension TelemetryStyle: ExpressibleByArgument {}
