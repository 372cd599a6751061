import GuidelineStore

/// What is kept of a guideline while a library is looked through.
struct LintSubject: Sendable {
    var row: Int64
    var id: String
    var status: Guideline.Status
    var authority: Guideline.Authority
    var priority: Int
    var threshold: Double?
    var relations: [Guideline.Relation]
    /// Without clauses where contradictions are not looked for.
    var statement: Statement

    init(_ guideline: Guideline, row: Int64, readsStatement: Bool) {
        self.row = row
        id = guideline.id
        status = guideline.status
        authority = guideline.authority
        priority = guideline.priority
        threshold = guideline.threshold
        relations = guideline.relations
        statement = readsStatement && Statement.reads(guideline.language) ? Statement(guideline) : Statement(text: "")
    }

    /// Whether a relation says what happens if both apply.
    func decides(about other: String) -> Bool {
        relations.contains { $0.target == other && ($0.type == .priority || $0.type == .excludes) }
    }
}
