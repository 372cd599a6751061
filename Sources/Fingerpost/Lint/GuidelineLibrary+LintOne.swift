import GuidelineStore

extension GuidelineLibrary {
    /// What can be said of one guideline without looking at the whole library: its texts, its fields, its relations, and
    /// whether it contradicts one of its neighbours. What rules measure by searching is left out.
    ///
    /// - Parameters:
    ///   - guideline: may be one that the library does not have yet.
    ///   - neighbors: guidelines near it, such as ``nearest(to:limit:)`` finds.
    /// - Returns: The gravest findings first.
    /// - Complexity: O(length of the texts).
    public func lint(
        _ guideline: Guideline, beside neighbors: [Guideline] = [], options: LintOptions = LintOptions()
    ) throws -> [LintFinding] {
        try options.validate()
        var report = LintReport()
        report.findings = TextLint(options: options, encoder: encoder).findings(guideline)
        let records = RecordLint(options: options)
        report.findings += records.findings(guideline)
        report.findings += records.strayFields(guideline).map {
            RecordLint.finding(strayField: $0, of: [guideline.id])
        }
        if options.rules.contains(.noExamples), guideline.examples.isEmpty {
            report.findings.append(
                LintFinding(
                    .noExamples, .note, [guideline.id], field: "examples", "it has no example",
                    advice: "Add three or more inputs that should find it."))
        }
        if options.rules.contains(.missingRisk), guideline.risk.isEmpty, guideline.kind == .safety {
            report.findings.append(
                LintFinding(
                    .missingRisk, .note, [guideline.id], field: "risk", "it is about safety and has no risk code",
                    advice: "Add codes such as mlc:vcr or lg3:S1."))
        }
        report.findings += try relationFindings(guideline, options)
        if options.rules.contains(.contradiction) {
            let own = LintSubject(guideline, row: 0, readsStatement: true)
            report.findings += neighbors.compactMap { other in
                ContradictionSearch.finding(own, LintSubject(other, row: 0, readsStatement: true))
            }
        }
        report.sort()
        return report.findings
    }

    /// Findings on the guideline's own relations.
    private func relationFindings(_ guideline: Guideline, _ options: LintOptions) throws -> [LintFinding] {
        guard !guideline.relations.isEmpty else { return [] }
        var nodes = [RelationLint.Node(id: guideline.id, status: guideline.status, relations: guideline.relations)]
        let targets = Set(guideline.relations.map(\.target)).subtracting([guideline.id]).sorted()
        for case let target? in try database.guidelines(ids: targets) {
            nodes.append(.init(id: target.id, status: target.status, relations: target.relations))
        }
        return RelationLint(nodes).findings(options.rules).filter { $0.ids.first == guideline.id }
    }
}

extension ContradictionSearch {
    /// A contradiction between two guidelines, where nobody has said which of them prevails.
    static func finding(_ one: LintSubject, _ other: LintSubject) -> LintFinding? {
        guard !one.decides(about: other.id), !other.decides(about: one.id),
            let evidence = Contradiction.between(one.statement, other.statement)
        else { return nil }
        let isRanked = one.authority != other.authority || one.priority != other.priority
        return LintFinding(
            .contradiction, isRanked ? .note : .warning, [one.id, other.id], field: "text",
            "asks for the opposite of \(other.id)", evidence: [evidence.first, evidence.second],
            advice: "Keep one, say when each applies, or relate them with priority or excludes.")
    }
}
