import ArgumentParser
import Fingerpost
import Foundation
import Platform

/// The part of `evaluate` that measures encoders on corpora.
struct ScorecardArguments: ParsableArguments {
    @Option(
        help: "A set of a corpus and queries, or a folder of such sets; may be repeated.", completion: .directory)
    var corpora: [String] = []

    @Option(
        help: ArgumentHelp(
            "Folder of an encoder to measure in place of the bundled one, or NAME=DIR; may be repeated.",
            valueName: "dir"), completion: .directory)
    var encoder: [EncoderArgument] = []

    @Flag(help: "Measure the bundled encoder beside those that --encoder names.")
    var bundled = false

    @Flag(name: .customLong("bm25"), help: "Measure BM25 too, the baseline of words.")
    var hasBM25 = false

    @Option(help: "Name of query files to measure, such as test; may be repeated. Default: all but train.")
    var split: [String] = []

    @Option(help: "Queries or pairs of each file, evenly spaced, for a quick look.")
    var limit: Int?

    @Option(help: "The figure of the first table and of the picture. Default: ndcg@10.")
    var metric: RankingMetric?

    @Option(
        help: "File to write the report to, as Markdown (.md), JSON (.json) or a picture (.svg); may be repeated.",
        completion: .file(extensions: ["md", "json", "svg"]))
    var report: [String] = []

    @OptionGroup var threading: ThreadOptions

    func validate() throws {
        if let limit { try Check.limit("--limit", limit) }
        for folder in corpora where folder.isEmpty { throw ValidationError("--corpora is empty; name a folder.") }
        for argument in encoder where encoder.count(where: { $0 == argument }) > 1 {
            throw ValidationError("--encoder \(argument.folder) is named twice.")
        }
        for path in report where ScorecardFormat(path: path) == nil {
            throw ValidationError("--report \(path): the name must end in .md, .json or .svg.")
        }
    }

    /// The first option that was given, for those who measure a library.
    var given: String? {
        if !encoder.isEmpty { return "--encoder" }
        if bundled { return "--bundled" }
        if hasBM25 { return "--bm25" }
        if !split.isEmpty { return "--split" }
        if limit != nil { return "--limit" }
        if metric != nil { return "--metric" }
        if !report.isEmpty { return "--report" }
        return threading.threads == nil ? nil : "--threads"
    }

    func run(allowsMissingPositives: Bool, isJSON: Bool) throws {
        for path in report { try OutputFile.check(path) }
        var reading = Corpora.Options()
        reading.splits = split
        reading.limit = limit
        reading.allowsMissingPositives = allowsMissingPositives
        let systems = try systems()
        let corpora = try Corpora(corpora, options: reading)
        let progress = ProgressBar()
        defer { progress.finish() }
        var options = Scorecard.Options()
        options.threads = threading.threads
        let measured = try Scorecard.run(corpora.sets, systems: systems, options: options) { state in
            progress.update(
                PlainText.truncated("\(state.system): \(state.set)", width: 40), completed: state.completed,
                total: state.total)
        }
        progress.finish()
        let answer = ScorecardAnswer(
            report: measured, metric: metric?.metric ?? .ndcg10, notes: corpora.notes)
        for path in report { try write(answer, to: path) }
        if isJSON { return try Console.result(answer.json.text) }
        for note in corpora.notes { Console.log("\(Terminal.log.yellow("note:")) \(PlainText.line(note))") }
        try Console.result(answer.text(Terminal.output))
    }

    /// In the order in which figures are compared: encoders as they were named, and BM25 at the end.
    private func systems() throws -> [any RankingSystem] {
        var arguments = encoder.map { Optional($0) }
        if arguments.isEmpty || bundled { arguments.append(nil) }
        var encoders: [(system: EncoderSystem, folder: String)] = []
        for argument in arguments {
            let loaded = try TextEmbedding.encoder(in: argument.map { URL(fileURLWithPath: $0.folder) })
            encoders.append((EncoderSystem(loaded.encoder, name: argument?.name), argument?.folder ?? "bundled"))
        }
        // Encoders of the same name are told apart by their folders.
        let names = encoders.map(\.system.name)
        for place in encoders.indices where names.count(where: { $0 == names[place] }) > 1 {
            encoders[place].system.name += " (\(encoders[place].folder))"
        }
        return encoders.map { $0.system } + (hasBM25 ? [BM25System()] : [])
    }

    private func write(_ answer: ScorecardAnswer, to path: String) throws {
        let text =
            switch ScorecardFormat(path: path) {
            case .json: answer.json.text + "\n"
            case .svg: ScorecardChart(answer).svg
            case .markdown, nil: answer.markdown
            }
        Interruption.willWrite(path)
        try AtomicFile.write(to: path) { try $0.write(text) }
    }
}

/// A folder, or a name to call its encoder by and the folder.
struct EncoderArgument: ExpressibleByArgument, Equatable {
    var name: String?
    var folder: String

    /// Nil where the folder's name is empty. A folder that is there may have an equals sign in its name.
    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !parts[0].isEmpty, !FileManager.default.fileExists(atPath: argument) {
            (name, folder) = (String(parts[0]), String(parts[1]))
        } else {
            folder = argument
        }
        if folder.isEmpty { return nil }
    }
}

/// What a report is written as.
enum ScorecardFormat {
    case markdown, json, svg

    /// Nil where the ending is none of them.
    init?(path: String) {
        switch URL(fileURLWithPath: path).pathExtension.lowercased() {
        case "md", "markdown": self = .markdown
        case "json": self = .json
        case "svg": self = .svg
        default: return nil
        }
    }
}

/// A figure of rankings, by its name.
struct RankingMetric: ExpressibleByArgument {
    let metric: ScorecardMetric

    init?(argument: String) {
        guard let metric = ScorecardMetric.ofRankings.first(where: { $0.rawValue == argument.lowercased() }) else {
            return nil
        }
        self.metric = metric
    }

    static var allValueStrings: [String] { ScorecardMetric.ofRankings.map(\.rawValue) }
    var defaultValueDescription: String { metric.rawValue }
}
