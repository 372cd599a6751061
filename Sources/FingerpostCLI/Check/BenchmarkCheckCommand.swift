import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Guardrails
import Platform

/// `benchmark check`: what checks add to a request.
struct BenchmarkCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Measure what checks add to a request, and what logging a decision costs.",
        discussion: """
            EXAMPLE
              fingerpost benchmark check --batch inputs.jsonl --library my-library --log

            Texts are JSON Lines of {"id","text"} or {"query"}. They are checked one at a time on one thread, in several \
            passes after one to warm up; the fastest pass counts. Passes on several threads come between them. --log \
            measures what appending each decision to a log costs the caller, in a folder that is removed again.

            With --json: {"texts","rounds","textsPerSecond","latencyMicroseconds":{stage:{"p50","p95","p99"}},"verdicts",\
            "threads","speedup"}; stages are encode, search, each check, total and log.
            """)

    @OptionGroup var subject: CheckedTextsArguments

    @Option(help: "input or output: where the texts are on their way.")
    var rail = RailArgument(.input)

    @Option(help: "Passes that are timed, of which the fastest counts.")
    var rounds = 3

    @Flag(help: "Measure logging, too.")
    var log = false

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try Check.range("--rounds", rounds, 1...1_000)
    }

    func run() throws {
        let texts = try subject.texts()
        let progress = ProgressBar()
        defer { progress.finish() }
        let rails = try subject.rails(progress)
        var options = CheckBenchmark.Options()
        (options.rail, options.rounds) = (rail.value, rounds)
        options.threads = threading.threads ?? options.threads
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        if log { options.logFolder = folder }
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try CheckBenchmark.run(texts, rails: rails, options: options) {
            progress.update("Checking", completed: $0, total: $1)
        }
        progress.finish()
        try Console.result(output.json ? report.json.text : report.text(Terminal.output))
    }
}

extension CheckBenchmarkReport {
    var json: JSON {
        [
            "texts": .integer(textCount), "rounds": .integer(rounds),
            "textsPerSecond": .rounded(textsPerSecond, places: 1),
            "latencyMicroseconds": .object(
                latencies.map { name, values in
                    (
                        name,
                        [
                            "p50": .microseconds(values.p50), "p95": .microseconds(values.p95),
                            "p99": .microseconds(values.p99),
                        ]
                    )
                }),
            "verdicts": .object(
                Verdict.allCases.compactMap { verdict in verdicts[verdict].map { (verdict.rawValue, .integer($0)) } }),
            "threads": .optional(parallel?.threads),
            "speedup": speedup.map { .rounded($0, places: 3) } ?? .null,
        ]
    }

    func text(_ terminal: Terminal) -> String {
        let counts = Verdict.allCases.compactMap { verdict in
            verdicts[verdict].map { "\(verdict.rawValue) \(Format.count($0))" }
        }
        var pairs = [
            ("texts", "\(Format.count(textCount)) (\(counts.joined(separator: ", ")))"),
            ("speed", "\(Format.rate(textsPerSecond)) texts/s on one thread"),
        ]
        if let parallel, let speedup {
            pairs.append(("scaling", "\(Format.decimal(speedup, 2)) x on \(Format.count(parallel.threads, "thread"))"))
        }
        var table = Table(alignments: [.left, .right, .right, .right])
        table.rows.append(["latency", "p50", "p95", "p99"])
        for (name, values) in latencies {
            table.rows.append([name] + [values.p50, values.p95, values.p99].map(Format.duration))
        }
        let rows = table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
        return (Table.pairs(pairs) + [""] + rows).joined(separator: "\n")
    }
}
