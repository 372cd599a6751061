import ArgumentParser
import Fingerpost
import Foundation
import Guardrails
import GuidelineStore
import Platform

/// `report`: a page on a library, to be read before a release.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a page on a library: its themes, what they cover, and how well they are found.",
        discussion: """
            EXAMPLE
              fingerpost report --library my-library --output report.html
              fingerpost report --library my-library --queries queries.jsonl --output report.html
              fingerpost report --library my-library --decisions --output decisions.html

            The page is one HTML file that needs nothing beside itself. The same library and queries give the same bytes; \
            its date is that of the library's last change. A file of that name is replaced.

            Queries are JSON Lines of {"id","query","positives":[guideline ids]}; positives [] says that nothing applies. \
            With them the page has recall by rank and by theme, what a minimum score would do, and what is not found; the \
            figures are those of evaluate.

            With --json the same data is printed as one document, and --output may be left out.

            --decisions writes a page on the decision log instead: how often texts did not go through, over time, with what \
            else changed; the rules that did it, with what reviewers said of them; the releases with their canary figures; \
            and, where the log has kept texts of inputs, a map of the gaps that the library leaves, as gaps finds them and \
            with the options of gaps. --no-gaps leaves them out, which is quicker: every text is encoded for them. \
            --examples 0 keeps the words of users off the page, but for single ones. --replay adds what a candidate would \
            decide otherwise, from a file with what replay --json printed. With --json it prints \
            {"output","decisions","interventions","rules","releases","gaps","flips"}; gaps is null where nobody has looked, \
            and so is flips without --replay.
            """)

    @OptionGroup var library: LibraryOption

    @Option(help: "JSON Lines of {\"id\",\"query\",\"positives\"}; - is standard input.", completion: .file())
    var queries: String?

    @Option(name: [.long, .customShort("o")], help: "The page to write.", completion: .file(extensions: ["html"]))
    var output: String?

    @Option(help: "Guidelines that score lower and have no threshold of their own do not count as returned.")
    var minScore: Float?

    @Flag(help: "Leave positives out that the library does not have, instead of failing.")
    var allowMissing = false

    @Flag(help: "Write a page on the decision log, not on the library.")
    var decisions = false

    @Option(help: "With --decisions: day, week or month.")
    var period = TrendOptions.Period.month

    @Flag(inversion: .prefixedNo, help: "With --decisions: look for gaps in the inputs of the log.")
    var gaps = true

    @Option(
        help: "With --decisions: what replay --json printed, for the flips; - is standard input.", completion: .file())
    var replay: String?

    @OptionGroup(title: "Gaps, with --decisions") var search: GapArguments
    @OptionGroup var threading: ThreadOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        if decisions {
            guard output != nil else { throw ValidationError("Name the page to write with --output.") }
            if queries != nil {
                throw ValidationError("--queries goes with a report on the library, not with --decisions.")
            }
        } else if replay != nil {
            throw ValidationError("--replay goes with --decisions.")
        }
        guard output != nil || format.json else { throw ValidationError("Name the page to write with --output.") }
        if output?.isEmpty == true { throw ValidationError("--output is empty; name the page to write.") }
        if let minScore, !minScore.isFinite { throw ValidationError("--min-score must be a finite number.") }
    }

    func run() throws {
        if let output { try OutputFile.check(output) }
        if decisions, let output { return try reportDecisions(to: output) }
        let labelled = try queries.map { try EvaluationQuery.read(from: InputSource(argument: $0)) } ?? []
        let progress = ProgressBar()
        defer { progress.finish() }
        let opened = try LibraryAccess.reading(library.folder, progress: progress)
        var options = LibraryReport.Options()
        options.minimumScore = minScore
        options.allowsMissingPositives = allowMissing
        options.threads = threading.threads
        let report = try opened.report(queries: labelled, options: options) { step, completed, total in
            progress.update(step, completed: completed, total: total)
        }
        progress.finish()
        var bytes = 0
        if let output {
            let text = report.html
            bytes = text.utf8.count
            Interruption.willWrite(output)
            try AtomicFile.write(to: URL(fileURLWithPath: output).path) { try $0.write(text) }
        }
        if format.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try Console.result(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        guard let output else { return }
        try Console.result(
            "\(PlainText.line(output)): \(Format.count(report.guidelineCount)) guidelines in \(report.themes.count) themes, "
                + "\(Format.bytes(bytes))")
    }
}
