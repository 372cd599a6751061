import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Platform

/// `calibrate`: thresholds from inputs with known answers.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Learn from inputs with known answers where guidelines begin to apply.",
        discussion: """
            EXAMPLE
              fingerpost calibrate labelled.jsonl --benign everyday.jsonl --library my-library --false-alarms 0.02

            Inputs are JSON Lines: {"query","positives":[ids]}, where [] says that nothing applies; {"query","benign":true}; \
            or {"query","risk":[codes]}, to which guidelines with one of these codes apply. Files after --benign hold \
            {"query"} to which nothing applies. Those should be what the library will see every day: the promise about \
            false alarms holds for inputs like them.

            The threshold is kept in the library, and search, prompt and evaluate use it unless --min-score or \
            --no-calibration is given. It is the lowest that lets no more inputs to which nothing applies get a guideline \
            than --false-alarms says, with the confidence of --confidence. With --filter it is about those guidelines \
            alone, and others have no threshold by it.

            A guideline's evidence is compared with it: the similarity and, where that finds more, a part of how much \
            more the input looks like those to which something applies than like those to which nothing does. What is \
            kept of the inputs for that are 256 directions of either kind at most, and none of their words.

            Figures are of inputs judged by what the four fifths that they are not among teach, with 95% intervals.

            With --json: {"threshold","weight","guidelines","scope","falseAlarms":{"count","total","rate","low","high"},\
            "detections","precision","recall","isUncertain","alternatives":[…],"curve":[…],"risks":{code:rate},\
            "wrong":{"falseAlarms":[…],"misses":[…]},"leftOut","missingPositives","isKept"}.
            """)

    @Argument(help: "Inputs with what applies to them, as JSON Lines; - is standard input.", completion: .file())
    var inputs: [String] = []

    @Option(help: "Inputs to which nothing applies, as JSON Lines; may be repeated.", completion: .file())
    var benign: [String] = []

    @OptionGroup var place: LibraryOption

    @Option(help: "The share of inputs to which nothing applies that may get a guideline (above 0, below 1).")
    var falseAlarms = 0.02

    @Option(help: "How sure it is to be that there are not more (above 0, below 1).")
    var confidence = 0.95

    @Option(help: "The guidelines that it is about, such as 'kind = safety'.")
    var filter: String?

    @Option(help: "auto, global (one threshold for all) or per-rule; auto takes what finds more.")
    var thresholds = ThresholdChoice.auto

    @Option(help: "auto, on or off: whether an input is compared with those given here too.")
    var precedents = Choice.auto

    @Option(name: [.customShort("k"), .customLong("limit")], help: "How many guidelines a search returns.")
    var limit = 6

    @Option(name: [.customLong("wrong")], help: "Write every input that is judged wrongly to this file.")
    var wrongFile: String?

    @Flag(help: "Print what would be kept, and keep nothing.")
    var dryRun = false

    @Flag(help: "Remove the calibration that the library has.")
    var remove = false

    @Flag(help: "Leave positives out that the library does not have, instead of failing.")
    var allowMissing = false

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    enum ThresholdChoice: String, ExpressibleByArgument, CaseIterable {
        case auto, global
        case perRule = "per-rule"

        var isPerRule: Bool? { self == .auto ? nil : self == .perRule }
    }

    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case auto, on, off

        var value: Bool? { self == .auto ? nil : self == .on }
    }

    func validate() throws {
        for (name, value) in [("--false-alarms", falseAlarms), ("--confidence", confidence)]
        where !(value > 0 && value < 1) {
            throw ValidationError("\(name) is \(value); it must be more than 0 and less than 1.")
        }
        try Check.limit("-k", limit)
        guard limit > 0 else { throw ValidationError("-k is 0; it must be at least 1.") }
        if remove {
            guard inputs.isEmpty, benign.isEmpty, wrongFile == nil, !dryRun else {
                throw ValidationError("--remove goes with --library alone.")
            }
        } else {
            guard !inputs.isEmpty else { throw ValidationError("Name a file of inputs with what applies to them.") }
            guard (inputs + benign).count(where: { $0 == "-" }) <= 1 else {
                throw ValidationError("Standard input (-) can be read only once.")
            }
        }
    }

    func run() throws {
        guard !remove else { return try removeCalibration() }
        var labelled: [LabelledInput] = []
        for file in inputs { labelled += try LabelledInput.read(from: InputSource(argument: file)) }
        for file in benign { labelled += try LabelledInput.readBenign(from: InputSource(argument: file)) }
        if let wrongFile { try OutputFile.check(wrongFile) }
        var options = CalibrationOptions()
        options.falseAlarmRate = falseAlarms
        options.confidence = confidence
        options.scope = try filter.map { try GuidelineFilter(parsing: $0) }
        options.setsGuidelineThresholds = thresholds.isPerRule
        options.usesPrecedents = precedents.value
        options.limit = limit
        options.allowsMissingPositives = allowMissing
        options.threads = threading.threads

        let progress = ProgressBar()
        defer { progress.finish() }
        let library =
            dryRun
            ? try LibraryAccess.reading(place.folder, progress: progress)
            : try GuidelineLibrary.open(at: place.folder) { progress.update($0) }
        let report = try library.calibrate(labelled, options: options) { progress.update($0) }
        progress.finish()
        if let wrongFile { try write(report, to: wrongFile) }
        if !dryRun { try library.setCalibration(report.calibration) }
        let answer = CalibrationAnswer(report: report, isKept: !dryRun)
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
    }

    private func removeCalibration() throws {
        let library = try GuidelineLibrary.open(at: place.folder)
        let wasThere = try library.removeCalibration()
        let said = wasThere ? "The calibration is removed." : "The library has no calibration."
        try Console.result(output.json ? JSON.object([("removed", .bool(wasThere))]).text : said)
    }

    private func write(_ report: CalibrationReport, to path: String) throws {
        try AtomicFile.write(to: URL(fileURLWithPath: path).path) { writer in
            for (name, cases) in [("false_alarm", report.falseAlarms), ("miss", report.misses)] {
                for wrong in cases { try writer.write(wrong.json(verdict: name).text + "\n") }
            }
        }
    }
}
