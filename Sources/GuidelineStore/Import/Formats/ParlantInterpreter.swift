/// Guidelines as Parlant's REST interface answers them: one by one, each in a list, or with their relationships.
///
/// `action` becomes the text, `criticality` the severity, `signals` and `anti_signals` the examples and
/// counterexamples; a guideline that is not `enabled` is a draft. One without an action only observes: its description
/// or else its condition is the text. Members that have no field here are kept under their names, and `metadata` that
/// holds fields of ours (as an export writes them) gives them back.
/// https://www.parlant.io/docs/concepts/customization/guidelines
final class ParlantInterpreter: RecordInterpreter {
    private let file: String
    private var found: [FoundGuideline] = []
    private var relationships: [(JSONValue, field: String, location: InputLocation)] = []
    /// How many relationships of each kind have no counterpart here.
    private var leftOut: [String: Int] = [:]

    init(file: String) { self.file = file }

    func guidelines(in record: ImportedRecord) throws(GuidelineStoreError) -> [FoundGuideline] {
        let (guideline, relations) = try interpreting(record) { members throws(FieldProblem) in
            let wrapped = members["guideline"]?.optional ?? members["rule"]?.optional
            let inner = try wrapped?.members("guideline") ?? members
            var guideline = try Self.guideline(inner)
            guideline.source = ImportFormat.parlant.source(at: record.location)
            try Self.restore(&guideline, from: inner["metadata"])
            return (guideline, try members.list("relationships"))
        }
        // Relations come last, so a guideline is checked here, where it can still be passed over.
        _ = try guideline.validated(at: record.location)
        for (index, relation) in relations.enumerated() {
            relationships.append((relation, "relationships[\(index)]", record.location))
        }
        found.append(FoundGuideline(guideline: guideline, location: record.location))
        return []
    }

    func finish(
        _ remainder: [String: JSONValue], notice: (ImportNotice) -> Void, fault: (GuidelineStoreError) throws -> Void
    ) throws -> [FoundGuideline] {
        let place = InputLocation(file: file)
        do throws(FieldProblem) {
            for (index, relation) in try remainder.list("relationships").enumerated() {
                relationships.append((relation, "relationships[\(index)]", place))
            }
        } catch {
            try fault(error.located(place))
        }
        try relate(fault)
        if !leftOut.isEmpty { notice(.relationshipsLeftOut(file: file, counts: leftOut)) }
        return found
    }

    // MARK: Guidelines

    private static let known: Set<String> = [
        "id", "condition", "action", "description", "title", "enabled", "tags", "metadata", "criticality", "priority",
        "signals", "anti_signals", "relationships", "modified_utc", "creation_utc",
    ]

    private static func guideline(_ members: [String: JSONValue]) throws(FieldProblem) -> Guideline {
        let condition = try members.text("condition")
        let action = try members.text("action")
        let description = try members.text("description")
        var guideline = Guideline(id: try members.text("id") ?? "", text: "")
        if let action, action.contains(where: { !$0.isWhitespace }) {
            guideline.text = action
            guideline.condition = condition
            if let description { guideline.additionalFields["description"] = .string(description) }
        } else if let description, description.contains(where: { !$0.isWhitespace }) {
            guideline.text = description
            guideline.condition = condition
        } else {
            guideline.text = try members.requiredText("condition")
        }
        guideline.title = try members.text("title")
        if let enabled = members["enabled"]?.optional {
            guard case .bool(let enabled) = enabled else {
                throw FieldProblem(field: "enabled", problem: "must be true or false, not \(enabled.typeName)")
            }
            guideline.status = enabled ? .active : .draft
        }
        if let criticality = members["criticality"]?.optional {
            guideline.severity = try criticality.word("criticality")
        }
        if let priority = members["priority"]?.optional { guideline.priority = try priority.wholeNumber("priority") }
        guideline.tags = try tags(members)
        guideline.examples = try members.texts("signals")
        guideline.counterexamples = try members.texts("anti_signals")
        for (name, value) in members where !known.contains(name) {
            switch value {
            // What is empty by default says nothing.
            case .null, .array([]): continue
            default: guideline.keep(value, named: name, of: .parlant)
            }
        }
        return guideline
    }

    /// Tags are ids, or objects with a name.
    private static func tags(_ members: [String: JSONValue]) throws(FieldProblem) -> [String] {
        var tags: [String] = []
        for (index, tag) in try members.list("tags").enumerated() {
            if case .object(let tag) = tag {
                let path = "tags[\(index)]."
                if let name = try tag.text("name", in: path) {
                    tags.append(name)
                } else {
                    tags.append(try tag.requiredText("id", in: path))
                }
            } else {
                tags.append(try tag.string("tags[\(index)]"))
            }
        }
        return tags
    }

    /// Fields of ours that stand in the metadata; the rest of it stays metadata.
    static func restore(_ guideline: inout Guideline, from metadata: JSONValue?) throws(FieldProblem) {
        guard let metadata = metadata?.optional else { return }
        guard case .object(var members) = metadata else {
            guideline.additionalFields["metadata"] = metadata
            return
        }
        if case .object(let own)? = members.removeValue(forKey: MetadataFields.name) {
            try guideline.merge(own, in: "metadata.\(MetadataFields.name)")
        }
        if !members.isEmpty { guideline.additionalFields["metadata"] = .object(members) }
    }

    // MARK: Relationships

    private func relate(_ fault: (GuidelineStoreError) throws -> Void) throws {
        guard !relationships.isEmpty else { return }
        var indexes: [String: Int] = [:]
        for (index, found) in found.enumerated() { indexes[found.guideline.id] = index }
        for (value, field, location) in relationships {
            do throws(FieldProblem) {
                let members = try value.members(field)
                let kind = try members.requiredText("kind", in: field + ".")
                guard let type = Self.kinds[kind],
                    let source = try Self.end(members, "source", field), let index = indexes[source],
                    let target = try Self.end(members, "target", field), target != source
                else {
                    leftOut[kind, default: 0] += 1
                    continue
                }
                let relation = Guideline.Relation(type: type, target: target)
                if !found[index].guideline.relations.contains(relation) {
                    found[index].guideline.relations.append(relation)
                }
            } catch {
                try fault(
                    error.problem.isEmpty ? .emptyText(field: error.field, location) : error.located(location))
            }
        }
    }

    /// Parlant's names of the kinds that have a counterpart.
    static let kinds: [String: Guideline.Relation.Kind] = [
        "entailment": .entails, "priority": .priority, "dependency": .dependsOnAll, "dependency_all": .dependsOnAll,
        "dependency_any": .dependsOnAny,
    ]

    /// The guideline at one end of a relationship: an id, or the guideline itself. Nil where it is a tag or a tool.
    private static func end(
        _ members: [String: JSONValue], _ side: String, _ field: String
    ) throws(FieldProblem) -> String? {
        for name in [side, "\(side)_guideline", "\(side)_rule"] {
            switch members[name]?.optional {
            case nil: continue
            case .object(let guideline)?: return try guideline.text("id", in: "\(field).\(name).")
            case let value?: return try value.string("\(field).\(name)")
            }
        }
        return nil
    }
}

/// The member of another program's metadata in which an export keeps the fields that the format has no place for.
enum MetadataFields {
    static let name = "fingerpost"
}

extension Guideline {
    /// Keeps a member that another program's records have and that means nothing here. One that is named as a field of
    /// ours, which it need not mean, has the format's name in front.
    mutating func keep(_ value: JSONValue, named name: String, of format: ImportFormat) {
        let isOurs = GuidelineField(rawValue: name) != nil
        additionalFields[isOurs ? "\(format.rawValue).\(name)" : name] = value
    }

    /// Sets the fields that are named.
    mutating func merge(_ members: [String: JSONValue], in path: String) throws(FieldProblem) {
        for (name, value) in members {
            do throws(FieldProblem) {
                try set(name, to: value)
            } catch {
                throw FieldProblem(field: "\(path).\(error.field)", problem: error.problem)
            }
        }
    }
}
