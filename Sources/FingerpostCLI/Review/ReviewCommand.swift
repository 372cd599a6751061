import ArgumentParser
import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore

/// `review`: people decide about what a model wrote.
struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Decide about drafts: approve, edit, reject or merge them, at a terminal or from a file.",
        discussion: """
            EXAMPLE
              fingerpost review --library my-library --reviewer "R. Lee"
              fingerpost review --library my-library --list --json > queue.jsonl
              fingerpost review --library my-library --decisions decisions.jsonl

            Shows one draft after the other, with its findings of lint and the guidelines nearest to it, the drafts with most \
            support first. Keys: a approve, s approve as shadow, e edit ($VISUAL or $EDITOR) and approve, r reject, m merge \
            into one of the nearest, k later, b back, u undo, ? help, q quit. Each decision is kept at once, as a new \
            version of the guideline, whose source.review has decision, date, reviewer and reason.

            --decisions reads JSON Lines of {"id","decision","into","title","text","severity","risk","reason","version"}: \
            decision is approve, shadow, edit (with what is changed), reject, or merge (with into). All of a file is done or \
            nothing.

            --list --json prints a line for each draft: {"id","version","status","title","text","condition","kind",\
            "authority","priority","severity","risk","tags","lang","support","examples","counterexamples","source",\
            "nearest":[{"id","similarity","opposite","status","title","text"}],"findings":[{"rule","severity","ids","field","message",\
            "evidence","score","advice"}]}.

            --aside FILE goes through what generate kept aside; keys: w write a draft from it in the editor, d discard, k \
            later. What is decided is remembered in FILE.reviewed.

            With --json otherwise: {"library","libraryVersion","decisions":{"approve","shadow","edit","reject","merge"},\
            "undone","left"}; with --aside {"library","written","discarded","left"}.
            """)

    @OptionGroup var library: LibraryOption

    @Option(help: "Review guidelines of this status: draft, shadow or active (may be repeated). Default: draft.")
    var status: [ReviewStatus] = []

    @Option(help: "Only guidelines that this lets through, such as 'risk = mlc:vcr and severity >= high'.")
    var filter: String?

    @Option(help: "What comes first: support (the most), severity (the gravest) or id.")
    var order = ReviewOrder(.support)

    @Option(help: "Who decides, for the records.")
    var reviewer: String?

    @Option(help: "Carry out the decisions of a file in JSON Lines; - is standard input.", completion: .file())
    var decisions: String?

    @Flag(help: "Print the queue and change nothing.")
    var list = false

    @Option(name: .customLong("limit"), help: "With --list: how many drafts at most.")
    var limit: Int?

    @Option(
        help: "Look through what generate kept aside, in JSON Lines, and write drafts from it.", completion: .file())
    var aside: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        for (name, value) in [("--reviewer", reviewer), ("--decisions", decisions), ("--aside", aside)]
        where value?.allSatisfy(\.isWhitespace) == true {
            throw ValidationError("\(name) is empty.")
        }
        guard [list, decisions != nil, aside != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give one of --list, --decisions and --aside.")
        }
        guard decisions == nil || filter == nil else {
            throw ValidationError("--filter chooses what is shown; the file of --decisions says what is decided.")
        }
        guard limit == nil || list else { throw ValidationError("--limit goes with --list.") }
        if let limit { try Check.limit("--limit", limit) }
    }

    func run() throws {
        if list { return try printList() }
        if let decisions { return try carryOut(decisions) }
        guard let terminal = RawTerminal() else {
            throw Failure(
                code: "usage",
                message:
                    "there is no terminal to review at. Give --decisions FILE to carry out decisions, or --list to "
                    + "print the queue.", isInputError: true)
        }
        if let aside { return try reviewAside(aside, terminal) }
        let library = try open()
        let review = review(library)
        let entries = try review.entries(filter: try parsedFilter(), order: order.value)
        guard !entries.isEmpty else {
            if !output.json { Console.log("note: nothing waits for a review.") }
            return try finish(library, ReviewAnswer())
        }
        let session = ReviewSession(review, entries: entries, terminal: terminal, name: "review")
        let result = Result { try session.run() }
        // What was decided stays decided, whatever ended the session.
        var answer = ReviewAnswer()
        for receipt in session.queue.decisions { answer.add(receipt) }
        answer.undone = session.undoneCount
        if case .failure = result, !answer.isEmpty { Console.log("note: \(answer.sentence) before; they are kept.") }
        try result.get()
        try finish(library, answer)
    }

    // MARK: Without a terminal

    private func carryOut(_ path: String) throws {
        let source = InputSource(argument: path)
        let reader = try JSONLinesReader(source)
        var read: [GuidelineDecision] = []
        var faults = ReviewFaults(isJSON: output.json)
        while let line = try reader.next() {
            do {
                read.append(try GuidelineDecision(line))
            } catch {
                faults.note(error)
            }
        }
        let library = try open()
        var answer = ReviewAnswer()
        do {
            let receipt = try review(library).apply(read, fault: { faults.note($0) }, alreadyAtFault: faults.count)
            answer.add(receipt)
        } catch {
            faults.log()
            throw error
        }
        try finish(library, answer)
    }

    private func printList() throws {
        let progress = ProgressBar()
        let library = try LibraryAccess.reading(library.folder, progress: progress)
        let review = review(library)
        let entries = try review.entries(filter: try parsedFilter(), order: order.value)
        let shown = entries.prefix(limit ?? .max)
        if output.json {
            for (number, entry) in shown.enumerated() {
                guard let item = try review.item(entry.id) else { continue }
                try Console.result(item.json.text)
                progress.update("Listing", completed: number + 1, total: shown.count)
            }
            progress.finish()
            return
        }
        guard !entries.isEmpty else { return try Console.result("nothing waits for a review") }
        var table = Table(alignments: [.right, .left, .left, .left])
        table.rows.append(["support", "severity", "id", "guideline"])
        for entry in shown {
            guard let guideline = try library.guideline(id: entry.id) else { continue }
            table.rows.append([
                Format.count(entry.support), entry.severity.rawValue, PlainText.line(entry.id),
                PlainText.line(guideline.title ?? guideline.text),
            ])
        }
        let lines = table.lines.map { PlainText.cut($0, width: Terminal.output.width) }
        let more = entries.count - shown.count
        let end =
            "\(Format.count(entries.count, "guideline")) waiting"
            + (more > 0 ? ", \(Format.count(more)) not shown" : "")
        try Console.result((lines + [end]).joined(separator: "\n"))
    }

    // MARK: The library

    func open() throws -> GuidelineLibrary {
        let progress = ProgressBar()
        defer { progress.finish() }
        let folder = library.folder
        Interruption.willWrite(folder.appendingPathComponent("index.hnsw").path)
        return try GuidelineLibrary.open(at: folder, progress: { progress.update($0) })
    }

    private func review(_ library: GuidelineLibrary) -> GuidelineReview {
        let statuses = status.isEmpty ? [.draft] : Set(status.map(\.value))
        return GuidelineReview(library, reviewer: reviewer, statuses: statuses)
    }

    private func parsedFilter() throws -> GuidelineFilter? { try filter.map { try GuidelineFilter(parsing: $0) } }

    private func finish(_ library: GuidelineLibrary, _ answer: ReviewAnswer) throws {
        var answer = answer
        answer.library = self.library.library
        answer.left = try review(library).entries(filter: try parsedFilter()).count
        answer.libraryVersion = try library.libraryVersion
        try library.close()
        try Console.result(output.json ? answer.json.text : answer.text)
    }
}
