import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore

/// A look at a terminal through what a model wrote that could not be used.
final class AsideSession {
    private let library: GuidelineLibrary
    private let journal: ReviewJournal
    private let terminal: RawTerminal
    private let editor = TextEditor()
    private var queue: ReviewQueue<AsideEntry, String>
    private var message: StyledLine?
    private var scroll = 0

    /// Entries without a decision.
    var openCount: Int { queue.openCount }
    var writtenCount: Int { queue.decisions.count { $0 == "write" } }
    var discardedCount: Int { queue.decisions.count { $0 == "discard" } }

    init(_ library: GuidelineLibrary, entries: [AsideEntry], journal: ReviewJournal, terminal: RawTerminal) {
        self.library = library
        self.journal = journal
        self.terminal = terminal
        queue = ReviewQueue(entries)
    }

    func run() throws {
        try terminal.use {
            while true {
                let height = draw(
                    body: queue.current.map(lines) ?? [StyledLine("That was the last one.", .bold)],
                    keys: queue.current == nil
                        ? [("b", "back"), ("q", "quit")]
                        : [("w", "write a guideline"), ("d", "discard"), ("k", "later"), ("b", "back"), ("q", "quit")])
                let key = terminal.key()
                if key != .resized, key != .resumed { message = nil }
                switch key {
                case .character("q"), .control("c"), .closed: return
                case .control("z"), .stopping: try terminal.suspend()
                case .character(" "), .pageDown: scroll += max(1, height - 1)
                case .pageUp: scroll -= max(1, height - 1)
                case .down: scroll += 1
                case .up: scroll -= 1
                case .character("k"): move { queue.skip() }
                case .character("b"): move { queue.goBack() }
                case .character("d"):
                    if let entry = queue.current { try keep("discard", entry) }
                case .character("w"):
                    if let entry = queue.current { try write(entry) }
                default: break
                }
            }
        }
    }

    private func move(_ body: () -> Void) {
        body()
        scroll = 0
    }

    private func keep(_ decision: String, _ entry: AsideEntry, result: String? = nil) throws {
        try journal.record(decision, of: entry.key, result: result)
        move { queue.decide(decision) }
    }

    /// Has a guideline written in the editor, as often as it takes.
    private func write(_ entry: AsideEntry) throws {
        guard let editor else {
            message = StyledLine("set VISUAL or EDITOR to write a guideline", .yellow)
            return
        }
        var text = EditForm.text(for: entry)
        while true {
            let (before, output) = (text, terminal.output)
            do {
                guard let written = try terminal.lend({ try editor.edit(before, output: output) }) else {
                    message = StyledLine("the editor failed; nothing was written", .red)
                    return
                }
                text = written
                guard let guideline = try EditForm.guideline(from: text, name: "guideline.yaml", entry: entry) else {
                    message = StyledLine("no text, so nothing was written", .yellow)
                    return
                }
                let outcome = try library.add([guideline])
                if let duplicate = outcome.skippedDuplicates.first {
                    message = StyledLine("\(PlainText.line(duplicate.duplicateOf)) says this already", .yellow)
                    try keep("write", entry, result: duplicate.duplicateOf)
                } else {
                    let id = (outcome.added + outcome.updated + outcome.unchanged).first
                    message = StyledLine("the draft \(PlainText.line(id ?? "")) was added", .green)
                    try keep("write", entry, result: id)
                }
                return
            } catch let error where Failure(error).isInputError {
                let (width, _) = terminal.size
                draw(
                    body: StyledLine.paragraphs(Failure(error).message, .red, width: width),
                    keys: [("e", "edit again, as it is now"), ("any other", "drop it")])
                guard terminal.key() == .character("e") else { return }
            }
        }
    }

    private func lines(_ entry: AsideEntry) -> [StyledLine] {
        let (width, _) = terminal.size
        var lines: [StyledLine] = []
        func add(_ name: String, _ texts: [String]) {
            guard !texts.isEmpty else { return }
            lines.append(StyledLine(name, .bold))
            for text in texts { lines += StyledLine.paragraphs(text, width: width) }
            lines.append("")
        }
        add("why it is aside", entry.problems + entry.refused.map { "\($0.reason ?? "refused"): \($0.line)" })
        add("input", [entry.input].compactMap(\.self))
        add("answer", [entry.answer].compactMap(\.self))
        return lines
    }

    @discardableResult
    private func draw(body: [StyledLine], keys: [(String, String)]) -> Int {
        let (columns, rows) = terminal.size
        let place = "\(Format.count(min(queue.position + 1, queue.items.count))) of \(Format.count(queue.items.count))"
        let name = queue.current.map { $0.id ?? "line \($0.location.line ?? 0)" } ?? ""
        let screen = ReviewScreen(
            heading: ("aside  \(name)", place), body: body, scroll: max(0, scroll), message: message, keys: keys)
        let layout = screen.layout(columns: columns, rows: rows)
        scroll = layout.scroll
        let look = Terminal(descriptor: terminal.output)
        terminal.draw(layout.lines.map { $0.rendered(look, width: columns) }, cursor: nil)
        return layout.bodyHeight
    }
}

extension ReviewCommand {
    /// Looks through a file of what was kept aside.
    func reviewAside(_ path: String, _ terminal: RawTerminal) throws {
        let all = try AsideEntry.read(from: .file(URL(fileURLWithPath: path)))
        let journal = try ReviewJournal(path: path + ".reviewed")
        let entries = all.filter { journal.decisions[$0.key] == nil }
        let library = try open()
        let session = AsideSession(library, entries: entries, journal: journal, terminal: terminal)
        if entries.isEmpty { Console.log("note: nothing in it waits for a review.") } else { try session.run() }
        try library.close()
        let answer: JSON = [
            "library": .string(self.library.library), "written": .integer(session.writtenCount),
            "discarded": .integer(session.discardedCount), "left": .integer(session.openCount),
        ]
        let text = "\(session.writtenCount) written, \(session.discardedCount) discarded; \(session.openCount) left"
        try Console.result(output.json ? answer.text : text)
    }
}
