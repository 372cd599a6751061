import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Guardrails
import Platform

/// `benchmark stream`: what keeping back more of a stream buys.
struct BenchmarkStreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Measure what holding back a stream costs in delay, and what it keeps from being shown.",
        discussion: """
            EXAMPLE
              fingerpost benchmark stream --batch answers.jsonl --library my-library --hold word,64,sentence

            Texts are JSON Lines of {"id","text"} or {"query"}. Each arrives in pieces of --piece characters and is checked by \
            each hold: a number of characters, word, sentence or whole. Delays are how many bytes have arrived and are not \
            shown yet; a leak is a text of which some had been shown that was found to be denied, or to be changed, after that.

            With --json: {"texts","piece","holds":[{"hold","stopped","modified","leaking","leakedBytes","delayBytes":{"p50",\
            "p95","p99"},"microsecondsPerThousandBytes"}]}
            """)

    @OptionGroup var subject: CheckedTextsArguments

    @Option(help: "input or output: where the texts are on their way.")
    var rail = RailArgument(.output)

    @Option(help: ArgumentHelp("Holds, with commas: characters, word, sentence, whole.", valueName: "holds"))
    var hold = "word,32,128,sentence,whole"

    @Option(help: "Characters of the pieces in which a text arrives.")
    var piece = 4

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try Check.range("--piece", piece, 1...1_000_000)
        _ = try holds()
    }

    private func holds() throws -> [StreamHold] {
        try hold.split(separator: ",", omittingEmptySubsequences: false).map { try StreamHold(option: String($0)) }
    }

    func run() throws {
        let texts = try subject.texts()
        let progress = ProgressBar()
        defer { progress.finish() }
        let rails = try subject.rails(progress)
        var options = StreamBenchmark.Options()
        (options.rail, options.holds, options.pieceLength) = (rail.value, try holds(), piece)
        options.threads = threading.threads
        let reports = try StreamBenchmark.run(texts, rails: rails, options: options) {
            progress.update("Streaming", completed: $0, total: $1)
        }
        progress.finish()
        guard output.json else { return try Console.result(Self.table(reports).joined(separator: "\n")) }
        let json: JSON = [
            "texts": .integer(texts.count), "piece": .integer(piece), "holds": .array(reports.map(\.json)),
        ]
        try Console.result(json.text)
    }

    private static func table(_ reports: [StreamBenchmarkReport]) -> [String] {
        var table = Table(alignments: [.left] + Array(repeating: .right, count: 8))
        table.rows.append([
            "hold", "stopped", "changed", "leaking", "bytes leaked", "delay p50", "p95", "p99", "per 1,000 bytes",
        ])
        for report in reports {
            table.rows.append([
                report.hold.description, Format.count(report.stoppedCount), Format.count(report.modifiedCount),
                Format.count(report.leakingCount), Format.count(report.leakedByteCount),
                Format.count(report.delay(at: 0.5)), Format.count(report.delay(at: 0.95)),
                Format.count(report.delay(at: 0.99)), Format.duration(report.durationPerThousandBytes),
            ])
        }
        return table.lines
    }
}

extension StreamHold {
    /// - Throws: `ValidationError` where it is none.
    init(option: String) throws {
        guard let hold = StreamHold(option) else {
            throw ValidationError(
                "\"\(PlainText.line(option))\" is no hold: give a number of characters, word, sentence or whole.")
        }
        self = hold
    }
}

extension StreamBenchmarkReport {
    fileprivate var json: JSON {
        [
            "hold": .string(hold.description), "stopped": .integer(stoppedCount), "modified": .integer(modifiedCount),
            "leaking": .integer(leakingCount), "leakedBytes": .integer(leakedByteCount),
            "delayBytes": [
                "p50": .integer(delay(at: 0.5)), "p95": .integer(delay(at: 0.95)), "p99": .integer(delay(at: 0.99)),
            ],
            "microsecondsPerThousandBytes": .microseconds(durationPerThousandBytes),
        ]
    }
}
