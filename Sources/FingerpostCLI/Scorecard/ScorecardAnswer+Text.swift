import Fingerpost

extension ScorecardAnswer {
    /// Tables for people: a line a set, a column a system, the best value of a line marked by an asterisk.
    func text(_ terminal: Terminal) -> String {
        var blocks = sections.map { block($0, terminal) }
        blocks += report.systems.indices.dropFirst().compactMap { contrast(with: $0, terminal) }
        blocks.append(Table.pairs(report.systems.map { (PlainText.line($0.name), $0.summary) }))
        blocks.append([terminal.dim("[low, high] holds \(confidence) of the queries; * marks the best of several.")])
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func block(_ section: ScorecardSection, _ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.left, .right] + report.systems.map { _ in .left })
        table.rows.append(["set", section.counted] + report.systems.map { PlainText.line($0.name) })
        for row in section.rows {
            let cells = row.scores.enumerated().map { system, score in
                score.map { Format.estimate($0) + (row.isBest(system) ? " *" : "") } ?? "-"
            }
            table.rows.append([PlainText.truncated(row.name, width: 40), row.count] + cells)
        }
        return headed(section.metric.explanation, table, terminal)
    }

    /// How the first system compares with another, on all figures that the tables show.
    private func contrast(with other: Int, _ terminal: Terminal) -> [String]? {
        var table = Table(alignments: [.left, .left, .left, .left])
        table.rows.append(["set", "figure", "difference", "ratio"])
        for section in sections {
            for row in section.rows {
                guard let contrast = row.contrasts[other] else { continue }
                table.rows.append([
                    PlainText.truncated(row.name, width: 40), section.metric.title,
                    Format.estimate(contrast.difference, signed: true),
                    contrast.ratio.map { Format.estimate($0) } ?? "-",
                ])
            }
        }
        guard table.rows.count > 1 else { return nil }
        let names = [report.systems[0].name, report.systems[other].name].map(PlainText.line)
        return headed("\(names[0]) against \(names[1])", table, terminal)
    }

    private func headed(_ title: String, _ table: Table, _ terminal: Terminal) -> [String] {
        var lines = table.lines
        lines[0] = terminal.dim(lines[0])
        return [terminal.bold(title)] + lines
    }
}

extension ScorecardReport.System {
    /// What it is and how fast it was.
    var summary: String {
        let identity = encoder.map { "SHA-256 \($0.sha256.prefix(12)), \(Format.count($0.dimension)) numbers; " } ?? ""
        let texts = "\(Format.count(work.textCount, "text")) read at \(Format.rate(work.textsPerSecond))/s"
        guard work.queryCount > 0 else { return identity + texts }
        return "\(identity)\(texts); \(Format.count(work.queryCount, "query", "queries")) ranked in "
            + Format.duration(work.ranking)
    }
}

extension Format {
    /// With a plural that is not formed by an s.
    static func count(_ value: Int, _ noun: String, _ plural: String) -> String {
        "\(count(value)) \(value == 1 ? noun : plural)"
    }
}
