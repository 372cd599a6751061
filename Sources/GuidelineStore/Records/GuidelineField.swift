/// The documented fields of a guideline record, by their names in files.
package enum GuidelineField: String, CaseIterable, Sendable {
    case id, title, text, condition, kind, status, authority, priority, severity, risk, tags
    case language = "lang"
    case examples, counterexamples, threshold, relations, source, version

    /// What a field holds, for formats that know text alone.
    enum Shape { case text, list, integer, number, relations, object }

    var shape: Shape {
        switch self {
        case .id, .title, .text, .condition, .kind, .status, .authority, .severity, .language: .text
        case .risk, .tags, .examples, .counterexamples: .list
        case .priority, .version: .integer
        case .threshold: .number
        case .relations: .relations
        case .source: .object
        }
    }

    /// Turns the text that CSV or a Markdown attribute gives into the JSON value that the field expects.
    ///
    /// Lists are JSON arrays or are split at any of `separators`; relations are JSON or `type:target` items; a source
    /// that is no JSON object becomes `{"ref": text}`. Text that does not fit is passed on, to fail as a wrong type.
    func value(of text: String, separators: Set<Character>) -> JSONValue {
        let trimmed = text.trimmingWhiteSpace()
        if shape != .text, trimmed.hasPrefix("[") || trimmed.hasPrefix("{"),
            let value = try? JSONValue(parsing: trimmed)
        {
            return value
        }
        switch shape {
        case .text: return .string(text)
        case .list: return .array(Self.items(trimmed, separators).map(JSONValue.string))
        case .integer: return Int(trimmed).map(JSONValue.integer) ?? .string(text)
        case .number: return Double(trimmed).map(JSONValue.number) ?? .string(text)
        case .object: return .object(["ref": .string(trimmed)])
        case .relations:
            return .array(
                Self.items(trimmed, separators).map { item in
                    guard let colon = item.firstIndex(of: ":") else { return .string(item) }
                    return .object([
                        "type": .string(String(item[..<colon])),
                        "target": .string(String(item[item.index(after: colon)...])),
                    ])
                })
        }
    }

    /// A column for fields that have none of their own.
    static let additionalFields = "additional_fields"

    private static func items(_ text: String, _ separators: Set<Character>) -> [String] {
        text.split(whereSeparator: separators.contains).map { $0.trimmingWhiteSpace() }.filter { !$0.isEmpty }
    }

    /// Reads cells named as columns of a table or as attributes into the members of a JSON record. Names that begin
    /// with `source.` are members of the source; unknown names are kept as text; empty cells are absent.
    static func record(
        ofCells cells: [(name: String, text: String)], separators: Set<Character>
    ) -> [String: JSONValue] {
        var record: [String: JSONValue] = [:]
        var source: [String: JSONValue] = [:]
        for (name, text) in cells where !text.trimmingWhiteSpace().isEmpty {
            if name == additionalFields, case .object(let members)? = try? JSONValue(parsing: text) {
                record.merge(members) { column, _ in column }
            } else if let field = GuidelineField(rawValue: name) {
                record[name] = field.value(of: text, separators: separators)
            } else if name.hasPrefix("source."), name.count > 7 {
                source[String(name.dropFirst(7))] = .string(text)
            } else {
                record[name] = .string(text)
            }
        }
        guard !source.isEmpty else { return record }
        switch record["source"] {
        case .object(let given): record["source"] = .object(given.merging(source) { _, column in column })
        case nil: record["source"] = .object(source)
        default: break
        }
        return record
    }
}

extension StringProtocol {
    /// Without white space and line breaks at either end.
    func trimmingWhiteSpace() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
