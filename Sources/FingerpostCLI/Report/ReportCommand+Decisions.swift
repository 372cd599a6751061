import Fingerpost
import Foundation
import GuidelineStore
import Guardrails
import Platform

extension ReportCommand {
    /// The page on the decision log.
    func reportDecisions(to output: String) throws {
        let flips = try replay.map(SavedReplay.flips)
        let progress = ProgressBar()
        defer { progress.finish() }
        let log = try DecisionLogOption.parse(["--library", library.library])
        let archive = try log.archive(progress)
        defer { try? archive.close() }
        var options = TrendOptions()
        options.period = period
        var report = try gather(archive, options)
        report.flips = flips
        if gaps, LibraryDatabase.exists(at: library.folder) { report.gaps = try findings(archive, progress) }
        let text = report.html
        Interruption.willWrite(output)
        try AtomicFile.write(to: URL(fileURLWithPath: output).path) { try $0.write(text) }
        progress.finish()
        let total = report.trend.total
        let found = report.gaps?.report.map(\.gaps.count)
        let json: JSON = [
            "output": .string(output), "decisions": .integer(total.total), "interventions": .integer(total.count),
            "rules": .integer(report.rules.count), "releases": .integer(report.releases.count),
            "gaps": .optional(found), "flips": .optional(flips?.count),
        ]
        let words =
            "\(PlainText.line(output)): \(Format.count(total.total, "decision")), \(Format.count(total.count)) of them "
            + "interventions, by \(Format.count(report.rules.count, "rule"))"
            + (found.map { "; \(Format.count($0, "gap"))" } ?? "")
            + (flips.map { "; \(Format.count($0.count, "flip"))" } ?? "")
        try Console.result(format.json ? json.text : words)
    }

    private func gather(_ archive: DecisionArchive, _ options: TrendOptions) throws -> DecisionReport {
        let database =
            LibraryDatabase.exists(at: library.folder)
            ? try LibraryDatabase.open(at: library.folder, mode: .readOnly) : nil
        var notes: [(note: DecisionNote, rules: [String])] = []
        try archive.forEachNote { notes.append(($0, [])) }
        for place in notes.indices where notes[place].note.review != nil {
            let records = try archive.records(ofDecision: notes[place].note.decision)
            notes[place].rules = Set(records.filter { $0.verdict > .allow }.flatMap { $0.matched.map(\.id) }).sorted()
        }
        return try DecisionReport(
            name: library.library, tallies: try archive.tallies(), notes: notes,
            releases: try database?.releases ?? [], options: options
        ) { id in
            try database?.guideline(id: id).map { $0.title ?? $0.text }
        }
    }

    /// The gaps in the inputs of the log; nothing can be said of them where it has kept no texts.
    private func findings(
        _ archive: DecisionArchive, _ progress: ProgressBar
    ) throws -> DecisionReport.GapFindings {
        let options = try search.options(minimumScore: minScore, threads: threading.threads)
        var reading = GapReading()
        var intake = GapIntake { state in
            progress.update(state.stage.label, completed: state.completed, total: state.total)
        }
        try reading.read(archive, into: &intake)
        guard reading.inputCount > 0 else { return .init(reading: reading, report: nil) }
        let opened = try LibraryAccess.reading(library.folder, progress: progress)
        let report = try GapMiner(library: opened, options: options).mine(intake) { state in
            progress.update(state.stage.label, completed: state.completed, total: state.total)
        }
        return .init(reading: reading, report: report)
    }
}
