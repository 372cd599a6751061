import ArgumentParser
import Fingerpost
import Foundation
import Guardrails
import GuidelineStore
import Platform

/// `replay`: which past decisions a candidate would make otherwise.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make the decisions of a log again by another library, and show which would flip.",
        discussion: """
            EXAMPLE
              fingerpost copy --library my-library --to candidate
              fingerpost calibrate labels.jsonl --library candidate
              fingerpost replay my-library --against candidate
              fingerpost replay my-library --against candidate --fail-on-regression --max-stopped .01

            LOG is a folder with decisions, such as the library that they were made with, or a file of a decision log \
            (log export). Decisions whose text was kept are made again from it. Of others the recorded scores are held \
            against the candidate's thresholds, where they still stand: encoder, fitted retriever, check and wording of the \
            rules must be the same; how many there are of which nothing can be told, and why, is part of the answer, and so \
            is how many rules are new, of which recorded scores say nothing.

            The checks are the usual ones of check, with the candidate's guidelines, or those of --rails: give the options \
            that check was given. What the log has of other checks stands.

            A decision that a reviewer has called right (log note) and that would flip is a regression; one that was called \
            a false alarm or missed, and would be made right, is a repair. --fail-on-regression, --max-stopped and \
            --max-passed make it an error (exit status 1) to go too far.

            With --json: {"log","candidate","candidateVersion","decisions","byText","byEvidence","untold":{reason:n},\
            "unseenRules","keptChecks":{check:n},"before":{"count","total","rate","low","high"},"after","stopped","passed",\
            "other","verdicts":{old:{new:n}},"reviewed","regressions","repairs","rules":[{"id","title","stopped","passed"}],\
            "checks","risks","examples":[flips]}; a flip, as in the lines of --flips, is {"decision","time","rail",\
            "direction","old","new","by","checks":[{"id","old","new"}],"rules":[{"id","gained","oldScore","newScore",\
            "oldThreshold","newThreshold"}],"risk","review","judgement"}.
            """)

    @Argument(help: "Folder with decisions, or files of a decision log.", completion: .file())
    var log: [String]

    @Option(help: "Folder of the library whose rules are tried.", completion: .directory)
    var against: String

    @Option(
        help: "The library that a file's decisions were made with, whose history says what rules were then.",
        completion: .directory)
    var library: String?

    @OptionGroup var checks: RailsArguments
    @OptionGroup var times: DecisionFilterArguments

    @Option(help: "Write every decision that flips to this file, as JSON Lines.", completion: .file())
    var flips: String?

    @Option(help: "Flips of each direction that are shown.")
    var examples = 5

    @Flag(help: "Fail where a decision would flip that a reviewer has called right.")
    var failOnRegression = false

    @Option(help: "Largest share of decisions that may be stopped that were not (0 to 1).")
    var maxStopped: Double?

    @Option(help: "Largest share of decisions that may pass that did not (0 to 1).")
    var maxPassed: Double?

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (log + [against, library, flips].compactMap(\.self)).allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("A name is empty.")
        }
        guard examples >= 0 else { throw ValidationError("--examples is \(examples); it must be at least 0.") }
        for (option, value) in [("--max-stopped", maxStopped), ("--max-passed", maxPassed)] {
            guard let value else { continue }
            guard (0...1).contains(value) else { throw ValidationError("\(option) must be from 0 to 1.") }
        }
        if log.contains("-") {
            throw ValidationError("A log is read twice; save it to a file in the place of standard input.")
        }
        if log.count > 1, let folder = log.first(where: Self.isFolder) {
            throw ValidationError("\(folder) is a folder; name one folder, or files.")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    func run() throws {
        if let flips { try OutputFile.check(flips) }
        let progress = ProgressBar()
        defer { progress.finish() }
        let candidate = try LibraryAccess.reading(URL(fileURLWithPath: against), progress: progress)
        let folder = log.first.flatMap { Self.isFolder($0) ? $0 : nil }
        let origin = library ?? folder.flatMap { LibraryDatabase.exists(at: URL(fileURLWithPath: $0)) ? $0 : nil }
        let recorder = try origin.map { try LibraryAccess.reading(URL(fileURLWithPath: $0), progress: progress) }
        var options = Replay.Options()
        (options.exampleCount, options.threads) = (examples, threading.threads)
        let replay = Replay(
            candidate: candidate, rails: try checks.rails(candidate), recordedBy: recorder, options: options)
        let report: ReplayReport
        if let flips {
            Interruption.willWrite(flips)
            var made: ReplayReport?
            try AtomicFile.write(to: URL(fileURLWithPath: flips).path) { file in
                made = try run(replay, folder, progress) { try file.write($0.json.text + "\n") }
            }
            guard let made else { return }
            report = made
        } else {
            report = try run(replay, folder, progress) { _ in }
        }
        progress.finish()
        let answer = ReplayAnswer(log: log.joined(separator: " "), candidate: against, report: report)
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
        let faults = faults(report)
        guard faults.isEmpty else {
            throw Failure(
                code: "gate_failed", message: faults.joined(separator: "; ") + ".", isInputError: false)
        }
    }

    private func run(
        _ replay: Replay, _ folder: String?, _ progress: ProgressBar, flips: (Flip) throws -> Void
    ) throws -> ReplayReport {
        guard let folder else {
            return try replay.run(
                onFiles: try log.map { try CompressedFile.source($0) }, matching: times.filter,
                progress: { progress.update("Replaying", completed: $0, total: nil) }, flips: flips)
        }
        var place = DecisionLogOption()
        place.library = folder
        let archive = try place.archive(progress)
        defer { try? archive.close() }
        return try replay.run(
            on: archive, matching: times.filter,
            progress: { progress.update("Replaying", completed: $0, total: nil) }, flips: flips)
    }

    /// What goes too far.
    private func faults(_ report: ReplayReport) -> [String] {
        var faults: [String] = []
        if failOnRegression, report.regressionCount > 0 {
            faults.append(
                "\(Format.count(report.regressionCount, "decision")) that a reviewer has called right would flip")
        }
        func check(_ direction: Flip.Direction, _ what: String, _ most: Double?) {
            guard let most else { return }
            let rate = ObservedRate(count: report.count(direction), total: report.toldCount)
            // A share of nothing keeps to no bound.
            guard let value = rate.rate else { return faults.append("nothing can be told of any decision") }
            if value > most { faults.append("a share of \(Format.score(value)) would \(what), at most \(most) may") }
        }
        check(.stopped, "be stopped that was not", maxStopped)
        check(.passed, "pass that did not", maxPassed)
        return faults
    }
}
