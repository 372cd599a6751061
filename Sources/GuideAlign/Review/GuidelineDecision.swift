import GuidelineStore

/// What a reviewer has decided about a guideline.
public struct GuidelineDecision: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// It becomes active.
        case approve
        /// It is tried out: found, told, without effect.
        case shadow
        /// It is changed, and becomes active.
        case edit
        /// It is retired.
        case reject
        /// Another guideline takes over what it adds, and it is retired.
        case merge
    }

    public var id: String
    public var kind: Kind
    /// The guideline to merge into.
    public var target: String?
    /// What is changed by an edit.
    public var changes: GuidelineChanges
    public var reason: String?
    /// The version that was looked at; nil where any will do.
    public var version: Int?
    /// Where it was read.
    public var location: InputLocation?

    public init(
        id: String, _ kind: Kind, into target: String? = nil, changes: GuidelineChanges = GuidelineChanges(),
        reason: String? = nil, version: Int? = nil, location: InputLocation? = nil
    ) {
        self.id = id
        self.kind = kind
        self.target = target
        self.changes = changes
        self.reason = reason
        self.version = version
        self.location = location
    }
}

/// New values for fields of a guideline; nil leaves a field as it is.
public struct GuidelineChanges: Sendable, Hashable {
    /// Empty for none.
    public var title: String?
    public var text: String?
    public var severity: Guideline.Severity?
    public var risk: [String]?

    public init(
        title: String? = nil, text: String? = nil, severity: Guideline.Severity? = nil, risk: [String]? = nil
    ) {
        self.title = title
        self.text = text
        self.severity = severity
        self.risk = risk
    }

    public var isEmpty: Bool { self == GuidelineChanges() }

    /// Applies the changes.
    func apply(to guideline: inout Guideline) {
        if let title { guideline.title = title }
        if let text { guideline.text = text }
        if let severity { guideline.severity = severity }
        if let risk { guideline.risk = risk }
    }
}

extension GuidelineDecision {
    /// Reads a line of a file of decisions:
    /// `{"id","decision","into","title","text","severity","risk","reason","version"}`, of which `id` and `decision` are
    /// required. Null means absent; other members are an error, since a misspelt one would be without effect.
    ///
    /// - Throws: ``GuideAlignError/review(_:_:)`` with the line.
    public init(_ line: JSONLine) throws(GuideAlignError) {
        var fields = Fields(line)
        fields.id = try fields.text("id")
        guard let id = fields.id, !id.isEmpty else { throw fields.error("has no id") }
        let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        guard let name = try fields.text("decision") else { throw fields.error("has no \"decision\": one of \(names)") }
        guard let kind = Kind(rawValue: name) else {
            throw fields.error("is \"\(name)\"; it must be one of \(names)")
        }
        self.init(id: id, kind, location: line.location)
        target = try fields.text("into")
        reason = try fields.text("reason")
        changes.title = try fields.text("title")
        changes.text = try fields.text("text")
        changes.risk = try fields.texts("risk")
        if let name = try fields.text("severity") {
            guard let severity = Guideline.Severity(rawValue: name) else {
                let known = Guideline.Severity.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.error("has the severity \"\(name)\"; it must be one of \(known)")
            }
            changes.severity = severity
        }
        switch fields.take("version") {
        case nil: break
        case .integer(let number)? where number >= 1: version = number
        default: throw fields.error("has a \"version\" that is no version: a number from 1")
        }
        if let unknown = fields.rest.keys.sorted().first {
            throw fields.error("has a member \"\(unknown)\" that means nothing here")
        }
        if let problem = inconsistency { throw fields.error(problem) }
    }

    /// What does not fit together; nil where all does.
    var inconsistency: String? {
        if kind == .merge, target == nil { return "does not say what to merge \"into\"" }
        if kind != .merge, target != nil { return "has \"into\" and is no merge" }
        if kind == .edit, changes.isEmpty { return "changes nothing: give title, text, severity or risk" }
        if kind != .edit, !changes.isEmpty { return "changes fields and is no edit" }
        return nil
    }

    /// The members of a line that have not been read yet.
    private struct Fields {
        var rest: [String: JSONValue]
        var id: String?
        let location: InputLocation

        init(_ line: JSONLine) {
            rest = line.members
            location = line.location
        }

        mutating func take(_ name: String) -> JSONValue? {
            let value = rest.removeValue(forKey: name)
            return value == .null ? nil : value
        }

        mutating func text(_ name: String) throws(GuideAlignError) -> String? {
            switch take(name) {
            case nil: return nil
            case .string(let text)?: return text
            default: throw error("has a \"\(name)\" that is no text")
            }
        }

        mutating func texts(_ name: String) throws(GuideAlignError) -> [String]? {
            guard let value = take(name) else { return nil }
            guard case .array(let values) = value else { throw error("has a \"\(name)\" that is no list of texts") }
            var texts: [String] = []
            for value in values {
                guard case .string(let text) = value else { throw error("has a \"\(name)\" that is no list of texts") }
                texts.append(text)
            }
            return texts
        }

        func error(_ problem: String) -> GuideAlignError { .review(.invalid(id: id, problem: problem), location) }
    }
}
