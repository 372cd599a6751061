import Fingerpost
import GuidelineStore

/// Writes rails as YAML: one member a line, texts in double quotes.
struct RailsWriter {
    private(set) var text = "rails:\n"

    mutating func append(_ entry: RailsDefinition.Entry) {
        text += "  - check: \(entry.check.check)\n"
        if entry.check.id != entry.check.check { line("id", Self.quoted(entry.check.id)) }
        for (name, value) in entry.check.members.sorted(by: { $0.key < $1.key }) {
            if case .array(let items) = value {
                line(name, "")
                for item in items { text += "      - \(Self.scalar(item))\n" }
            } else {
                line(name, Self.scalar(value))
            }
        }
        line("on_match", Self.text(of: entry.action))
        if !entry.severityActions.isEmpty {
            line("on_severity", "")
            for severity in Guideline.Severity.allCases {
                guard let action = entry.severityActions[severity] else { continue }
                text += "      \(severity.rawValue): \(Self.text(of: action))\n"
            }
        }
        if entry.isShadow { line("shadow", "true") }
        if entry.failurePolicy != .closed { line("on_failure", entry.failurePolicy.rawValue) }
        if entry.rails.count < DecisionRecord.Rail.allCases.count {
            let names = DecisionRecord.Rail.allCases.filter(entry.rails.contains).map(\.rawValue)
            line("rails", "[\(names.joined(separator: ", "))]")
        }
    }

    private mutating func line(_ name: String, _ value: String) {
        text += value.isEmpty ? "    \(name):\n" : "    \(name): \(value)\n"
    }

    private static func text(of action: CheckAction) -> String {
        switch action {
        case .modify(.redact): "redact"
        case .modify(.mask): "mask"
        case .modify(.replace(let text)): "{replace: \(quoted(text))}"
        case .allow, .audit, .warn, .ask, .deny: action.verdict.rawValue
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        if case .string(let text) = value { return quoted(text) }
        return value.jsonText
    }

    /// Text in double quotes, with escapes for what YAML does not print or takes for a line break.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0..<0x20, 0x7F...0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
