import Fingerpost
import GuidelineStore

/// What differs between two states of a guideline, to be printed.
struct GuidelineDifferenceAnswer {
    var library: String
    var id: String
    var before: Guideline?
    var after: Guideline?

    var json: JSON {
        [
            "library": .string(library), "id": .string(id), "from": .optional(before?.version),
            "to": .optional(after?.version), "changes": GuidelineDifference(from: before, to: after).json,
        ]
    }

    func text(_ terminal: Terminal) -> String {
        let heading = terminal.bold(PlainText.line(id)) + "  \(Self.name(before)) -> \(Self.name(after))"
        let lines = GuidelineDifference(from: before, to: after).lines(terminal)
        return ([heading] + (lines.isEmpty ? ["No field differs."] : lines)).joined(separator: "\n")
    }

    static func name(_ guideline: Guideline?) -> String { guideline.map { "version \($0.version)" } ?? "none" }
}

/// What differs between two states of a library, to be printed.
struct LibraryDifferenceAnswer {
    var library: String
    var from: Int
    var to: Int
    var changes: [GuidelineChange]

    var json: JSON {
        [
            "library": .string(library), "from": .integer(from), "to": .integer(to),
            "guidelines": .array(
                changes.map { change in
                    [
                        "id": .string(change.id), "change": .string(Self.name(change)),
                        "fromVersion": .optional(change.before?.version),
                        "toVersion": .optional(change.after?.version),
                        "changes": GuidelineDifference(from: change.before, to: change.after).json,
                    ]
                }),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var lines: [String] = []
        for change in changes {
            lines.append("\(Self.name(change)) \(terminal.bold(PlainText.line(change.id)))")
            if change.before != nil, change.after != nil {
                lines += GuidelineDifference(from: change.before, to: change.after).lines(terminal)
            } else if let guideline = change.before ?? change.after {
                lines.append("  " + PlainText.truncated(guideline.title ?? guideline.text, width: terminal.width - 2))
            }
        }
        let counts = ["added", "updated", "removed"].map { name in
            "\(Format.count(changes.count { Self.name($0) == name })) \(name)"
        }
        lines.append("Library version \(from) -> \(to): \(counts.joined(separator: ", "))")
        return lines.joined(separator: "\n")
    }

    private static func name(_ change: GuidelineChange) -> String {
        change.before == nil ? "added" : change.after == nil ? "removed" : "updated"
    }
}

extension GuidelineDifference {
    fileprivate var json: JSON {
        .array(
            changes.map { change in
                [
                    "field": .string(change.field), "before": change.before.map(JSON.value) ?? .null,
                    "after": change.after.map(JSON.value) ?? .null,
                    "words": change.words.map { words in
                        .array(words.map { ["kind": .string($0.kind.rawValue), "text": .string($0.text)] })
                    } ?? .null,
                ]
            })
    }

    /// A line for each field, with the words that went and came in a text.
    fileprivate func lines(_ terminal: Terminal) -> [String] {
        changes.flatMap { change -> [String] in
            let name = "  \(PlainText.line(change.field)): "
            if let words = change.words {
                let text = words.map { part in
                    let text = PlainText.escaped(part.text, keepingLineBreaks: false)
                    // White space at the end stays outside the marks.
                    let core = String(text.reversed().drop(while: \.isWhitespace).reversed())
                    let rest = String(text.dropFirst(core.count))
                    return switch part.kind {
                    case .kept: text
                    case .removed: terminal.red("[-\(core)-]") + rest
                    case .added: terminal.green("{+\(core)+}") + rest
                    }
                }
                return [name + text.joined()]
            }
            var lines: [String] = []
            if let before = change.before { lines.append(name + terminal.red("- \(Self.text(before))")) }
            if let after = change.after { lines.append(name + terminal.green("+ \(Self.text(after))")) }
            return lines
        }
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { return PlainText.line(text) }
        return PlainText.line(value.jsonText)
    }
}
