import ArgumentParser
import Fingerpost

/// Some of the rules, as an argument: names with commas.
struct LintRuleList: ExpressibleByArgument {
    var rules: [LintRule]

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        rules = names.compactMap { LintRule(rawValue: $0.lowercased()) }
        guard rules.count == names.count, !rules.isEmpty else { return nil }
    }

    static var allValueStrings: [String] { LintRule.allCases.map(\.rawValue) }
}

/// From which severity on findings are a failure.
struct FailureLevel: ExpressibleByArgument {
    /// Nil where nothing is.
    var severity: LintSeverity?

    init(severity: LintSeverity?) { self.severity = severity }

    init?(argument: String) {
        severity = LintSeverity(rawValue: argument.lowercased())
        if severity == nil, argument.lowercased() != "never" { return nil }
    }

    static var allValueStrings: [String] { LintSeverity.allCases.map(\.rawValue) + ["never"] }
    var defaultValueDescription: String { severity?.rawValue ?? "never" }

    func isReached(by report: LintReport) -> Bool {
        guard let severity else { return false }
        return report.findings.contains { $0.severity >= severity }
    }
}

extension LintProgress.Stage {
    var label: String {
        switch self {
        case .reading: "Reading"
        case .encoding: "Encoding"
        case .retrieval: "Searching"
        case .duplicates: "Comparing"
        case .contradictions: "Looking for contradictions"
        }
    }
}
