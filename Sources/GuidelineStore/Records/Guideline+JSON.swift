/// A field of a record that is of the wrong type or holds a value that is not allowed.
struct FieldProblem: Error {
    var field: String
    var problem: String

    func located(_ location: InputLocation?) -> GuidelineStoreError {
        .invalidField(field, problem: problem, location)
    }
}

extension Guideline: Codable {
    /// The fields of a record by their names in files. Null means absent; unknown names are kept in
    /// ``additionalFields``. Nothing is derived or checked beyond types: see ``validated(at:)``.
    ///
    /// - Throws: ``GuidelineStoreError/invalidField(_:problem:_:)`` with the name of the field, and the location given.
    public init(json: JSONValue, at location: InputLocation? = nil) throws(GuidelineStoreError) {
        guard case .object(let members) = json else {
            throw .invalidField("guideline", problem: "must be an object, not \(json.typeName)", location)
        }
        do throws(FieldProblem) {
            self = try Guideline(members: members)
        } catch {
            throw error.located(location)
        }
    }

    init(members: [String: JSONValue]) throws(FieldProblem) {
        self.init(id: "", text: "")
        for (name, value) in members { try set(name, to: value) }
    }

    /// The record that a library keeps.
    init(record: UnsafeRawBufferPointer) throws {
        self.init(id: "", text: "")
        try JSONParser.forEachMember(record) { name, value in try set(name, to: value) }
    }

    mutating func set(_ name: String, to value: JSONValue) throws(FieldProblem) {
        guard let field = GuidelineField(rawValue: name) else {
            additionalFields[name] = value
            return
        }
        if case .null = value { return }
        try set(field, to: value)
    }

    private mutating func set(_ field: GuidelineField, to value: JSONValue) throws(FieldProblem) {
        let name = field.rawValue
        switch field {
        case .id: id = try value.string(name)
        case .title: title = try value.string(name)
        case .text: text = try value.string(name)
        case .condition: condition = try value.string(name)
        case .kind: kind = try value.word(name)
        case .status: status = try value.word(name)
        case .authority: authority = try value.word(name)
        case .severity: severity = try value.word(name)
        case .priority: priority = try value.wholeNumber(name)
        case .version: version = try value.wholeNumber(name)
        case .language: language = try value.string(name)
        case .risk: risk = try value.strings(name)
        case .tags: tags = try value.strings(name)
        case .examples: examples = try value.strings(name)
        case .counterexamples: counterexamples = try value.strings(name)
        case .threshold: threshold = try value.realNumber(name)
        case .relations: relations = try Self.relations(value, name)
        case .source: source = try value.members(name)
        }
    }

    private static func relations(_ value: JSONValue, _ name: String) throws(FieldProblem) -> [Relation] {
        var relations: [Relation] = []
        for (index, item) in try value.items(name).enumerated() {
            let members = try item.members("\(name)[\(index)]")
            guard let type = members["type"], let target = members["target"] else {
                throw FieldProblem(field: "\(name)[\(index)]", problem: "needs \"type\" and \"target\"")
            }
            relations.append(
                Relation(
                    type: try type.word("\(name)[\(index)].type"),
                    target: try target.string("\(name)[\(index)].target")))
        }
        return relations
    }

    /// Compact JSON with the fields in their documented order, then the unknown ones by name. Fields that are nil or
    /// empty are left out; equal guidelines give equal text.
    public var jsonText: String {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    package func appendJSON(to bytes: inout [UInt8]) {
        var separator = UInt8(ascii: "{")
        func append(_ name: String, _ value: JSONValue) {
            bytes.append(separator)
            separator = UInt8(ascii: ",")
            JSONValue.appendString(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            value.append(to: &bytes)
        }
        for field in GuidelineField.allCases {
            if let value = value(of: field) { append(field.rawValue, value) }
        }
        for (name, value) in additionalFields.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
        where GuidelineField(rawValue: name) == nil {
            append(name, value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// The record as a JSON value, without fields that are nil or empty.
    public var json: JSONValue {
        var members = additionalFields
        for field in GuidelineField.allCases { members[field.rawValue] = value(of: field) }
        return .object(members)
    }

    private func value(of field: GuidelineField) -> JSONValue? {
        func list(_ items: [String]) -> JSONValue? { items.isEmpty ? nil : .array(items.map(JSONValue.string)) }
        return switch field {
        case .id: .string(id)
        case .title: title.map(JSONValue.string)
        case .text: .string(text)
        case .condition: condition.map(JSONValue.string)
        case .kind: .string(kind.rawValue)
        case .status: .string(status.rawValue)
        case .authority: .string(authority.rawValue)
        case .priority: .integer(priority)
        case .severity: .string(severity.rawValue)
        case .risk: list(risk)
        case .tags: list(tags)
        case .language: .string(language)
        case .examples: list(examples)
        case .counterexamples: list(counterexamples)
        case .threshold: threshold.map(JSONValue.number)
        case .relations:
            relations.isEmpty
                ? nil
                : .array(
                    relations.map { .object(["type": .string($0.type.rawValue), "target": .string($0.target)]) })
        case .source: source.isEmpty ? nil : .object(source)
        case .version: .integer(version)
        }
    }

    public init(from decoder: any Decoder) throws {
        do {
            self = try Guideline(json: JSONValue(from: decoder))
        } catch let error as GuidelineStoreError {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }
}

// MARK: - Typed access

extension JSONValue {
    func string(_ field: String) throws(FieldProblem) -> String {
        guard case .string(let value) = self else { throw wrongType(field, "text") }
        return value
    }

    func wholeNumber(_ field: String) throws(FieldProblem) -> Int {
        switch self {
        case .integer(let value): return value
        case .number(let value):
            guard let exact = Int(exactly: value) else { throw wrongType(field, "a whole number") }
            return exact
        default: throw wrongType(field, "a whole number")
        }
    }

    func realNumber(_ field: String) throws(FieldProblem) -> Double {
        switch self {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: throw wrongType(field, "a number")
        }
    }

    func items(_ field: String) throws(FieldProblem) -> [JSONValue] {
        guard case .array(let value) = self else { throw wrongType(field, "a list") }
        return value
    }

    func strings(_ field: String) throws(FieldProblem) -> [String] {
        guard case .array(let values) = self else { throw wrongType(field, "a list of texts") }
        var strings: [String] = []
        strings.reserveCapacity(values.count)
        for (index, value) in values.enumerated() { strings.append(try value.string("\(field)[\(index)]")) }
        return strings
    }

    func members(_ field: String) throws(FieldProblem) -> [String: JSONValue] {
        guard case .object(let value) = self else { throw wrongType(field, "an object") }
        return value
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ field: String) throws(FieldProblem) -> Word {
        let text = try string(field)
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw FieldProblem(field: field, problem: "is \"\(text)\"; it must be one of \(known)")
        }
        return word
    }

    private func wrongType(_ field: String, _ expected: String) -> FieldProblem {
        FieldProblem(field: field, problem: "must be \(expected), not \(typeName)")
    }
}
