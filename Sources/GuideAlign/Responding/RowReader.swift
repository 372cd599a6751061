import GuidelineStore

/// The members of a row that this program wrote, with errors that name the line and the field.
struct RowReader: Sendable {
    var members: [String: JSONValue]
    var location: InputLocation?

    func text(_ name: String) throws(GuidelineStoreError) -> String {
        guard let text = try optionalText(name) else { throw missing(name) }
        return text
    }

    func optionalText(_ name: String) throws(GuidelineStoreError) -> String? {
        switch members[name] ?? .null {
        case .null: return nil
        case .string(let text): return text
        case let value: throw wrong(name, "text", value)
        }
    }

    func texts(_ name: String) throws(GuidelineStoreError) -> [String] {
        guard case .array(let values) = members[name] ?? .array([]) else {
            throw wrong(name, "a list", members[name] ?? .null)
        }
        var texts: [String] = []
        for value in values {
            guard case .string(let text) = value else { throw wrong(name, "a list of texts", value) }
            texts.append(text)
        }
        return texts
    }

    func integer(_ name: String) throws(GuidelineStoreError) -> Int? {
        switch members[name] ?? .null {
        case .null: return nil
        case .integer(let value): return value
        case let value: throw wrong(name, "a whole number", value)
        }
    }

    func number(_ name: String) throws(GuidelineStoreError) -> Double? {
        switch members[name] ?? .null {
        case .null: return nil
        case .integer(let value): return Double(value)
        case .number(let value): return value
        case let value: throw wrong(name, "a number", value)
        }
    }

    func bool(_ name: String) throws(GuidelineStoreError) -> Bool? {
        switch members[name] ?? .null {
        case .null: return nil
        case .bool(let value): return value
        case let value: throw wrong(name, "a truth value", value)
        }
    }

    func object(_ name: String) throws(GuidelineStoreError) -> RowReader {
        guard let row = try optionalObject(name) else { throw missing(name) }
        return row
    }

    func optionalObject(_ name: String) throws(GuidelineStoreError) -> RowReader? {
        switch members[name] ?? .null {
        case .null: return nil
        case .object(let members): return RowReader(members: members, location: location)
        case let value: throw wrong(name, "an object", value)
        }
    }

    func objects(_ name: String) throws(GuidelineStoreError) -> [RowReader] {
        guard case .array(let values) = members[name] ?? .null else {
            throw wrong(name, "a list", members[name] ?? .null)
        }
        var rows: [RowReader] = []
        for value in values {
            guard case .object(let members) = value else { throw wrong(name, "a list of objects", value) }
            rows.append(RowReader(members: members, location: location))
        }
        return rows
    }

    func missing(_ name: String) -> GuidelineStoreError {
        .invalidField(name, problem: "is missing", location)
    }

    private func wrong(_ name: String, _ wanted: String, _ found: JSONValue) -> GuidelineStoreError {
        .invalidField(name, problem: "must be \(wanted), not \(found.typeName)", location)
    }
}

extension JSONValue {
    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    static func optional(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
    static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    static func optional(_ value: Bool?) -> JSONValue { value.map(JSONValue.bool) ?? .null }
    /// In the shortest digits that tell the number from its neighbours.
    static func optional(_ value: Float?) -> JSONValue {
        value.map { .number(Double($0.description) ?? Double($0)) } ?? .null
    }
}
