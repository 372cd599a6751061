import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Platform
import TextEncoder

/// `dedup`: duplicates of a library or of files.
struct DedupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dedup",
        abstract: "Find duplicate guidelines, as a plan to review, and merge them.",
        discussion: """
            EXAMPLE
              fingerpost dedup --library my-library --plan duplicates.jsonl
              fingerpost dedup --library my-library --apply duplicates.jsonl
              fingerpost dedup generated.jsonl --output distinct.jsonl --tiers exact,fuzzy

            Three tiers: exact (the same but for case, white space and punctuation), fuzzy (2 LCS / (|a| + |b|) of the \
            characters, as fuzz.ratio / 100) and semantic (the cosine of the vectors). Each duplicate is as alike as its \
            tier asks for to the one that is kept: active before shadow before draft, with examples before without, more \
            support before less, earlier before later. Never merged: opposite polarity ("do", "do not"), which is listed \
            as a conflict; another language or kind; conditions that differ; guidelines that exclude each other; and, \
            without --across-authority, root or system authority with a lower one.

            The plan is JSON Lines: a header, a line for each group with the kept guideline and its members, a line for \
            each conflict. Before it is applied, take out lines or members, or set "accept" to false. Merging adds up \
            "support", and keeps the origin of all that is dropped in "merged". Dropped guidelines are retired, or with \
            --remove removed. If a guideline has changed since the plan was made, nothing is applied (--force leaves its \
            group out).

            With --json: {"guidelines","duplicates","remaining","groups","conflicts","byTier","largest","borderline",\
            "seconds"}, for --apply {"groups","merged","skipped","retargeted"}.
            """)

    @Argument(help: "Files in JSONL, JSON, CSV, TSV, YAML or Markdown; - is standard input.", completion: .file())
    var corpora: [String] = []

    @Option(name: [.long, .customShort("l")], help: "Folder of the library.", completion: .directory)
    var library: String?

    @Option(help: "Write the plan for a library to this file.", completion: .file())
    var plan: String?

    @Option(help: "Apply the plan of this file to the library.", completion: .file())
    var apply: String?

    @Option(
        name: [.long, .customShort("o")], help: "Write the guidelines that are left of the files, as JSONL.",
        completion: .file())
    var output: String?

    @Option(help: "Tiers, with commas: exact, fuzzy, semantic.")
    var tiers: TierList = TierList(tiers: Set(DuplicateTier.allCases))

    @Option(help: "Least similarity of fuzzy duplicates (above 0, at most 1).")
    var fuzzy = 0.75

    @Option(help: "Least cosine of semantic duplicates (above 0, at most 1).")
    var semantic = 0.92

    @Flag(help: "Also merge guidelines of the root or system authority with ones below it.")
    var acrossAuthority = false

    @Option(help: "Examples, and counterexamples, that a merged guideline has at most; its own all stay.")
    var maxExamples = 64

    @Option(
        help: """
            While no more guidelines are kept than this, one for which the index of texts finds none is compared with \
            all of them, so that no fuzzy duplicate is missed; beyond, some of the least alike are.
            """)
    var exhaustiveLimit = DeduplicationOptions().exhaustiveLimit

    @Flag(help: "Remove the dropped guidelines of the library instead of retiring them.")
    var remove = false

    @Flag(help: "Apply what can be applied, and leave out groups whose guidelines have changed since the plan.")
    var force = false

    @Option(
        help: "Folder of an encoder for the semantic tier of files, instead of the bundled one.", completion: .directory
    )
    var encoder: String?

    @Option(help: "jsonl, json, csv, tsv, yaml or markdown. Default: by the name's ending; JSONL for standard input.")
    var format: CorpusFormat?

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        for (name, value) in [("--fuzzy", fuzzy), ("--semantic", semantic)] where !(value > 0 && value <= 1) {
            throw ValidationError("\(name) is \(value); it must be above 0 and at most 1.")
        }
        guard maxExamples >= 0 else {
            throw ValidationError("--max-examples is \(maxExamples); it must be at least 0.")
        }
        guard exhaustiveLimit >= 0 else {
            throw ValidationError("--exhaustive-limit is \(exhaustiveLimit); it must be at least 0.")
        }
        for (name, value) in [("--library", library), ("--plan", plan), ("--apply", apply), ("--output", output)]
        where value?.isEmpty == true {
            throw ValidationError("\(name) is empty; name a place.")
        }
        if library != nil {
            guard corpora.isEmpty, output == nil, encoder == nil, format == nil else {
                throw ValidationError("Name either --library or files; --output, --encoder and --format go with files.")
            }
            guard (plan == nil) != (apply == nil) else {
                throw ValidationError("With --library, name --plan to write a plan or --apply to apply one.")
            }
            guard apply != nil || (!remove && !force) else {
                throw ValidationError("--remove and --force go with --apply.")
            }
        } else {
            guard !corpora.isEmpty else { throw ValidationError("Name a --library, or files and --output.") }
            guard output != nil else { throw ValidationError("With files, name --output for what is left of them.") }
            guard plan == nil, apply == nil, !remove, !force else {
                throw ValidationError("--plan, --apply, --remove and --force go with --library.")
            }
            guard corpora.count(where: { $0 == "-" }) <= 1 else {
                throw ValidationError("Standard input (-) can be read only once.")
            }
            guard corpora.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("A corpus has an empty name.") }
        }
    }

    private var choices: DeduplicationOptions {
        var options = DeduplicationOptions()
        options.tiers = tiers.tiers
        options.fuzzyThreshold = fuzzy
        options.semanticThreshold = semantic
        options.acrossAuthority = acrossAuthority
        options.maximumExamples = maxExamples
        options.threads = threading.threads
        options.exhaustiveLimit = exhaustiveLimit
        return options
    }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        if let library {
            let folder = URL(fileURLWithPath: library)
            if let apply { return try applyPlan(apply, to: folder, progress) }
            if let plan { return try writePlan(plan, for: folder, progress) }
        }
        if let output { try distinct(to: output, progress) }
    }

    // MARK: A library

    private func writePlan(_ path: String, for folder: URL, _ progress: ProgressBar) throws {
        try OutputFile.check(path)
        Interruption.willWrite(path)
        let start = ContinuousClock.now
        let library = try LibraryAccess.reading(folder, progress: progress)
        let plan = try library.deduplicationPlan(options: choices) {
            progress.update("Comparing", completed: $0, total: $1)
        }
        try plan.write(to: URL(fileURLWithPath: path))
        progress.finish()
        let summary = DedupSummary(plan, seconds: (ContinuousClock.now - start) / .seconds(1), written: path)
        try Console.result(printing.json ? summary.json.text : summary.text(Terminal.output))
    }

    private func applyPlan(_ path: String, to folder: URL, _ progress: ProgressBar) throws {
        let plan = try DeduplicationPlan(contentsOf: InputSource(argument: path))
        Interruption.willWrite(folder.appendingPathComponent("index.hnsw").path)
        let library = try GuidelineLibrary.open(at: folder) { progress.update($0) }
        let outcome = try library.apply(
            plan, maximumExamples: maxExamples, removing: remove, skippingChanged: force
        ) { progress.update($0) }
        try library.close()
        progress.finish()
        try Console.result(printing.json ? outcome.json.text : outcome.text(removed: remove))
    }

    // MARK: Files

    private func distinct(to path: String, _ progress: ProgressBar) throws {
        try OutputFile.check(path)
        Interruption.willWrite(path)
        let start = ContinuousClock.now
        var deduplication = try CorpusDeduplication(options: choices)
        var importer = GuidelineImporter()
        for corpus in corpora {
            try importer.forEach(in: InputSource(argument: corpus), format: format?.value) { guideline, _ in
                deduplication.append(guideline)
                if deduplication.count.isMultiple(of: 256) {
                    progress.update("Reading", completed: deduplication.count, total: nil)
                }
            }
        }
        importer = GuidelineImporter()
        let groups = try deduplication.search(encoder: try semanticEncoder()) {
            progress.update("Comparing", completed: $0, total: $1)
        }
        try AtomicFile.write(to: URL(fileURLWithPath: path).path) { writer in
            try deduplication.forEachLine(groups) { line in
                try line.withUnsafeBytes { try writer.write($0) }
            }
        }
        progress.finish()
        let summary = try DedupSummary(
            deduplication, groups, seconds: (ContinuousClock.now - start) / .seconds(1), written: path)
        try Console.result(printing.json ? summary.json.text : summary.text(Terminal.output))
    }

    private func semanticEncoder() throws -> (any SentenceEncoder)? {
        guard tiers.tiers.contains(.semantic) else { return nil }
        return try TextEmbedding.encoder(in: encoder.map { URL(fileURLWithPath: $0) }).0
    }
}

/// Some of the tiers, as an argument.
struct TierList: ExpressibleByArgument {
    var tiers: Set<DuplicateTier>

    init(tiers: Set<DuplicateTier>) { self.tiers = tiers }

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        let known = names.compactMap { DuplicateTier(rawValue: $0.lowercased()) }
        guard known.count == names.count, !known.isEmpty else { return nil }
        tiers = Set(known)
    }

    var defaultValueDescription: String {
        DuplicateTier.allCases.filter(tiers.contains).map(\.rawValue).joined(separator: ",")
    }
}
