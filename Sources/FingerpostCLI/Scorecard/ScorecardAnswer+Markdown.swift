import Fingerpost

extension ScorecardAnswer {
    /// Tables to paste into a model card: a line a set, a column a system, the best value of a line in bold.
    var markdown: String {
        var blocks = sections.map(block)
        blocks += report.systems.indices.dropFirst().compactMap(contrast)
        blocks.append(report.systems.map { "- \(Self.escaped($0.name)): \($0.summary)" })
        if !notes.isEmpty { blocks.append(notes.map { "- Note: \(Self.escaped($0))" }) }
        blocks.append([
            "`[low, high]` holds \(confidence) of the queries, the same for all systems; the best of several is bold. "
                + "Measured by `fingerpost evaluate`."
        ])
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func block(_ section: ScorecardSection) -> [String] {
        let names = report.systems.map { Self.escaped($0.name) }
        var lines = ["**\(section.metric.explanation)**", ""]
        lines.append(Self.line(["set", section.counted] + names))
        lines.append(Self.line(["---", "--:"] + names.map { _ in "---" }))
        for row in section.rows {
            let cells = row.scores.enumerated().map { system, score in
                guard let score else { return "" }
                let value = Format.score(score.value, signed: false)
                return "\(row.isBest(system) ? "**\(value)**" : value) \(Format.interval(score))"
            }
            lines.append(Self.line([row.isMean ? "*mean*" : Self.escaped(row.name), row.count] + cells))
        }
        return lines
    }

    private func contrast(with other: Int) -> [String]? {
        var rows: [String] = []
        for section in sections {
            for row in section.rows {
                guard let contrast = row.contrasts[other] else { continue }
                rows.append(
                    Self.line([
                        row.isMean ? "*mean*" : Self.escaped(row.name), section.metric.title,
                        Format.estimate(contrast.difference, signed: true),
                        contrast.ratio.map { Format.estimate($0) } ?? "",
                    ]))
            }
        }
        guard !rows.isEmpty else { return nil }
        let names = [report.systems[0].name, report.systems[other].name].map(Self.escaped)
        return [
            "**\(names[0]) against \(names[1])**", "", Self.line(["set", "figure", "difference", "ratio"]),
            Self.line(["---", "---", "---", "---"]),
        ] + rows
    }

    private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

    /// A name on one line, none of whose characters means anything to Markdown. An underscore inside a word does not.
    private static func escaped(_ text: String) -> String {
        let characters = Array(PlainText.line(text))
        var result = ""
        for (place, character) in characters.enumerated() {
            let isInside =
                place > 0 && place + 1 < characters.count
                && [characters[place - 1], characters[place + 1]].allSatisfy { $0.isLetter || $0.isNumber }
            if "\\`*{}[]<>|#&~".contains(character) || (character == "_" && !isInside) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
