import Fingerpost
import GuidelineStore

/// The members of a request, taken one after the other; what nobody has taken at the end is unknown.
struct SidecarFields {
    private var members: [String: JSONValue]
    private var known = ["id"]
    let place: InputLocation
    var operation = ""

    init(_ members: [String: JSONValue], _ place: InputLocation) {
        self.members = members
        self.place = place
    }

    func failure(_ code: String, _ problem: String) -> Failure {
        Failure(code: code, message: "\(place): \(problem).", line: place.line, isInputError: true)
    }

    func invalid(_ name: String, _ problem: String) -> Failure {
        failure("invalid_field", "\"\(name)\" \(problem)")
    }

    /// Null means absent.
    mutating func take(_ name: String) -> JSONValue? {
        known.append(name)
        guard let value = members.removeValue(forKey: name), value != .null else { return nil }
        return value
    }

    /// The client's id. A number must be one that comes back as it was.
    mutating func identifier() throws -> JSONValue? {
        guard let value = members.removeValue(forKey: "id") else { return nil }
        switch value {
        case .null: return nil
        case .string, .integer: return value
        case .number(let number) where number.magnitude < 9_007_199_254_740_992: return value
        case .number: throw invalid("id", "is a number too large to be given back as it is; give it as a text")
        default: throw invalid("id", "must be text or a number, not \(value.typeName)")
        }
    }

    /// The operation asked for, or the one that the other members mean.
    mutating func operationName() throws -> String {
        if let name = try optionalText("op") { return name }
        if members["messages"] != nil { return "prompt" }
        if members["query"] != nil { return "search" }
        throw failure(
            "missing_op",
            "the request has neither \"query\" nor \"messages\" nor an \"op\", one of "
                + SidecarRequest.operations.joined(separator: ", "))
    }

    /// - Throws: where a member is left, naming it.
    func finish() throws {
        guard let name = members.keys.min() else { return }
        throw failure(
            "unknown_field",
            "\"\(name)\" is no field of the operation \(operation), whose fields are \(known.joined(separator: ", "))")
    }
}

// MARK: Values

extension SidecarFields {
    mutating func optionalText(_ name: String) throws -> String? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value else { throw invalid(name, "must be text, not \(value.typeName)") }
        return text
    }

    /// A text that has to be there, with something in it.
    mutating func text(_ name: String) throws -> String {
        guard let text = try optionalText(name) else { throw invalid(name, "is missing") }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw failure("empty_text", "\"\(name)\" is empty; there is nothing to search for")
        }
        return text
    }

    mutating func flag(_ name: String) throws -> Bool {
        guard let value = take(name) else { return false }
        guard case .bool(let flag) = value else { throw invalid(name, "must be true or false, not \(value.typeName)") }
        return flag
    }

    mutating func wholeNumber(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = take(name) else { return nil }
        guard case .integer(let number) = value else {
            throw invalid(name, "must be a whole number, not \(value.jsonText.prefix(40))")
        }
        guard range.contains(number) else {
            let most =
                range.upperBound == .max
                ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw invalid(name, "is \(number); it must be \(most)")
        }
        return number
    }

    mutating func realNumber(_ name: String, in range: ClosedRange<Double>? = nil) throws -> Double? {
        guard let value = take(name) else { return nil }
        let number: Double
        switch value {
        case .integer(let whole): number = Double(whole)
        case .number(let real): number = real
        default: throw invalid(name, "must be a number, not \(value.typeName)")
        }
        guard Float(number).isFinite else { throw invalid(name, "is \(number); it must be a finite number") }
        if let range, !range.contains(number) {
            throw invalid(name, "is \(number); it must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of the names of an enumeration.
    mutating func word<Word: RawRepresentable & CaseIterable>(_ name: String) throws -> Word?
    where Word.RawValue == String {
        guard let text = try optionalText(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw invalid(
                name,
                "is \"\(text)\"; it must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }
}
