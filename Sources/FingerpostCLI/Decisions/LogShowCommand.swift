import ArgumentParser
import Fingerpost
import GuidelineStore
import Guardrails

/// `log show`: decisions, the last ones first.
struct LogShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the decisions of a library, or all that is known of one.",
        discussion: """
            EXAMPLE
              fingerpost log show --library my-library --verdict modify --since 7d
              fingerpost log show 5f0c2a --library my-library

            A beginning of a decision's id will do where it is the only one.

            With --json: JSON Lines of records as they were logged, by time; with an id also the notes on it, as \
            {"note":{...},"ts"}.
            """)

    @Argument(help: "Id of a decision.")
    var id: String?

    @OptionGroup var log: DecisionLogOption
    @OptionGroup var times: DecisionFilterArguments

    @Option(help: "Decisions of this verdict or a stricter one: allow, audit, warn, modify, ask, deny.")
    var verdict: Verdict?

    @Option(help: "Decisions in which this rule matched.")
    var rule: String?

    @Option(help: "Decisions on inputs to, or outputs of, this model.")
    var model: String?

    @Option(help: "Decisions at most, the last ones.")
    var limit = 20

    @OptionGroup var output: OutputOptions

    func validate() throws { try Check.limit("--limit", limit) }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let archive = try log.archive(progress)
        if let id { return try show(id, archive) }
        var filter = times.filter
        (filter.minimumVerdict, filter.rule, filter.model) = (verdict, rule, model)
        var last: [[DecisionRecord]] = []
        var count = 0
        try archive.forEachDecision(matching: filter) { records in
            count += 1
            last.append(records)
            if last.count > 2 * limit { last.removeFirst(limit) }
        }
        last = last.suffix(limit)
        if output.json {
            for record in last.joined() { try Console.result(record.jsonText) }
            return
        }
        guard count > 0 else { return try Console.result("no such decisions") }
        let terminal = Terminal.output
        var table = Table(alignments: [.left, .left, .left, .left, .left, .left])
        table.rows.append(["decision", "time", "rail", "verdict", "by", "text"])
        for records in last.reversed() {
            guard let first = records.first else { continue }
            let text = records.lazy.compactMap(\.text).first ?? ""
            table.rows.append([
                PlainText.line(first.decision.id), String(first.time.description.prefix(19)), first.rail.rawValue,
                first.decision.verdict.rawValue, PlainText.line(DecisionText.causes(records)), PlainText.line(text),
            ])
        }
        var lines = table.lines.map { PlainText.cut($0, width: max(terminal.width, 60)) }
        if count > last.count {
            lines.append(terminal.dim("the last \(Format.count(last.count)) of \(Format.count(count, "decision"))"))
        }
        try Console.result(lines.joined(separator: "\n"))
    }

    private func show(_ id: String, _ archive: DecisionArchive) throws {
        let found = try DecisionText.decision(id, in: archive, library: log.library)
        var notes: [DecisionNote] = []
        try archive.forEachNote { if $0.decision == found.first?.decision.id { notes.append($0) } }
        if output.json {
            for record in found { try Console.result(record.jsonText) }
            for note in notes { try Console.result(DecisionEntry.note(note).jsonText) }
            return
        }
        try Console.result(DecisionText.lines(found, notes, Terminal.output).joined(separator: "\n"))
    }
}

/// Decisions in words.
enum DecisionText {
    /// The records of the one decision whose id begins so.
    static func decision(_ id: String, in archive: DecisionArchive, library: String) throws -> [DecisionRecord] {
        let known = try archive.decisionIDs(beginningWith: id, limit: 2)
        guard known.count == 1, let one = known.first else {
            throw GuardrailsError.unknownDecision(library: library, id: id, isAmbiguous: known.count > 1)
        }
        return try archive.records(ofDecision: one)
    }

    /// What led to the verdict.
    static func causes(_ records: [DecisionRecord]) -> String {
        let causes = records.filter { $0.verdict > .allow }.map { record in
            let rules = record.matched.prefix(2).map(\.id)
            let kinds = Set(record.findings.map(\.kind)).sorted()
            let what = (rules + kinds).joined(separator: " ")
            return (record.isShadow ? "(shadow) " : "") + record.check.id + (what.isEmpty ? "" : ": \(what)")
        }
        return causes.joined(separator: ", ")
    }

    static func lines(_ records: [DecisionRecord], _ notes: [DecisionNote], _ terminal: Terminal) -> [String] {
        guard let first = records.first else { return [] }
        var pairs = [
            ("decision", PlainText.line(first.decision.id)), ("time", first.time.description),
            ("verdict", first.decision.verdict.rawValue),
            ("rail", "\(first.rail.rawValue), \(PlainText.line(first.target))"),
        ]
        if let version = first.libraryVersion { pairs.append(("library", "version \(version)")) }
        if let encoder = first.encoder { pairs.append(("encoder", PlainText.line(encoder))) }
        if let model = first.model { pairs.append(("model", PlainText.line(model))) }
        if let conversation = first.conversationID { pairs.append(("conversation", PlainText.line(conversation))) }
        pairs.append(("hash", PlainText.line(first.inputHash)))
        if let text = records.lazy.compactMap(\.text).first { pairs.append(("text", PlainText.line(text))) }
        pairs.append(("took", "\(Format.count(first.latency.total)) us"))
        var lines = Table.pairs(pairs)
        for record in records {
            var line = "\(record.check.id) (\(record.check.kind)): \(record.verdict.rawValue)"
            if record.isShadow { line += ", in shadow" }
            if record.status != .ok {
                line +=
                    ", \(record.status.rawValue): \(record.problem ?? ""), failing \(record.failurePolicy?.rawValue ?? "")"
            }
            lines += ["", terminal.bold(PlainText.line(line))]
            for match in record.matched {
                lines.append(
                    "  "
                        + PlainText.line(
                            score(match.id, match.score, match.threshold) + (match.via.map { " via \($0)" } ?? "")))
            }
            for finding in record.findings {
                lines.append(
                    "  \(PlainText.line(finding.kind)) at bytes \(finding.range.lowerBound)..<\(finding.range.upperBound)"
                )
            }
            for drop in record.dropped {
                lines.append(
                    terminal.dim(
                        "  not " + PlainText.line(score(drop.id, drop.score, drop.threshold) + ": \(drop.reason)")))
            }
        }
        for note in notes {
            let parts = [
                note.review?.rawValue, note.action.map { "action \($0)" }, note.rule.map { "rule \($0)" },
                note.check.map { "check \($0)" }, note.reviewer.map { "by \($0)" }, note.comment,
                note.correction.map { "better: \($0)" },
            ]
            lines += ["", PlainText.line("note of \(note.time): " + parts.compactMap(\.self).joined(separator: ", "))]
        }
        return lines
    }

    private static func score(_ id: String, _ score: Double?, _ threshold: Double?) -> String {
        id + (score.map { " \(Format.score($0))" } ?? "") + (threshold.map { " of \(Format.score($0))" } ?? "")
    }
}
