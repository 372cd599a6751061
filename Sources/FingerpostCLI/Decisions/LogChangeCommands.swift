import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Guardrails

/// `log note`: what became of a decision.
struct LogNoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Say what was done with a decision, or whether it was right.",
        discussion: """
            EXAMPLE
              fingerpost log note 5f0c2a --library my-library --review false_alarm --rule g12 --reviewer ann

            With --json: {"note":{"decision",...},"ts"}.
            """)

    @Argument(help: "Id of the decision, or its beginning.")
    var id: String

    @OptionGroup var log: DecisionLogOption

    @Option(
        help: "right; false_alarm: something was found that is not there; missed: something is there and was not found."
    )
    var review: DecisionNote.Review?

    @Option(help: "The rule that matched wrongly, or that should have matched.")
    var rule: String?

    @Option(help: "The check that is meant. Default: all of the decision.")
    var check: String?

    @Option(help: "What was done, such as shown or blocked.")
    var action: String?

    @Option(help: "Who says so.")
    var reviewer: String?

    @Option(help: "A better answer.")
    var correction: String?

    @Option(help: "Anything else.")
    var comment: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard review != nil || action != nil || correction != nil || comment != nil else {
            throw ValidationError("Say something of the decision: --review, --action, --correction or --comment.")
        }
    }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let archive = try log.archive(progress)
        guard let record = try DecisionText.decision(id, in: archive, library: log.library).first else { return }
        var note = DecisionNote(time: .now, decision: record.decision.id)
        (note.review, note.rule, note.check, note.action) = (review, rule, check, action)
        (note.reviewer, note.correction, note.comment) = (reviewer, correction, comment)
        try archive.insert([.note(note)])
        try Console.result(
            output.json ? DecisionEntry.note(note).jsonText : "noted on \(PlainText.line(record.decision.id))")
    }
}

/// `log collect`: files into the archive.
struct LogCollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Take what was logged into decisions.sqlite.",
        discussion: """
            EXAMPLE
              fingerpost log collect --library my-library

            Every other verb that reads decisions does this first. Files that are finished go; those that are still written \
            to are read as far as they are. Lines that cannot be read are kept and told, and make the exit status 1.

            With --json: {"library","entries","finishedSegments","liveSegments","rejectedLines","tornLines","records"}.
            """)

    @OptionGroup var log: DecisionLogOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let progress = ProgressBar()
        let archive = try DecisionArchive.open(in: log.folder)
        let outcome = try log.collect(into: archive, progress)
        let count = try archive.count
        let json: JSON = [
            "library": .string(log.library), "entries": .integer(outcome.entries),
            "finishedSegments": .integer(outcome.finishedSegments), "liveSegments": .integer(outcome.liveSegments),
            "rejectedLines": .integer(outcome.rejectedLines), "tornLines": .integer(outcome.tornLines),
            "records": .integer(count),
        ]
        var text = "\(Format.count(outcome.entries)) new, \(Format.count(count, "record")) in all"
        if outcome.liveSegments > 0 { text += "; \(Format.count(outcome.liveSegments, "file")) still written to" }
        if outcome.tornLines > 0 {
            text += "; \(Format.count(outcome.tornLines, "line")) cut off by the end of a process"
        }
        try Console.result(output.json ? json.text : text)
        if outcome.rejectedLines > 0 {
            throw Failure(
                code: "rejected_lines",
                message:
                    "\(Format.count(outcome.rejectedLines, "line")) of the log cannot be read. They are kept in the table "
                    + "\"rejected\" of \(log.library)/decisions.sqlite.", isInputError: false)
        }
    }
}

/// `log import`: decisions from elsewhere.
struct LogImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in decisions that were logged elsewhere.",
        discussion: """
            EXAMPLE
              fingerpost log import decisions.jsonl --library my-library

            Files are JSON Lines as log export writes them. What is there already is passed over.

            With --json: {"library","new","records"}.
            """)

    @Argument(help: "JSON Lines; - is standard input.", completion: .file())
    var files: [String]

    @OptionGroup var log: DecisionLogOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let archive = try DecisionArchive.open(in: log.folder)
        var count = 0
        for file in files {
            count += try archive.insert(from: InputSource(argument: file)) { lines in
                progress.update("Reading", completed: lines, total: 0)
            }
        }
        progress.finish()
        let total = try archive.count
        let json: JSON = ["library": .string(log.library), "new": .integer(count), "records": .integer(total)]
        try Console.result(
            output.json ? json.text : "\(Format.count(count)) new, \(Format.count(total, "record")) in all")
    }
}

/// `log forget`: nothing of it stays.
struct LogForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove all records of a text or a conversation.",
        discussion: """
            EXAMPLE
              fingerpost log forget --library my-library --conversation c-812
              fingerpost log forget --library my-library --text "what somebody wrote"

            Records and the notes on them go from the archive and from files that are still written to, and are \
            overwritten. Numbers of days stay: they name nobody. Copies and exports are not reached.

            With --json: {"library","records"}.
            """)

    @OptionGroup var log: DecisionLogOption

    @Option(help: "A text, as it was checked.")
    var text: String?

    @Option(help: "A text's hash, as records have it: sha256:...")
    var hash: String?

    @Option(help: "Id of a conversation.")
    var conversation: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard [text, hash, conversation].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("Name what to forget: --text, --hash or --conversation.")
        }
    }

    func run() throws {
        let archive = try DecisionArchive.open(in: log.folder)
        var count = 0
        if let text { count = try archive.forget(.text(text)) }
        if let hash { count = try archive.forget(.inputHash(hash)) }
        if let conversation { count = try archive.forget(.conversation(conversation)) }
        let json: JSON = ["library": .string(log.library), "records": .integer(count)]
        try Console.result(output.json ? json.text : "\(Format.count(count, "record")) forgotten")
    }
}

/// `log expire`: what is old goes.
struct LogExpireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: "Remove texts, or whole records, that are older than so many days.",
        discussion: """
            EXAMPLE
              fingerpost log expire --library my-library --texts-after 30 --records-after 365

            To be run every day, for a retention period. Numbers of days stay, so that trends go on.

            With --json: {"library","texts","records"}.
            """)

    @OptionGroup var log: DecisionLogOption

    @Option(help: "Days after which texts go; what was decided of them stays.")
    var textsAfter: Int?

    @Option(help: "Days after which records go, and the notes on them.")
    var recordsAfter: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard textsAfter != nil || recordsAfter != nil else {
            throw ValidationError("Say what expires: --texts-after, --records-after or both.")
        }
        for days in [textsAfter, recordsAfter].compactMap(\.self) where days < 0 {
            throw ValidationError("Days must be 0 or more.")
        }
    }

    func run() throws {
        let archive = try DecisionArchive.open(in: log.folder)
        var (texts, records) = (0, 0)
        if let recordsAfter { records = try archive.expireRecords(before: LogTime.now.adding(days: -recordsAfter)) }
        if let textsAfter { texts = try archive.expireTexts(before: LogTime.now.adding(days: -textsAfter)) }
        let json: JSON = ["library": .string(log.library), "texts": .integer(texts), "records": .integer(records)]
        try Console.result(
            output.json
                ? json.text : "\(Format.count(texts, "text")) and \(Format.count(records, "record")) removed")
    }
}
