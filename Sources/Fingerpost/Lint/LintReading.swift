import GuidelineStore
import Platform

/// One pass over the guidelines of a library: what each says by itself, and what later steps need of it.
struct LintReading {
    private(set) var subjects: [LintSubject] = []
    /// All guidelines, for their relations.
    private(set) var nodes: [RelationLint.Node] = []
    private(set) var counterexamples: [(row: Int64, ordinal: Int, text: String)] = []
    private var withoutExamples: [String] = []
    private var withoutRisk: [String] = []
    private var strayFields: [String: [String]] = [:]

    private let library: GuidelineLibrary
    private let options: LintOptions
    private let threads: Int
    private static let blockLength = 2_048

    init(_ library: GuidelineLibrary, _ options: LintOptions, threads: Int) throws {
        self.library = library
        self.options = options
        self.threads = threads
    }

    private typealias Item = (row: Int64, guideline: Guideline)

    mutating func run(_ progress: (LintProgress) throws -> Void, into report: inout LintReport) throws {
        let total = try library.database.count
        var block: [Item] = []
        var done = 0
        try library.database.forEachGuideline { row, guideline in
            nodes.append(.init(id: guideline.id, status: guideline.status, relations: guideline.relations))
            done += 1
            guard guideline.status != .retired else { return }
            block.append((row, guideline))
            guard block.count == Self.blockLength else { return }
            try progress(LintProgress(stage: .reading, completed: done, total: total))
            try read(block, into: &report)
            block.removeAll(keepingCapacity: true)
        }
        try read(block, into: &report)
        report.guidelineCount = subjects.count
        summarize(into: &report)
    }

    private mutating func read(_ block: [Item], into report: inout LintReport) throws {
        let texts = TextLint(options: options, encoder: library.encoder)
        let records = RecordLint(options: options)
        let readsStatement = options.rules.contains(.contradiction)
        let results = ParallelResults<(LintSubject, [LintFinding]), Never>(count: block.count)
        Parallel.forEachRange(block.count, chunk: 16, threads: threads) { range, _ in
            for place in range {
                results.set(place) {
                    let (row, guideline) = block[place]
                    return (
                        LintSubject(guideline, row: row, readsStatement: readsStatement),
                        texts.findings(guideline) + records.findings(guideline)
                    )
                }
            }
        }
        for ((row, guideline), (subject, found)) in zip(block, results.values()) {
            subjects.append(subject)
            report.findings += found
            for name in records.strayFields(guideline) { strayFields[name, default: []].append(guideline.id) }
            if guideline.examples.isEmpty { withoutExamples.append(guideline.id) }
            if guideline.risk.isEmpty, guideline.kind == .safety { withoutRisk.append(guideline.id) }
            if options.rules.contains(.counterexampleRetrieved) {
                counterexamples += guideline.counterexamples.enumerated().map { (row, $0, $1) }
            }
        }
    }

    /// What concerns many guidelines in the same way is told once.
    private func summarize(into report: inout LintReport) {
        for (name, ids) in strayFields.sorted(by: { $0.key < $1.key }) {
            report.findings.append(RecordLint.finding(strayField: name, of: ids))
        }
        if options.rules.contains(.noExamples), !withoutExamples.isEmpty {
            report.findings.append(
                LintFinding(
                    .noExamples, .note, withoutExamples, field: "examples",
                    "\(withoutExamples.count) of \(subjects.count) guidelines have no example",
                    score: Double(withoutExamples.count),
                    advice: "Add three or more inputs that each should find: inputs look like inputs, not like advice.")
            )
        }
        if options.rules.contains(.missingRisk), !withoutRisk.isEmpty {
            report.findings.append(
                LintFinding(
                    .missingRisk, .note, withoutRisk, field: "risk",
                    "\(withoutRisk.count) of \(subjects.count) guidelines are about safety and have no risk code",
                    score: Double(withoutRisk.count),
                    advice: "Add codes such as mlc:vcr or lg3:S1; reports, filters and thresholds by risk miss them."))
        }
    }
}
