/// Guidelines as Parlant's REST interface has them; see ``ParlantInterpreter``. Fields that Parlant does not have stand in
/// the metadata.
struct ParlantWriter: RecordWriter {
    private var list = JSONList()

    mutating func begin(_ bytes: inout [UInt8]) { list.begin(&bytes) }
    mutating func end(_ bytes: inout [UInt8]) { list.end(&bytes) }

    /// Members of Parlant's guidelines that are kept as additional fields here.
    private static let ownMembers = ["labels", "groups", "composition_mode", "track", "effort"]

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        var rest = MetadataMembers(guideline)
        rest.drop(
            "id", "text", "condition", "title", "status", "severity", "priority", "tags", "examples",
            "counterexamples", "relations")
        var members: [(name: String, value: JSONValue)] = [
            ("id", .string(guideline.id)), ("condition", .string(guideline.condition ?? "")),
            ("action", .string(guideline.text)),
        ]
        if case .string? = guideline.additionalFields["description"], let text = rest.take("description") {
            members.append(("description", text))
        }
        if let title = guideline.title { members.append(("title", .string(title))) }
        members += [
            ("enabled", .bool(guideline.status == .active)), ("tags", .array(guideline.tags.map(JSONValue.string))),
            ("criticality", .string(guideline.severity == .critical ? "high" : guideline.severity.rawValue)),
            ("priority", .integer(guideline.priority)),
            ("signals", .array(guideline.examples.map(JSONValue.string))),
            ("anti_signals", .array(guideline.counterexamples.map(JSONValue.string))),
        ]
        if guideline.status == .shadow || guideline.status == .retired { rest.keep("status") }
        if guideline.severity == .critical { rest.keep("severity") }
        for name in Self.ownMembers {
            guard let value = guideline.additionalFields[name], value.optional != nil, value != .array([]),
                let taken = rest.take(name)
            else { continue }
            members.append((name, taken))
        }
        let names = Dictionary(
            uniqueKeysWithValues: ParlantInterpreter.kinds.map { ($1, $0) }.filter { $1 != "dependency_all" })
        let relations = guideline.relations.compactMap { relation -> JSONValue? in
            guard let kind = names[relation.type] else { return nil }
            return .object([
                "kind": .string(kind), "source": .string(guideline.id), "target": .string(relation.target),
            ])
        }
        // Where one kind has no name there, all are kept as they are, for their order.
        if relations.count < guideline.relations.count { rest.keep("relations") }
        if !relations.isEmpty { members.append(("relationships", .array(relations))) }
        members.append(("metadata", rest.metadata))
        list.beginItem(&bytes)
        JSONValue.appendObject(members, to: &bytes)
        return true
    }
}

/// What is left of a guideline for another program's metadata.
struct MetadataMembers {
    private let all: [String: JSONValue]
    private var own: [String: JSONValue]
    private var given: [String: JSONValue] = [:]

    init(_ guideline: Guideline) {
        let filled = Set(guideline.filledFields)
        all = Dictionary(uniqueKeysWithValues: guideline.members { _ in true })
        own = all.filter { filled.contains($0.key) }
        // Metadata that came from there goes back as it was, if it is what reading makes of it.
        if case .object(let members)? = own["metadata"], !members.isEmpty, members[MetadataFields.name] == nil {
            given = members
            own["metadata"] = nil
        }
    }

    mutating func drop(_ names: String...) { for name in names { own[name] = nil } }

    mutating func take(_ name: String) -> JSONValue? { own.removeValue(forKey: name) }

    mutating func keep(_ name: String) { own[name] = all[name] }

    var metadata: JSONValue {
        var members = given
        if !own.isEmpty { members[MetadataFields.name] = .object(own) }
        return .object(members)
    }
}
