import ArgumentParser
import Fingerpost
import Foundation
import Guardrails
import GuidelineStore

/// `promote`: a library that was tried becomes the one that is used.
struct PromoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Make a library what a candidate is, in one step that can be taken back.",
        discussion: """
            EXAMPLE
              fingerpost copy --library my-library --to candidate
              fingerpost build more-rules.jsonl --library candidate
              fingerpost promote candidate --library my-library --canary canary.jsonl --max-false-alarms .02
              fingerpost rollback --library my-library --to 4

            Guidelines, thresholds and the fitted retriever of the candidate are taken over in one transaction: searches \
            see all of it or nothing of it. Guidelines that the candidate does not have go. What was before stays in the \
            history; the answer says to which version rollback goes back, thresholds and retriever included.

            --canary names inputs that are asked at every release, of the library as it is and of the candidate: JSON Lines \
            of {"id","query","positives":[guideline ids]}; positives [] says that nothing applies. The figures stay with the \
            release. With --min-caught and --max-false-alarms nothing is taken over unless the candidate keeps to them \
            (exit status 1).

            --list prints the releases.

            With --json: {"library","candidate","libraryVersion","previousVersion","added":[ids],"updated","removed",\
            "unchanged","canary":{"before","after"},"isDryRun"}, where both are {"set","caught":{"count","total"},"named",\
            "falseAlarms"}; with --list {"library","releases":[{"libraryVersion","time","name","note","figures"}]}.
            """)

    @Argument(help: "Folder of the candidate.", completion: .directory)
    var candidate: String?

    @OptionGroup var target: LibraryOption

    @Option(help: "What the release is called.")
    var name: String?

    @Option(help: "Why it is made.")
    var note: String?

    @Option(help: "JSON Lines of {\"id\",\"query\",\"positives\"} to ask before and after.", completion: .file())
    var canary: String?

    @Option(help: "Least share of the canary inputs to which something applies that must get a guideline (0 to 1).")
    var minCaught: Double?

    @Option(help: "Largest share of the others that may get one (0 to 1).")
    var maxFalseAlarms: Double?

    @Flag(help: "Say what would be taken over, and take nothing.")
    var dryRun = false

    @Flag(help: "Print the releases that there were.")
    var list = false

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !list else {
            if candidate != nil { throw ValidationError("--list takes no candidate.") }
            return
        }
        guard candidate?.isEmpty == false else { throw ValidationError("Name the folder of the candidate.") }
        for (option, value) in [("--min-caught", minCaught), ("--max-false-alarms", maxFalseAlarms)] {
            guard let value else { continue }
            guard (0...1).contains(value) else { throw ValidationError("\(option) must be from 0 to 1.") }
            if canary == nil {
                throw ValidationError("\(option) needs inputs to measure it on: name them with --canary.")
            }
        }
    }

    func run() throws {
        guard let candidate, !list else { return try printReleases() }
        let inputs = try canary.map { try EvaluationQuery.read(from: InputSource(argument: $0)) }
        let progress = ProgressBar()
        defer { progress.finish() }
        let handler: ProgressHandler = { progress.update($0) }
        let offered = try LibraryAccess.reading(URL(fileURLWithPath: candidate), progress: progress)
        var options = LibraryOptions()
        options.threads = threading.threads
        if !dryRun { Interruption.willWrite(target.folder.appendingPathComponent("index.hnsw").path) }
        let library = try GuidelineLibrary.open(
            at: target.folder, mode: dryRun ? .readOnly : .readWrite, options: options, progress: handler)
        let figures = try inputs.map { inputs in
            ReleaseFigures(
                before: try CanaryScore(of: inputs, in: library, threads: threading.threads),
                after: try CanaryScore(of: inputs, in: offered, threads: threading.threads))
        }
        let faults = figures.map(faults) ?? []
        var answer = PromotionAnswer(library: target.library, candidate: candidate, figures: figures, isDryRun: dryRun)
        if dryRun || !faults.isEmpty {
            answer.isDryRun = true
            answer.outcome = try library.promotionOutcome(of: offered)
        } else {
            answer.outcome = try library.promote(
                offered, name: name, note: note, figures: figures?.json, progress: handler)
            try library.save(progress: handler)
            try library.close()
        }
        progress.finish()
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
        guard faults.isEmpty else {
            throw Failure(
                code: "gate_failed", message: "Nothing was taken over: \(faults.joined(separator: "; ")).",
                isInputError: false)
        }
    }

    /// What of the bounds is not kept. A figure for which there is no input keeps to no bound.
    private func faults(_ figures: ReleaseFigures) -> [String] {
        var faults: [String] = []
        func check(_ what: String, _ rate: ObservedRate, _ isKept: (Double) -> Bool, _ bound: String) {
            guard let value = rate.rate else {
                faults.append("there is no canary input to measure \(what) on")
                return
            }
            if !isKept(value) { faults.append("\(what) is \(Format.score(value)), must be \(bound)") }
        }
        if let minCaught {
            check("the share caught", figures.after.caught, { $0 >= minCaught }, "at least \(minCaught)")
        }
        if let maxFalseAlarms {
            check(
                "the share of false alarms", figures.after.falseAlarms, { $0 <= maxFalseAlarms },
                "at most \(maxFalseAlarms)")
        }
        return faults
    }

    private func printReleases() throws {
        let library = try LibraryDatabase.open(at: target.folder, mode: .readOnly)
        let answer = ReleaseList(library: target.library, releases: try library.releases)
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
    }
}
