import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore

/// A review at a terminal: shows one guideline after the other and does what the keys say.
final class ReviewSession {
    let review: GuidelineReview
    let terminal: RawTerminal
    let name: String
    var queue: ReviewQueue<GuidelineReview.Entry, ReviewReceipt>
    var item: GuidelineReview.Item?
    var message: StyledLine?
    /// Decisions that were taken back.
    var undoneCount = 0
    private var scroll = 0
    private var bodyHeight = 1
    private let editor = TextEditor()

    /// Why guidelines are rejected, as the records have it.
    static let reasons = [
        "duplicate of another guideline", "too vague to act on", "wrong or harmful advice", "too specific to one input",
        "not about what an assistant does", "against our policy",
    ]

    init(_ review: GuidelineReview, entries: [GuidelineReview.Entry], terminal: RawTerminal, name: String) {
        self.review = review
        self.terminal = terminal
        self.name = name
        queue = ReviewQueue(entries)
    }

    /// Until everything is decided and somebody has seen it, or quits.
    func run() throws {
        try terminal.use {
            try load()
            while true {
                let key = show()
                message = nil
                guard try press(key) else { return }
            }
        }
    }

    /// Looks the current guideline up, leaving out what waits no more.
    private func load() throws {
        scroll = 0
        item = nil
        while let entry = queue.current {
            item = try review.item(entry.id)
            if item != nil { return }
            queue.drop()
        }
    }

    // MARK: Keys

    /// False if it was the last one.
    private func press(_ key: Key) throws -> Bool {
        switch key {
        case .character("q"), .control("c"), .closed: return false
        case .control("z"), .stopping: try terminal.suspend()
        case .character(" "), .pageDown, .control("f"): scroll += max(1, bodyHeight - 1)
        case .pageUp, .control("b"): scroll = max(0, scroll - max(1, bodyHeight - 1))
        case .down: scroll += 1
        case .up: scroll = max(0, scroll - 1)
        case .home: scroll = 0
        case .end: scroll = .max / 2
        case .character("?"), .character("h"): try help()
        case .character("u"): try undo()
        case .character("b"):
            if queue.goBack() { try load() } else { message = StyledLine("nothing open before this", .yellow) }
        case .character("k"):
            queue.skip()
            try load()
        case .character(let character): try decide(by: character)
        default: break
        }
        return true
    }

    private func decide(by character: Character) throws {
        guard let item else { return }
        let id = item.guideline.id
        switch character {
        case "a": try decide(GuidelineDecision(id: id, .approve), "approved")
        case "s": try decide(GuidelineDecision(id: id, .shadow), "approved as shadow")
        case "r":
            guard let reason = try askReason() else { return }
            try decide(GuidelineDecision(id: id, .reject, reason: reason.isEmpty ? nil : reason), "rejected")
        case "m":
            guard let target = try askTarget(item) else { return }
            try decide(GuidelineDecision(id: id, .merge, into: target), "merged into \(PlainText.line(target)):")
        case "e":
            guard let decision = try edit(item.guideline) else { return }
            try decide(decision, "changed and approved")
        default: message = StyledLine("no such key; ? tells what the keys do", .yellow)
        }
    }

    /// Carries a decision out, at once; what does not work is told, and the guideline stays where it is.
    private func decide(_ decision: GuidelineDecision, _ words: String) throws {
        var decision = decision
        decision.version = item?.guideline.version
        do {
            queue.decide(try review.apply(decision))
            message = StyledLine("\(words) \(PlainText.line(decision.id)) (u takes it back)", .green)
        } catch {
            tell(error)
        }
        try load()
    }

    private func undo() throws {
        guard let receipt = queue.lastReceipt else {
            message = StyledLine("nothing to take back", .yellow)
            return
        }
        do {
            try review.undo(receipt)
            queue.takeBack()
            undoneCount += 1
            let ids = receipt.decisions.map(\.id).joined(separator: ", ")
            message = StyledLine("taken back: \(receipt.decisions[0].kind.rawValue) of \(PlainText.line(ids))", .green)
        } catch {
            tell(error)
        }
        try load()
    }

    private func tell(_ error: any Error) {
        message = StyledLine(PlainText.line(Failure(error).message), .red)
    }

    // MARK: Questions

    /// A stock reason or one that is typed; empty for none, nil where the question is left.
    private func askReason() throws -> String? {
        var lines: [StyledLine] = [StyledLine("Why is it rejected?", .bold), ""]
        lines += Self.reasons.enumerated().map { StyledLine("  \($0 + 1)  \($1)") }
        let keys = [("1-\(Self.reasons.count)", "reason"), ("t", "type one"), ("enter", "none"), ("esc", "back")]
        while true {
            switch try ask(lines, keys: keys) {
            case .enter: return ""
            case .character("t"):
                if let text = try typed("reason: ") { return text }
            case .character(let digit):
                guard let number = digit.wholeNumberValue, Self.reasons.indices.contains(number - 1) else { continue }
                return Self.reasons[number - 1]
            case .escape, .control, .closed: return nil
            default: break
            }
        }
    }

    private func askTarget(_ item: GuidelineReview.Item) throws -> String? {
        guard !item.nearest.isEmpty else {
            message = StyledLine("there is no guideline near it to merge into", .yellow)
            return nil
        }
        let (width, _) = terminal.size
        var lines: [StyledLine] = [StyledLine("Into which one? It takes over examples, risks and support.", .bold), ""]
        for (number, neighbor) in item.nearest.enumerated() {
            let style: StyledLine.Style = neighbor.isOpposite ? .yellow : .plain
            lines += PlainText.wrapped(neighbor.words(number: number + 1), width: width).map { StyledLine($0, style) }
        }
        while true {
            switch try ask(lines, keys: [("1-\(item.nearest.count)", "merge into it"), ("esc", "back")]) {
            case .character(let digit):
                guard let number = digit.wholeNumberValue, item.nearest.indices.contains(number - 1) else { continue }
                return item.nearest[number - 1].id
            case .escape, .control, .closed: return nil
            default: break
            }
        }
    }

    private func help() throws {
        let words = [
            ("a", "approve: it becomes active"), ("s", "approve as shadow: it is tried out without effect"),
            ("e", "edit title, text, severity and risk ($VISUAL or $EDITOR), and approve"),
            ("r", "reject: it is retired, with a reason"),
            ("m", "merge into one of the nearest: that takes over examples, risks and support"),
            ("k", "leave it for later"), ("b", "back to the last open one"), ("u", "take the last decision back"),
            ("space", "more of a long one; arrows, page up and page down too"), ("q", "quit"),
        ]
        let (width, _) = terminal.size
        var lines = words.flatMap { StyledLine.field($0.0, [($0.1, .plain)], width: width) }
        lines.append("")
        lines += StyledLine.paragraphs(
            "Each decision is kept at once: quitting loses nothing, and the next review goes on from here.",
            width: width)
        _ = try ask(lines, keys: [("any key", "back")])
    }

    // MARK: Editing

    /// What was made of a guideline in the editor, or line by line where there is none; nil where nothing was changed.
    private func edit(_ guideline: Guideline) throws -> GuidelineDecision? {
        guard let editor else { return try editInLines(guideline) }
        let form = EditForm(guideline)
        var text = form.text
        while true {
            let (before, output) = (text, terminal.output)
            let result: String?
            do {
                result = try terminal.lend { try editor.edit(before, output: output) }
            } catch let failure as Failure {
                tell(failure)
                return nil
            }
            guard let result else {
                message = StyledLine("the editor failed; nothing was changed", .red)
                return nil
            }
            text = result
            do {
                let decision = try form.decision(from: text, name: "guideline.yaml")
                if decision == nil { message = StyledLine("nothing was changed, so nothing was decided", .yellow) }
                return decision
            } catch {
                let (width, _) = terminal.size
                let lines = StyledLine.paragraphs(Failure(error).message, .red, width: width)
                switch try ask(lines, keys: [("e", "edit again, as it is now"), ("esc", "drop the changes")]) {
                case .character("e"), .enter: continue
                default:
                    message = StyledLine("the changes were dropped", .yellow)
                    return nil
                }
            }
        }
    }

    private func editInLines(_ guideline: Guideline) throws -> GuidelineDecision? {
        guard let title = try typed("title: ", guideline.title ?? ""),
            let text = try typed("text: ", guideline.text),
            let severity = try typed("severity: ", guideline.severity.rawValue),
            let risk = try typed("risk: ", guideline.risk.joined(separator: " "))
        else { return nil }
        guard let severity = Guideline.Severity(rawValue: severity.lowercased()) else {
            message = StyledLine("severity must be low, medium, high or critical; nothing was changed", .red)
            return nil
        }
        let codes = risk.split { $0.isWhitespace || $0 == "," }.map(String.init)
        let changes = GuidelineChanges(
            title: title == guideline.title ?? "" ? nil : title, text: text == guideline.text ? nil : text,
            severity: severity == guideline.severity ? nil : severity, risk: codes == guideline.risk ? nil : codes)
        guard !changes.isEmpty else {
            message = StyledLine("nothing was changed, so nothing was decided", .yellow)
            return nil
        }
        return GuidelineDecision(id: guideline.id, .edit, changes: changes)
    }

    // MARK: The screen

    private func screen() -> ReviewScreen {
        let open = queue.openCount
        let decided = queue.decisions.count
        guard let item else {
            var lines = [StyledLine(open == 0 ? "Everything is decided." : "That was the last one.", .bold), ""]
            if decided > 0 { lines.append(StyledLine("\(Format.count(decided, "decision")), kept already.")) }
            if open > 0 { lines.append(StyledLine("\(Format.count(open)) left for later: b goes back to them.")) }
            return ReviewScreen(
                heading: (name, "\(Format.count(queue.items.count)) of \(Format.count(queue.items.count))"),
                body: lines, message: message, keys: [("b", "back"), ("u", "undo"), ("q", "quit")])
        }
        let (width, _) = terminal.size
        var keys = [("a", "approve"), ("s", "shadow"), ("e", "edit"), ("r", "reject")]
        if !item.nearest.isEmpty { keys.append(("m", "merge")) }
        keys += [("k", "later"), ("u", "undo"), ("?", "help"), ("q", "quit")]
        let place = "\(Format.count(queue.position + 1)) of \(Format.count(queue.items.count))"
        return ReviewScreen(
            heading: ("\(name)  \(item.guideline.id)", place), body: item.lines(width: width), scroll: scroll,
            message: message, keys: keys)
    }

    /// Draws the current guideline and waits for a key that is none of the screen's own.
    private func show() -> Key {
        while true {
            let screen = screen()
            let layout = draw(screen)
            scroll = layout.scroll
            bodyHeight = layout.bodyHeight
            let key = terminal.key()
            if key != .resized, key != .resumed, key != .control("l") { return key }
        }
    }

    @discardableResult
    private func draw(_ screen: ReviewScreen, input: (label: String, line: LineInput)? = nil) -> ReviewScreen.Layout {
        let (columns, rows) = terminal.size
        var screen = screen
        var cursor: Int?
        if let input {
            let label = PlainText.columns(input.label) < columns / 2 ? input.label : ""
            let window = input.line.window(width: columns - PlainText.columns(label) - 1)
            var line = StyledLine(label, .bold)
            line.append(window.text)
            screen.message = line
            cursor = PlainText.columns(label) + window.cursor
        }
        let layout = screen.layout(columns: columns, rows: rows)
        terminal.draw(
            layout.lines.map { $0.rendered(Terminal(descriptor: terminal.output), width: columns) },
            cursor: cursor.map { (layout.messageRow, $0) })
        return layout
    }

    /// Shows lines instead of the guideline, and waits for a key.
    private func ask(_ lines: [StyledLine], keys: [(String, String)]) throws -> Key {
        var scroll = 0
        while true {
            let heading = (name, item.map { PlainText.line($0.guideline.id) } ?? "")
            let layout = draw(ReviewScreen(heading: heading, body: lines, scroll: scroll, keys: keys))
            scroll = layout.scroll
            switch terminal.key() {
            case .resized, .resumed, .control("l"): continue
            case .stopping, .control("z"): try terminal.suspend()
            case .down, .character(" "): scroll += 1
            case .up: scroll = max(0, scroll - 1)
            case let key: return key
            }
        }
    }

    /// A line that somebody types; nil where they leave it.
    private func typed(_ label: String, _ text: String = "") throws -> String? {
        var line = LineInput(text)
        while true {
            var screen = screen()
            screen.keys = [("enter", "take it"), ("esc", "back")]
            draw(screen, input: (label, line))
            switch terminal.key() {
            case .enter: return line.text.trimmingCharacters(in: .whitespacesAndNewlines)
            case .escape, .control("c"), .closed: return nil
            case .stopping, .control("z"): try terminal.suspend()
            case let key: line.press(key)
            }
        }
    }
}
