/// A guideline as a record tells it, before it is checked.
struct FoundGuideline {
    var guideline: Guideline
    var location: InputLocation
}

/// What a format's records mean.
///
/// An interpreter says everything that is wrong with a record before it keeps anything of it, so that a record can be
/// passed over as a whole.
protocol RecordInterpreter: AnyObject {
    /// The guidelines that a record holds. None where they are told later, by ``finish(_:notice:fault:)`` or the merger.
    func guidelines(in record: ImportedRecord) throws(GuidelineStoreError) -> [FoundGuideline]

    /// What is left to tell after the last record; `remainder` is what stood beside the list of them. `fault` hears of what
    /// cannot be used of it.
    func finish(
        _ remainder: [String: JSONValue], notice: (ImportNotice) -> Void, fault: (GuidelineStoreError) throws -> Void
    ) throws -> [FoundGuideline]
}

extension RecordInterpreter {
    func finish(
        _ remainder: [String: JSONValue], notice: (ImportNotice) -> Void, fault: (GuidelineStoreError) throws -> Void
    ) throws -> [FoundGuideline] {
        []
    }
}

extension ImportFormat {
    func interpreter(file: String, merger: GuidelineMerger) -> any RecordInterpreter {
        switch self {
        case .jsonl, .json, .csv, .tsv, .yaml, .markdown: NativeInterpreter()
        case .dprTraining: MergingInterpreter(PairInterpreter(), file: file, merger: merger)
        case .dprResults: MergingInterpreter(ResultInterpreter(), file: file, merger: merger)
        case .dprTSV: PassageInterpreter()
        case .guideAlignRules: MergingInterpreter(RulesInterpreter(), file: file, merger: merger)
        case .parlant: ParlantInterpreter(file: file)
        case .semanticRouter: RouteInterpreter()
        case .nemoPolicies: PolicyInterpreter()
        }
    }

    /// The `source` of a guideline that another program's file holds: what it was, and where.
    func source(at location: InputLocation) -> [String: JSONValue] {
        let name = location.file.split(separator: "/").last.map(String.init) ?? location.file
        var source: [String: JSONValue] = [
            "type": .string("import"), "format": .string(rawValue),
            "ref": .string(location.line.map { "\(name):\($0)" } ?? name),
        ]
        if let record = location.record { source["record"] = .integer(record) }
        return source
    }
}

/// The project's own records.
final class NativeInterpreter: RecordInterpreter {
    func guidelines(in record: ImportedRecord) throws(GuidelineStoreError) -> [FoundGuideline] {
        let guideline: Guideline
        do throws(FieldProblem) {
            guideline = try Guideline(members: record.members)
        } catch {
            throw error.located(record.location)
        }
        guard record.members["text"]?.optional != nil else {
            throw .invalidField("text", problem: "is missing", record.location)
        }
        return [FoundGuideline(guideline: guideline, location: record.location)]
    }
}

/// Rows of passages: each is a guideline.
final class PassageInterpreter: RecordInterpreter {
    func guidelines(in record: ImportedRecord) throws(GuidelineStoreError) -> [FoundGuideline] {
        var members = record.members
        let (id, title, text) = try interpreting(record) { members throws(FieldProblem) in
            (try members.text("id"), try members.text("title"), try members.requiredText("text"))
        }
        for name in ["id", "title", "text"] { members[name] = nil }
        var guideline = Guideline(
            id: id ?? "", title: title, text: text, source: ImportFormat.dprTSV.source(at: record.location))
        for (name, value) in members { guideline.keep(value, named: name, of: .dprTSV) }
        return [FoundGuideline(guideline: guideline, location: record.location)]
    }
}

extension [String: JSONValue] {
    /// The text of a member; nil where it is absent or null.
    func text(_ name: String, in path: String = "") throws(FieldProblem) -> String? {
        try self[name]?.optional?.string(path + name)
    }

    func requiredText(_ name: String, in path: String = "") throws(FieldProblem) -> String {
        guard let text = try text(name, in: path) else { throw FieldProblem(field: path + name, problem: "is missing") }
        guard text.contains(where: { !$0.isWhitespace }) else { throw FieldProblem(field: path + name, problem: "") }
        return text
    }

    func list(_ name: String) throws(FieldProblem) -> [JSONValue] {
        try self[name]?.optional?.items(name) ?? []
    }

    func texts(_ name: String) throws(FieldProblem) -> [String] {
        try self[name]?.optional?.strings(name) ?? []
    }
}

/// Runs the reading of a record and says where it failed.
func interpreting<Result>(
    _ record: ImportedRecord, _ body: ([String: JSONValue]) throws(FieldProblem) -> Result
) throws(GuidelineStoreError) -> Result {
    do throws(FieldProblem) {
        return try body(record.members)
    } catch {
        throw error.problem.isEmpty
            ? .emptyText(field: error.field, record.location) : error.located(record.location)
    }
}
