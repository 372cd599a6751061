import GuidelineStore

/// Reads inputs from files and logs, and counts what is none.
public struct GapReading: Sendable, Hashable {
    /// From this time on; what has no time is then left out. Nil for all.
    public var since: LogTime?

    /// Inputs that were handed over.
    public private(set) var inputCount = 0
    /// Decisions whose text was not kept, of which nothing can be learned.
    public private(set) var withoutTextCount = 0
    /// Decisions on outputs and retrieved texts, which are no inputs.
    public private(set) var otherRailCount = 0
    /// Inputs from before ``since``, or without a time.
    public private(set) var earlyCount = 0

    public init(since: LogTime? = nil) { self.since = since }

    /// Reads JSON Lines of inputs, `{"id","text"}`, or `query` or `prompt` in the place of `text`, with `count`,
    /// `severity`, `time` (or `ts`), `decision` and `matched` or not; or of a decision log, in which the records of a
    /// decision follow each other and count as one input. The two may be mixed.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault.
    public mutating func read(_ source: InputSource, into intake: inout GapIntake) throws {
        let reader = try JSONLinesReader(source)
        var decision: [DecisionRecord] = []
        var missed: [String] = []
        while let line = try reader.next() {
            guard line.members["check"] != nil || line.members["note"] != nil else {
                try take(Self.input(line), into: &intake)
                continue
            }
            switch try DecisionEntry(line) {
            case .note(let note):
                if note.review == .missed { missed.append(note.decision) }
            case .record(let record):
                if let first = decision.first, first.decision.id != record.decision.id {
                    try take(decision, into: &intake)
                    decision = []
                }
                decision.append(record)
            }
        }
        try take(decision, into: &intake)
        for id in missed { intake.addMissed(decision: id) }
    }

    /// Reads the decisions of an archive, and what reviewers found missing in them.
    ///
    /// - Throws: ``GuidelineStoreError``.
    public mutating func read(_ archive: DecisionArchive, into intake: inout GapIntake) throws {
        var filter = DecisionFilter()
        filter.since = since
        try archive.forEachDecision(matching: filter) { try take($0, into: &intake) }
        try archive.forEachNote { note in
            if note.review == .missed { intake.addMissed(decision: note.decision) }
        }
    }

    private mutating func take(_ decision: [DecisionRecord], into intake: inout GapIntake) throws {
        guard let first = decision.first else { return }
        guard first.rail == .input else {
            otherRailCount += 1
            return
        }
        guard let text = decision.lazy.compactMap(\.text).first else {
            withoutTextCount += 1
            return
        }
        var severity = decision.compactMap(\.severity).max { $0.gapWeight < $1.gapWeight }
        // What was stopped for no rule of a severity was not harmless.
        if severity == nil, first.decision.verdict >= .ask { severity = .high }
        let counted = decision.filter { !$0.isShadow }
        try take(
            GapInput(
                id: first.decision.id, text: text, severity: severity, time: first.time, decision: first.decision.id,
                wasMatched: counted.contains { !$0.matched.isEmpty }), into: &intake)
    }

    private mutating func take(_ input: GapInput, into intake: inout GapIntake) throws {
        if let since, input.time.map({ $0 < since }) ?? true {
            earlyCount += 1
            return
        }
        inputCount += 1
        try intake.add(input)
    }

    // MARK: A line

    private static func input(_ line: JSONLine) throws(GuidelineStoreError) -> GapInput {
        func fault(_ field: String, _ problem: String) -> GuidelineStoreError {
            .invalidField(field, problem: problem, line.location)
        }
        func text(_ field: String) throws(GuidelineStoreError) -> String? {
            switch line.members[field] {
            case nil, .null: return nil
            case .string(let text): return text
            default: throw fault(field, "must be a string")
            }
        }
        var found: String?
        for field in ["text", "query", "prompt"] where found == nil { found = try text(field) }
        guard let found else { throw fault("text", "is missing (query and prompt are read too)") }
        guard found.contains(where: { !$0.isWhitespace }) else { throw .emptyText(field: "text", line.location) }
        var input = GapInput(id: try text("id"), text: found, decision: try text("decision"))
        switch line.members["count"] {
        case nil, .null: break
        case .integer(let count) where (1...1_000_000_000_000).contains(count): input.count = count
        default: throw fault("count", "must be a number from 1 to 10^12")
        }
        if let name = try text("severity") {
            guard let severity = Guideline.Severity(rawValue: name) else {
                throw fault(
                    "severity",
                    "must be one of \(Guideline.Severity.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            input.severity = severity
        }
        for field in ["time", "ts"] where input.time == nil {
            guard let value = try text(field) else { continue }
            guard let time = LogTime(value) else { throw fault(field, "is no time such as 2026-03-01T09:30:00Z") }
            input.time = time
        }
        switch line.members["matched"] {
        case nil, .null: break
        case .bool(let matched): input.wasMatched = matched
        case .array(let rules): input.wasMatched = !rules.isEmpty
        default: throw fault("matched", "must be a list, true or false")
        }
        return input
    }
}
