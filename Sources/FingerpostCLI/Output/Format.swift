import Foundation

/// Numbers as people read them.
enum Format {
    /// `12,345`.
    static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var result = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return result
    }

    /// `1 guideline`, `12,345 guidelines`.
    static func count(_ value: Int, _ noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    static func decimal(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", value)
    }

    /// `.734`, as scores and rates are written; `1.000`.
    static func score(_ value: Double) -> String {
        decimal(value, 3)
    }

    /// `85 us`, `12.3 ms`, `4.56 s`, `3 min 20 s`.
    static func duration(_ value: Duration) -> String {
        let seconds = value / .seconds(1)
        switch seconds {
        case ..<0.001: return "\(decimal(seconds * 1e6, seconds < 1e-5 ? 1 : 0)) us"
        case ..<1: return "\(decimal(seconds * 1e3, seconds < 0.01 ? 2 : 1)) ms"
        case ..<60: return "\(decimal(seconds, 2)) s"
        default: return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
        }
    }

    /// `3:07`, for what is left.
    static func clock(_ seconds: Double) -> String {
        let seconds = seconds.isFinite ? Int(max(0, min(seconds, 359_999)).rounded(.up)) : 359_999
        let rest = String(format: "%02d", seconds % 60)
        guard seconds >= 3600 else { return "\(seconds / 60):\(rest)" }
        return "\(seconds / 3600):\(String(format: "%02d", seconds / 60 % 60)):\(rest)"
    }

    /// `512 B`, `7.8 MB`: powers of ten.
    static func bytes(_ value: Int) -> String {
        let units = ["kB", "MB", "GB", "TB"]
        guard value >= 1000 else { return "\(value) B" }
        var amount = Double(value) / 1000
        var unit = 0
        while amount >= 999.5, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        return "\(decimal(amount, amount < 10 ? 1 : 0)) \(units[unit])"
    }

    /// A number of items a second, with as many digits as mean anything.
    static func rate(_ value: Double) -> String {
        value < 10 ? decimal(value, 1) : count(Int(min(value, 1e15).rounded()))
    }
}

/// Columns of text, each as wide as its widest cell.
struct Table {
    enum Alignment { case left, right }

    var alignments: [Alignment]
    var rows: [[String]] = []

    /// The lines, without white space at their ends.
    var lines: [String] {
        let widths = alignments.indices.map { column in
            rows.map { $0.indices.contains(column) ? PlainText.columns($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() where column < widths.count {
                let padding = String(repeating: " ", count: widths[column] - PlainText.columns(cell))
                if column > 0 { line += "  " }
                line += alignments[column] == .left ? cell + padding : padding + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Names and values, for reports.
    static func pairs(_ rows: [(String, String)]) -> [String] {
        Table(alignments: [.left, .left], rows: rows.map { [$0.0, $0.1] }).lines
    }
}
