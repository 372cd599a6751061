import Foundation
import Yams

/// Turns YAML nodes into JSON values, with a bound on how many, so that aliases of aliases cannot fill the memory.
struct YAMLConverter {
    let file: String
    private var budget: Int

    init(file: String, budget: Int) {
        self.file = file
        self.budget = budget
    }

    func location(_ node: Node) -> InputLocation {
        InputLocation(file: file, line: node.mark?.line, column: node.mark?.column)
    }

    func syntax(_ problem: String, _ node: Node) -> GuidelineStoreError {
        .syntax(location(node), format: "YAML", problem: problem)
    }

    /// The members of a guideline, with text fields, and those that are named, as they are written.
    mutating func record(
        _ node: Node, textNames: Set<String> = []
    ) throws(GuidelineStoreError) -> [String: JSONValue] {
        try members(node) { name in
            if textNames.contains(name) { return true }
            return switch GuidelineField(rawValue: name)?.shape {
            case .text, .list: true
            default: false
            }
        }
    }

    private mutating func members(
        _ node: Node, takesText: (String) -> Bool
    ) throws(GuidelineStoreError) -> [String: JSONValue] {
        guard case .mapping(let mapping) = node else { throw syntax("a mapping is expected", node) }
        var members: [String: JSONValue] = [:]
        var merged: [String: JSONValue] = [:]
        for (key, value) in mapping {
            guard case .scalar(let name) = key else { throw syntax("a name must be text", key) }
            if name.string == "<<", name.style == .plain {
                let sources: [Node] = if case .sequence(let items) = value { Array(items) } else { [value] }
                for source in sources {
                    merged.merge(try self.members(source, takesText: takesText)) { first, _ in first }
                }
            } else {
                let name = Self.text(of: name, key)
                members[name] = try convert(value, asText: takesText(name))
            }
        }
        return members.merging(merged) { own, _ in own }
    }

    private mutating func convert(_ node: Node, asText: Bool) throws(GuidelineStoreError) -> JSONValue {
        budget -= 1
        guard budget > 0 else { throw syntax("aliases expand to far more than the document holds", node) }
        switch node {
        case .scalar(let scalar): return scalarValue(scalar, node, asText: asText)
        case .sequence(let items):
            var values: [JSONValue] = []
            values.reserveCapacity(items.count)
            for item in items { values.append(try convert(item, asText: asText)) }
            return .array(values)
        case .mapping: return .object(try members(node) { _ in false })
        case .alias: throw syntax("an alias has no anchor", node)
        }
    }

    /// What a scalar says: text with the tag `!!binary` is in Base64, as an export writes what would not survive the parser.
    private static func text(of scalar: Node.Scalar, _ node: Node) -> String {
        guard node.tag == Tag(.binary), let data = Data(base64Encoded: scalar.string),
            let text = String(validating: data, as: UTF8.self)
        else { return scalar.string }
        return text
    }

    private func scalarValue(_ scalar: Node.Scalar, _ node: Node, asText: Bool) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(Self.text(of: scalar, node)) }
        if node.null != nil { return .null }
        if asText { return .string(scalar.string) }
        switch node.tag {
        case Tag(.bool): return node.bool.map(JSONValue.bool) ?? .string(scalar.string)
        case Tag(.int):
            return node.int.map(JSONValue.integer) ?? node.float.map(JSONValue.number) ?? .string(scalar.string)
        case Tag(.float): return node.float.map(JSONValue.number) ?? .string(scalar.string)
        default: return .string(scalar.string)
        }
    }
}
