import GuidelineStore

/// The fields of a line of a corpus, of queries or of pairs, with errors that name the line.
struct SetLine {
    let line: JSONLine

    var location: InputLocation { line.location }

    func has(_ names: String...) -> Bool { names.contains { value($0) != nil } }

    /// The value of the first of the fields that is there; null counts as absent.
    private func value(_ name: String) -> JSONValue? {
        guard let value = line.members[name], value != .null else { return nil }
        return value
    }

    /// The first of the fields that is there.
    func text(_ names: String...) throws(GuidelineStoreError) -> String? {
        for name in names {
            switch value(name) {
            case nil: continue
            case .string(let text): return text
            case let other?: throw wrongType(name, other, "text")
            }
        }
        return nil
    }

    /// The first of the fields that is there, which must have a character that is no white space.
    func requiredText(_ names: String...) throws(GuidelineStoreError) -> String {
        for name in names {
            guard let text = try text(name) else { continue }
            guard text.contains(where: { !$0.isWhitespace }) else { throw .emptyText(field: name, location) }
            return text
        }
        throw missing(names[0])
    }

    func number(_ name: String) throws(GuidelineStoreError) -> Double {
        guard let value = value(name) else { throw missing(name) }
        return try number(value, name)
    }

    /// The relevant ids with their grades; nil where the line has none of the fields.
    ///
    /// Every id of `positives` has grade 1 unless `grades` gives it another; a grade of 0 or less says not relevant.
    func relevance() throws(GuidelineStoreError) -> [String: Double]? {
        var relevance: [String: Double] = [:]
        if let positives = value("positives") {
            guard case .array(let values) = positives else { throw wrongType("positives", positives, "a list of ids") }
            for (place, value) in values.enumerated() {
                guard case .string(let id) = value else { throw wrongType("positives[\(place)]", value, "text") }
                relevance[id] = 1
            }
        }
        if let grades = value("grades") {
            guard case .object(let members) = grades else {
                throw wrongType("grades", grades, "an object of numbers by id")
            }
            for (id, value) in members.sorted(by: { $0.key < $1.key }) {
                let grade = try number(value, "grades.\(id)")
                relevance[id] = grade > 0 ? grade : nil
            }
        }
        return has("positives", "grades") ? relevance : nil
    }

    func missing(_ name: String) -> GuidelineStoreError {
        .invalidField(name, problem: "is missing", location)
    }

    private func number(_ value: JSONValue, _ name: String) throws(GuidelineStoreError) -> Double {
        switch value {
        case .integer(let number): return Double(number)
        case .number(let number):
            guard number.isFinite else { throw .invalidField(name, problem: "is too large", location) }
            return number
        default: throw wrongType(name, value, "a number")
        }
    }

    private func wrongType(_ name: String, _ value: JSONValue, _ expected: String) -> GuidelineStoreError {
        .invalidField(name, problem: "must be \(expected), not \(value.typeName)", location)
    }
}
