import ArgumentParser
import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore
import Platform

/// `fit`: a retriever that has learned from pairs.
struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Learn from inputs and the guidelines that apply to them how to find guidelines.",
        discussion: """
            EXAMPLE
              fingerpost fit pairs.jsonl --library my-library
              fingerpost unfit --library my-library

            Pairs are JSON Lines as evaluate takes them: {"query","positives":[ids]}. From a thousand on they begin to pay.

            The encoder and the vectors that the library has stay as they are. What is learned is a map of the input's \
            vector, and how much less a guideline counts that is near to every input. Some of the inputs are held out, \
            half of them with all other inputs of their guidelines, and searches for those are compared before and after: \
            only where the 95% interval of the gain in nDCG@10 is above zero, and guidelines that were not learned from \
            do no worse, is it switched on. Nothing is changed otherwise, and the exit status is 0 all the same.

            A calibration that the library has is refused from then on: run calibrate again. unfit goes back.

            The same pairs, seed and library give the same numbers, to the last bit, on any number of threads.

            With --json: {"applied","refusal","adapter":{"share","prominenceWeight","offset","scale","start"},"inputs":\
            {"training","validation","test","duplicates","leftOut"},"guidelines":{"all","named","unknown":[…]},"parts":\
            [{"part","count","guidelines","ndcg@10":{"before","after","gain","low","high","standardError"},"recall@6":\
            {"before","after"}}],"epochs":[{"loss","ndcg@10","recall@6"}],"bestEpoch","staleCalibration","seconds"}.
            """)

    @Argument(help: "Inputs with the guidelines that apply, as JSON Lines; - is standard input.", completion: .file())
    var pairs: [String]

    @OptionGroup var place: LibraryOption

    @Option(help: "The share of inputs that the result is checked on (above 0, below 0.4); as many choose.")
    var holdout = 0.1

    @Option(help: "Decides what is held out and the order of learning.")
    var seed: UInt64 = 1

    @Option(help: "Passes over the pairs at most. Default: as many as their number calls for.")
    var epochs: Int?

    @Option(help: "Wrong answers for each input beside those of others, drawn from the nearest (0 to 16).")
    var hardNegatives = 0

    @Option(
        help: "Write loss, nDCG@10 and recall@6 of every epoch as a picture (SVG) to this file.", completion: .file())
    var picture: String?

    @Flag(help: "Print what would come of it, and change nothing.")
    var dryRun = false

    @Flag(help: "Leave pairs out whose guidelines the library does not have, however many they are.")
    var allowMissing = false

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard holdout > 0, holdout < 0.4 else {
            throw ValidationError("--holdout is \(holdout); it must be more than 0 and less than 0.4.")
        }
        if let epochs { try Check.range("--epochs", epochs, 1...1_000) }
        try Check.range("--hard-negatives", hardNegatives, 0...16)
        guard pairs.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input (-) can be read only once.")
        }
    }

    func run() throws {
        if let picture { try OutputFile.check(picture) }
        var read: [EvaluationQuery] = []
        for file in pairs { read += try EvaluationQuery.read(from: InputSource(argument: file)) }
        var options = FittingOptions()
        (options.holdout, options.seed, options.epochs) = (holdout, seed, epochs)
        (options.hardNegatives, options.allowsMissingPositives) = (hardNegatives, allowMissing)
        options.threads = threading.threads

        let start = ContinuousClock.now
        let progress = ProgressBar()
        defer { progress.finish() }
        let library =
            dryRun
            ? try LibraryAccess.reading(place.folder, progress: progress)
            : try GuidelineLibrary.open(at: place.folder) { progress.update($0) }
        let report = try library.fit(read, options: options) { progress.update($0) }
        progress.finish()
        if let picture {
            try AtomicFile.write(to: URL(fileURLWithPath: picture).path) { try $0.write(FittingPicture(report).svg) }
        }
        if let adapter = report.adapter, !dryRun { try library.setAdapter(adapter) }
        let answer = FittingAnswer(
            report: report, isDryRun: dryRun, isCalibrationStale: try library.isCalibrationStale,
            duration: ContinuousClock.now - start)
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
    }
}

/// `unfit`: back to the encoder alone.
struct UnfitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfit",
        abstract: "Forget what fit has learned.",
        discussion: """
            EXAMPLE
              fingerpost unfit --library my-library

            Also one that is damaged. A calibration that was made with it is refused from then on, and one that was made \
            before it is right again.

            With --json: {"removed"}.
            """)

    @OptionGroup var place: LibraryOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let library = try GuidelineLibrary.open(at: place.folder)
        let wasThere = try library.removeAdapter()
        let said =
            wasThere
            ? "The fitted retriever is removed: the encoder is on its own again."
            : "The library's retriever is not fitted."
        try Console.result(output.json ? JSON.object([("removed", .bool(wasThere))]).text : said)
    }
}
