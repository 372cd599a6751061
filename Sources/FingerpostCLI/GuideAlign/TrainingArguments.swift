import ArgumentParser
import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore

/// What of answers becomes training data, for `export --answers`.
struct TrainingArguments: ParsableArguments {
    @Option(help: "Answers that respond wrote: export them as training data, not a library.", completion: .file())
    var answers: String?

    @Option(help: "Judgements of these answers that compare wrote.", completion: .file())
    var judgements: String?

    @Option(help: "Format of fine-tuning data: openai, trl, sharegpt or alpaca; may be given several times.")
    var sft: [String] = []

    @Option(help: "Format of preference pairs: trl or openai; may be given several times.")
    var dpo: [String] = []

    @Flag(help: "Write single answers with a label, as TRL has them for KTO.")
    var kto = false

    @Flag(help: "Leave the guidelines in the prompts.")
    var keepGuidelines = false

    @Option(help: "Which guided answers to learn: win (only those), not-lost or none (all).")
    var require = RequirementArgument(value: .notLost)

    @Option(help: "Share of the inputs that is held out (0 to below 1).")
    var holdout = 0.1

    @Option(help: "Another seed holds out others.")
    var splitSeed: UInt64 = 0

    @Option(help: "Inputs as alike as this stay on one side of the split (above 0 to 1).")
    var likeness = 0.7

    @Option(help: "Characters that an answer must have at least.")
    var minLength = 1

    @Option(help: "Characters that an answer may have at most.")
    var maxLength: Int?

    @Flag(help: "Also learn answers that decline although no guideline of the kind safety applies.")
    var keepRefusals = false

    @Flag(help: "Replace the training data that is in the folder.")
    var replace = false

    /// The first option that was given and goes with --answers alone.
    var given: String? {
        if judgements != nil { return "--judgements" }
        if !sft.isEmpty { return "--sft" }
        if !dpo.isEmpty { return "--dpo" }
        let flags = [
            ("--kto", kto), ("--keep-guidelines", keepGuidelines), ("--keep-refusals", keepRefusals),
            ("--replace", replace), ("--require", require.value != .notLost), ("--holdout", holdout != 0.1),
            ("--split-seed", splitSeed != 0), ("--likeness", likeness != 0.7), ("--min-length", minLength != 1),
            ("--max-length", maxLength != nil),
        ]
        return flags.first { $0.1 }?.0
    }

    func formats() throws -> [TrainingFormat] { try Self.formats(sft: sft, dpo: dpo, kto: kto) }

    static func formats(sft: [String], dpo: [String], kto: Bool) throws -> [TrainingFormat] {
        func format(_ option: String, _ name: String) throws -> TrainingFormat {
            guard let format = TrainingFormat(rawValue: "\(option)-\(name)") else {
                let names = TrainingFormat.allCases.map(\.rawValue).filter { $0.hasPrefix(option) }
                    .map { $0.dropFirst(option.count + 1) }.joined(separator: ", ")
                throw ValidationError("--\(option) \(name) is no format; there are \(names).")
            }
            return format
        }
        return try sft.map { try format("sft", $0) } + dpo.map { try format("dpo", $0) } + (kto ? [.kto] : [])
    }

    /// Checks what is given with --answers.
    func check(output: String?) throws {
        guard try !formats().isEmpty else {
            throw ValidationError(
                "Name what to write: --sft openai, trl, sharegpt or alpaca, --dpo trl or openai, --kto.")
        }
        guard let output, !output.isEmpty else { throw ValidationError("Name the folder to write with --output.") }
        guard (0..<1).contains(holdout) else {
            throw ValidationError("--holdout is \(holdout); it must be from 0 to below 1.")
        }
        guard likeness > 0, likeness <= 1 else {
            throw ValidationError("--likeness is \(likeness); it must be above 0 and at most 1.")
        }
        try Check.limit("--min-length", minLength)
        if let maxLength, maxLength < minLength {
            throw ValidationError("--max-length is \(maxLength); it must be at least --min-length, \(minLength).")
        }
        let purposes = try Set(formats().map(\.purpose))
        guard judgements != nil || purposes == [.answers] else {
            throw ValidationError("--dpo and --kto need --judgements: which answer is better, compare says.")
        }
        guard judgements != nil || require.value != .win else {
            throw ValidationError("--require win needs --judgements.")
        }
    }

    func run(answers: String, output: String, isJSON: Bool) throws {
        var options = TrainingOptions(formats: try formats(), createdBy: FingerpostCommand.program)
        options.requirement = require.value
        options.keepsGuidelines = keepGuidelines
        options.holdout = holdout
        options.seed = splitSeed
        options.likeness = likeness
        options.minimumLength = minLength
        options.maximumLength = maxLength ?? .max
        options.keepsGroundlessRefusals = keepRefusals
        let folder = URL(fileURLWithPath: output).path
        try OutputFile.checkParent(of: folder)
        Interruption.willRemove(TrainingExport.temporaryFolder(of: folder))
        let progress = ProgressBar()
        defer { progress.finish() }
        let summary = try TrainingExport(options: options).run(
            answers: answers, judgements: judgements, to: folder, replaces: replace
        ) { written, total in
            progress.update("Writing", completed: written, total: total)
        }
        progress.finish()
        try Console.result(
            isJSON ? JSON.value(summary.json).adding([("output", .string(output))]).text : text(summary, output))
    }

    private func text(_ summary: TrainingSummary, _ output: String) -> String {
        var table = Table(alignments: [.left, .right])
        for file in summary.files { table.rows.append([file.name, Format.count(file.rows, "row")]) }
        var lines = ["\(PlainText.line(output)), from \(Format.count(summary.answers.rows, "answered input"))"]
        lines += table.lines.map { "  " + $0 }
        for format in TrainingFormat.allCases {
            guard let tally = summary.tallies[format], !tally.dropped.isEmpty else { continue }
            let reasons = tally.dropped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\(PlainText.line($0.key)) \(Format.count($0.value))" }
            lines.append("\(format.rawValue) leaves out: \(reasons.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }
}

/// Which guided answers are learned.
struct RequirementArgument: ExpressibleByArgument {
    let value: TrainingOptions.Requirement

    init(value: TrainingOptions.Requirement) { self.value = value }

    init?(argument: String) {
        guard let value = TrainingOptions.Requirement(rawValue: argument) else { return nil }
        self.value = value
    }

    static let allValueStrings = TrainingOptions.Requirement.allCases.map(\.rawValue)
    var defaultValueDescription: String { value.rawValue }
}
