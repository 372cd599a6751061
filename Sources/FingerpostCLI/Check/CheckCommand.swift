import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore
import Guardrails

/// `check`: what may go through.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Hold texts against secrets, personal data and the guidelines of a library.",
        discussion: """
            EXAMPLE
              fingerpost check "my card is 4111 1111 1111 1111"
              fingerpost check "how do I pick my neighbour's lock" --library my-library --log
              fingerpost check --batch inputs.jsonl --library my-library --rails rails.yaml
              my-model | fingerpost check --stream --library my-library --on-match deny

            Secrets are redacted and personal data masked; a text to which a guideline of the library applies is for a person \
            to decide (--on-match deny, warn or audit decides otherwise). A check that fails lets nothing through. --rails \
            names a YAML file of other checks; where one of them is a judge, --judge and --judge-model say which model is \
            asked.

            --batch reads JSON Lines of {"id","text"} or {"id","query"}, - is standard input, and writes a line for each.

            --stream checks standard input while it comes, and writes what may be shown, as soon as --hold lets it: what is \
            denied is not shown, nor what follows it; where that happens the program ends and says so on standard error. With \
            --json it writes {"text"} for each piece, and at the end the decision, with "leakedBytes": how much of it had been \
            shown before that was known, for which --hold was too short. The texts of a stream are on their way out, \
            unless --rail says otherwise.

            --log writes what was decided to the library's decision log; of the text it keeps the hash alone, unless \
            --keep-text. See log and trend.

            Exit status: 0 every text may go through as it is, 10 some were changed, 30 some are for a person to decide, 20 \
            some are denied; the strictest of all texts. 1 the work failed, 2 a usage or input error.

            With --json: {"id","decision","verdict","text","checks":[{"id","kind","verdict","shadow","status","problem",\
            "findings":[{"kind","start","end"}],"matched":[{"id","version","score","threshold","rank","via"}],"dropped":\
            [{"id","version","reason","score","threshold"}]}],"microseconds"}; text is the text as it may go on, or null where \
            it may not.
            """)

    @Argument(help: "Texts to check.")
    var texts: [String] = []

    @Option(help: "JSON Lines of {\"id\",\"text\"}; - is standard input.", completion: .file())
    var batch: String?

    @Option(
        name: [.long, .customShort("l")], help: "Folder of a library whose guidelines count.", completion: .directory)
    var library: String?

    @Flag(help: "Check standard input while it comes, and write what may be shown.")
    var stream = false

    @Option(
        help: ArgumentHelp(
            "With --stream: how much is held back; a number of characters, word, sentence (the default) or whole.",
            valueName: "hold"))
    var hold: String?

    @Option(help: "input (the default) or output: where the texts are on their way.")
    var rail: RailArgument?

    @OptionGroup var checks: RailsArguments

    @Flag(help: "Note what the checks say, and let it count for nothing.")
    var shadow = false

    @Option(help: "Milliseconds to wait for the checks of a text; one that takes longer counts as failed.")
    var deadline: Double?

    @Flag(help: "Write decisions to the library's log.")
    var log = false

    @Flag(help: "With --log: keep the texts, too.")
    var keepText = false

    @Option(help: "With --log: the model whose input or output it is.")
    var model: String?

    @Option(help: "With --log: the conversation that it belongs to.")
    var conversation: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard [!texts.isEmpty, batch != nil, stream].count(where: \.self) == 1 else {
            throw ValidationError("Name texts, or a file of them with --batch, or give --stream.")
        }
        if let hold {
            guard stream else { throw ValidationError("--hold goes with --stream.") }
            _ = try StreamHold(option: hold)
        }
        if let deadline, !(deadline > 0 && deadline <= 3_600_000) {
            throw ValidationError("--deadline must be above 0, in milliseconds.")
        }
        if log, library == nil { throw ValidationError("--log needs a library to log to.") }
        if library == nil, checks.areAboutGuidelines {
            throw ValidationError("--filter and --on-match are about guidelines; name their library with --library.")
        }
        if keepText || model != nil || conversation != nil, !log {
            throw ValidationError("--keep-text, --model and --conversation say what --log writes; add --log.")
        }
    }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let opened = try library.map { try LibraryAccess.reading(URL(fileURLWithPath: $0), progress: progress) }
        let chosen = try checks.rails(opened)
        let rails = shadow ? chosen.inShadow() : chosen
        try rails.prepare()
        let decisions = try log ? library.map { try DecisionLog(in: URL(fileURLWithPath: $0)) } : nil
        progress.finish()
        var strictest = Verdict.allow
        if stream { strictest = try guardStream(rails, decisions) }
        func check(_ text: String, id: String?) throws {
            let decision = rails.check(text, rail: rail?.value ?? .input, deadline: patience)
            // Logged before it is told, so that nothing is acted upon that no log knows of.
            try decisions?.append(records(of: decision))
            strictest = max(strictest, decision.verdict)
            let answer = CheckAnswer(id: id, checked: text, decision: decision)
            try Console.result(output.json || batch != nil ? answer.json.text : answer.text(Terminal.output))
        }
        for text in texts { try check(text, id: nil) }
        if let batch {
            try Self.forEachText(of: batch) { try check($1, id: $0) }
        }
        try decisions?.close()
        switch strictest {
        case .allow, .audit, .warn: return
        case .modify: throw ExitCode(10)
        case .ask: throw ExitCode(30)
        case .deny: throw ExitCode(20)
        }
    }

    var patience: Duration? { deadline.map { .microseconds(Int64($0 * 1_000)) } }

    func records(of decision: Decision) -> [DecisionRecord] {
        decision.records(keepsText: keepText, model: model, conversationID: conversation)
    }

    /// Calls `body` with each text of a file, and its id.
    private static func forEachText(of batch: String, _ body: (_ id: String?, _ text: String) throws -> Void) throws {
        let reader = try JSONLinesReader(InputSource(argument: batch))
        var count = 0
        while let line = try reader.next() {
            count += 1
            let (id, text) = try text(of: line)
            try body(id, text)
        }
        guard count > 0 else { throw GuidelineStoreError.emptyFile(path: reader.name) }
    }

    /// All texts of a file, with their ids.
    static func texts(of batch: String) throws -> [(id: String?, text: String)] {
        var texts: [(id: String?, text: String)] = []
        try forEachText(of: batch) { texts.append(($0, $1)) }
        return texts
    }

    private static func text(of line: JSONLine) throws -> (id: String?, text: String) {
        var id: String?
        switch line.members["id"] {
        case .string(let value)?: id = value
        case .integer(let value)?: id = String(value)
        case nil, .null?: break
        case _?: throw GuidelineStoreError.invalidField("id", problem: "must be a string", line.location)
        }
        guard case .string(let text)? = line.members["text"] ?? line.members["query"] else {
            throw GuidelineStoreError.invalidField("text", problem: "is missing, or no string", line.location)
        }
        return (id, text)
    }
}
