import Fingerpost
import GuideAlign
import GuidelineStore

extension GuidelineReview.Item {
    private static let shownInputs = 6

    /// Everything that a reviewer is shown, in lines of at most so many columns.
    func lines(width: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        if let title = guideline.title { lines += StyledLine.paragraphs(title, .bold, width: width) }
        lines += StyledLine.paragraphs(guideline.text, width: width)
        lines.append("")
        func field(_ name: String, _ values: [(text: String, style: StyledLine.Style)]) {
            guard !values.isEmpty else { return }
            lines += StyledLine.field(name, values, width: width)
        }
        func field(_ name: String, _ values: [String]) { field(name, values.map { ($0, .plain) }) }
        if let condition = guideline.condition { field("when", [condition]) }
        field("is", [labels])
        if !guideline.tags.isEmpty { field("tags", [guideline.tags.joined(separator: ", ")]) }
        field("from", [provenance])
        field("examples", guideline.examples.map { "- \($0)" })
        field("not for", guideline.counterexamples.map { "- \($0)" })
        field("relations", guideline.relations.map { "\($0.type.rawValue) \($0.target)" })
        field("lint", findings.map { ($0.words, $0.severity == .note ? .plain : .yellow) })
        field("nearest", nearest.enumerated().map { ($1.words(number: $0 + 1), $1.isOpposite ? .yellow : .plain) })
        return lines
    }

    private var labels: String {
        var words = [guideline.kind.rawValue, "\(guideline.severity.rawValue) severity"]
        if guideline.authority != .guideline { words.append("authority \(guideline.authority.rawValue)") }
        if guideline.priority != 0 { words.append("priority \(guideline.priority)") }
        words.append(guideline.risk.isEmpty ? "no risk code" : "risk \(guideline.risk.joined(separator: " "))")
        if guideline.language != "en" { words.append("language \(guideline.language)") }
        if guideline.status != .draft { words.append(guideline.status.rawValue) }
        return words.joined(separator: ", ")
    }

    /// How it came about: the fields of the source, those first that are most telling.
    private var provenance: String {
        var words = ["support \(Format.count(guideline.support))"]
        let first = ["type", "model", "prompt_hash", "ref"]
        let names =
            first.filter { guideline.source[$0] != nil }
            + guideline.source.keys.filter { !first.contains($0) && $0 != "review" }.sorted()
        for name in names {
            guard let value = guideline.source[name] else { continue }
            switch value {
            case .null: continue
            case .string(let text): words.append(name == "type" ? text : "\(name) \(text)")
            case .array(let values):
                let shown = values.prefix(Self.shownInputs).map(Self.words).joined(separator: " ")
                let more = values.count - Self.shownInputs
                words.append("\(name) \(shown)" + (more > 0 ? " and \(more) more" : ""))
            default: words.append("\(name) \(Self.words(value))")
            }
        }
        if case .array(let merged)? = guideline.additionalFields["merged"] {
            words.append("\(Format.count(merged.count)) merged into it")
        }
        return words.joined(separator: ", ")
    }

    private static func words(_ value: JSONValue) -> String {
        if case .string(let text) = value { text } else { JSON.value(value).text }
    }
}

extension GuidelineNeighbor {
    /// `1  0.815 active doses, opposite: Leave doses to professionals: …`.
    func words(number: Int) -> String {
        "\(number)  \(Format.score(similarity)) \(guideline.status.rawValue) \(id)\(isOpposite ? ", opposite" : ""): "
            + (guideline.title.map { "\($0): " } ?? "") + guideline.text
    }
}

extension LintFinding {
    /// `warning payload: text: it speaks to the model ("ignore all …")`.
    fileprivate var words: String {
        let marks = evidence.map { "\"\($0)\"" }.joined(separator: ", ")
        return "\(severity.rawValue) \(rule.rawValue): \(message)" + (marks.isEmpty ? "" : " (\(marks))")
    }
}
