import Foundation
import GuidelineStore

/// What can be said of the fields of a guideline that are no texts.
struct RecordLint: Sendable {
    let options: LintOptions

    func findings(_ guideline: Guideline) -> [LintFinding] {
        var found: [LintFinding] = []
        if options.rules.contains(.unknownRisk) { checkRisks(guideline, &found) }
        if options.rules.contains(.thresholdRange) { checkThreshold(guideline, &found) }
        if options.rules.contains(.oddField) { checkFields(guideline, &found) }
        return found
    }

    private func checkRisks(_ guideline: Guideline, _ found: inout [LintFinding]) {
        for (place, code) in guideline.risk.enumerated() where !options.ownRisks.contains(where: code.hasPrefix) {
            let message: String
            let suggestion: String?
            switch RiskTaxonomy.standing(of: code) {
            case .known, .own: continue
            case .unknown(let near):
                message = "its list has no code \"\(code)\""
                suggestion = near
            case .foreign(let near):
                message = "\"\(code)\" has no namespace that is known"
                suggestion = near
            }
            found.append(
                LintFinding(
                    .unknownRisk, .warning, [guideline.id], field: "risk[\(place)]", message, evidence: [code],
                    advice: suggestion.map { "Perhaps \"\($0)\" is meant." }
                        ?? "Use a code of \(RiskTaxonomy.namespaces.joined(separator: ", ")), or name your own namespace "
                        + "with --own-risk."))
        }
    }

    private func checkThreshold(_ guideline: Guideline, _ found: inout [LintFinding]) {
        guard let threshold = guideline.threshold else { return }
        let problem: (LintSeverity, String)? =
            switch threshold {
            case ..<(-1): (.error, "is below -1, the least similarity there is: every input reaches it")
            case 1.0.nextUp...: (.error, "is above 1, the greatest similarity there is: no input reaches it")
            case ..<0.05: (.warning, "is so low that nearly every input reaches it")
            case 0.95...: (.warning, "is so high that only a repetition reaches it")
            default: nil
            }
        guard let (severity, words) = problem else { return }
        found.append(
            LintFinding(
                .thresholdRange, severity, [guideline.id], field: "threshold", "the threshold \(words)",
                evidence: ["\(threshold)"], score: threshold,
                advice: "Take it out, or set it between the similarities of what it is meant for and of near misses."))
    }

    // MARK: Fields

    private static let endings = ["expires", "expires_at", "expiry", "valid_until", "valid_to", "effective_until"]
    private static let beginnings = ["valid_from", "effective", "effective_from"]

    private func checkFields(_ guideline: Guideline, _ found: inout [LintFinding]) {
        func add(_ severity: LintSeverity, _ field: String, _ message: String, _ evidence: String, _ advice: String) {
            found.append(
                LintFinding(
                    .oddField, severity, [guideline.id], field: field, message, evidence: [evidence], advice: advice))
        }
        if !Self.isLanguageTag(guideline.language) {
            add(
                .warning, "lang", "is no language tag of BCP 47, so that filters by language miss it",
                guideline.language,
                "Write it as en or pt-BR.")
        }
        for (name, value) in guideline.additionalFields.sorted(by: { $0.key < $1.key }) {
            let text: String? = if case .string(let text) = value { text } else { nil }
            if Self.endings.contains(name) || Self.beginnings.contains(name) {
                guard let text, let date = Self.date(text) else {
                    if case .null = value { continue }
                    add(.note, name, "is no date", text ?? "no text", "Write it as 2026-01-31.")
                    continue
                }
                if Self.endings.contains(name), date < options.date, guideline.status == .active {
                    add(
                        .warning, name, "has passed, and the guideline is active", text, "Retire it, or renew the date."
                    )
                }
                if Self.beginnings.contains(name), date > options.date, guideline.status == .active {
                    add(.note, name, "is to come, and the guideline is active", text, "Make it a draft until then.")
                }
            }
        }
    }

    /// The names of fields that have no effect and may be meant for documented ones.
    func strayFields(_ guideline: Guideline) -> [String] {
        guard options.rules.contains(.oddField) else { return [] }
        return guideline.additionalFields.keys.filter { Self.meant(by: $0) != nil }.sorted()
    }

    /// The finding on a name that so many guidelines have.
    static func finding(strayField name: String, of ids: [String]) -> LintFinding {
        LintFinding(
            .oddField, .warning, ids, field: name,
            "is kept and has no effect" + (ids.count > 1 ? ", in \(ids.count) guidelines" : ""), evidence: [name],
            score: Double(ids.count),
            advice: "If \"\(meant(by: name) ?? name)\" is meant, call it that; what it says counts then.")
    }

    private static func meant(by name: String) -> String? { misspelt[name.lowercased()] ?? near(name) }

    /// Names that other formats have for fields of a guideline.
    private static let misspelt = [
        "example": "examples", "counterexample": "counterexamples", "counter_examples": "counterexamples",
        "negative_examples": "counterexamples", "risks": "risk", "risk_codes": "risk", "tag": "tags",
        "language": "lang", "relation": "relations", "score_threshold": "threshold", "state": "status",
        "conditions": "condition", "enabled": "status",
    ]

    /// A field that the name is one letter off, or one swap.
    private static func near(_ name: String) -> String? {
        let own = Array(name.lowercased().utf8)
        guard own.count >= 4 else { return nil }
        return GuidelineField.allCases.map(\.rawValue).first { field in
            let other = Array(field.utf8)
            guard other.count >= 4, abs(own.count - other.count) <= 1, own != other else { return false }
            var start = 0
            while start < min(own.count, other.count), own[start] == other[start] { start += 1 }
            var end = 0
            while end < min(own.count, other.count) - start, own[own.count - 1 - end] == other[other.count - 1 - end] {
                end += 1
            }
            let (left, right) = (own[start..<(own.count - end)], other[start..<(other.count - end)])
            return max(left.count, right.count) <= 1 || (left.count == 2 && Array(left.reversed()) == Array(right))
        }
    }

    /// Subtags of letters and digits, the first of two, three or eight letters at most.
    private static func isLanguageTag(_ tag: String) -> Bool {
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...8).contains(first.count), first.allSatisfy({ $0.isASCII && $0.isLetter })
        else { return tag == "und" || tag.lowercased().hasPrefix("x-") }
        guard first.count <= 3 || ["mul", "zxx"].contains(first) else { return false }
        return parts.dropFirst().allSatisfy { part in
            (1...8).contains(part.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
    }

    /// The beginning of an ISO 8601 date, `2026-01-31`, as the end of that day in UTC.
    private static func date(_ text: String) -> Date? {
        let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        return calendar.date(from: DateComponents(year: year, month: month, day: day, hour: 23, minute: 59, second: 59))
    }
}
