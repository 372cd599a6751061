/// Routes of semantic-router; see ``RouteInterpreter``. Fields that a route does not have stand in its metadata. The
/// encoder that a router names beside its routes is its user's to add.
enum Route {
    /// Members of routes that are kept as additional fields here.
    private static let ownMembers = ["function_schemas", "llm"]

    static func members(of guideline: Guideline) -> [(name: String, value: JSONValue)] {
        var rest = MetadataMembers(guideline)
        rest.drop("id", "text", "examples", "threshold")
        var members: [(name: String, value: JSONValue)] = [
            ("name", .string(guideline.id)), ("utterances", .array(guideline.examples.map(JSONValue.string))),
            ("description", .string(guideline.text)),
            ("score_threshold", guideline.threshold.map(JSONValue.number) ?? .null),
        ]
        for name in ownMembers {
            guard let value = guideline.additionalFields[name], value.optional != nil, let taken = rest.take(name)
            else { continue }
            members.append((name, taken))
        }
        members.append(("metadata", rest.metadata))
        return members
    }
}

struct RouteWriter: RecordWriter {
    private var list = JSONList(opening: "{\"routes\":[", closing: "]}\n")

    mutating func begin(_ bytes: inout [UInt8]) { list.begin(&bytes) }
    mutating func end(_ bytes: inout [UInt8]) { list.end(&bytes) }

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        list.beginItem(&bytes)
        JSONValue.appendObject(Route.members(of: guideline), to: &bytes)
        return true
    }
}

struct RouteYAMLWriter: RecordWriter {
    private var list = YAMLList(name: "routes")

    mutating func begin(_ bytes: inout [UInt8]) { list.begin(&bytes) }
    mutating func end(_ bytes: inout [UInt8]) { list.end(&bytes) }

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        list.append(Route.members(of: guideline), to: &bytes)
        return true
    }
}
