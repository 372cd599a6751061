import Platform

extension Guideline {
    /// Longest id, in bytes of UTF-8.
    package static let maximumIDLength = 1024

    /// What defines the content, as 64 digits of lower-case hexadecimal: SHA-256 over the line
    /// `fingerpost guideline 1`, a line feed, and canonical JSON of `condition`, `counterexamples`, `examples`, `text`
    /// and `title` (names in this order, absent fields left out).
    ///
    /// What says how a guideline is treated (kind, status, severity, tags, …) is not part of it: two records that say
    /// the same about the same inputs are duplicates. Meant for ``validated(at:)`` guidelines, whose texts are trimmed.
    public var contentHash: String {
        var members: [String: JSONValue] = ["text": .string(text)]
        members["title"] = title.map(JSONValue.string)
        members["condition"] = condition.map(JSONValue.string)
        if !examples.isEmpty { members["examples"] = .array(examples.map(JSONValue.string)) }
        if !counterexamples.isEmpty { members["counterexamples"] = .array(counterexamples.map(JSONValue.string)) }
        var bytes = Array("fingerpost guideline 1\n".utf8)
        JSONValue.object(members).append(to: &bytes)
        return bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
    }

    /// The id of a guideline whose file gives none: `g_` and the first 16 digits of the content hash.
    package static func derivedID(contentHash: String) -> String {
        "g_" + contentHash.prefix(16)
    }

    /// The guideline as a library keeps it.
    ///
    /// Texts are trimmed, NUL becomes U+FFFD, repeated list items go, and a title repeated at the start of the text
    /// (`Title: text`) is taken out of it, so that nothing counts twice. An empty id is derived from the content.
    ///
    /// - Throws: ``GuidelineStoreError`` naming the field, and the location given: empty text, an id that is too long or
    ///   holds control characters, numbers that are not finite, a version below 1, a relation to nothing or to itself.
    public func validated(at location: InputLocation? = nil) throws(GuidelineStoreError) -> Guideline {
        do throws(FieldProblem) {
            var result = self
            try result.normalizeTexts(at: location)
            try result.checkValues()
            try result.normalizeRelations()
            try result.normalizeID()
            return result
        } catch {
            throw error.problem.isEmpty ? .emptyText(field: error.field, location) : error.located(location)
        }
    }

    private mutating func normalizeTexts(at location: InputLocation?) throws(FieldProblem) {
        text = Self.clean(text)
        guard !text.isEmpty else { throw FieldProblem(field: "text", problem: "") }
        title = title.map(Self.clean).flatMap { $0.isEmpty ? nil : $0 }
        condition = condition.map(Self.clean).flatMap { $0.isEmpty ? nil : $0 }
        language = Self.clean(language)
        if language.isEmpty { language = "en" }
        removeTitleFromText()
        risk = try Self.cleanList(risk, "risk")
        tags = try Self.cleanList(tags, "tags")
        examples = try Self.cleanList(examples, "examples")
        counterexamples = try Self.cleanList(counterexamples, "counterexamples")
    }

    /// As often as it is repeated, so that a guideline that has been validated stays as it is.
    private mutating func removeTitleFromText() {
        while let title, text.hasPrefix(title) {
            let rest = text.dropFirst(title.count)
            if rest.isEmpty {
                self.title = nil
            } else if rest.first == ":" {
                let body = rest.dropFirst().trimmingWhiteSpace()
                if body.isEmpty {
                    self.title = nil
                    text = title
                } else {
                    text = body
                }
            } else {
                return
            }
        }
    }

    private func checkValues() throws(FieldProblem) {
        if let threshold, !threshold.isFinite {
            throw FieldProblem(field: "threshold", problem: "is \(threshold); it must be finite")
        }
        guard version >= 1 else { throw FieldProblem(field: "version", problem: "is \(version); versions begin at 1") }
        for (name, value) in source { try Self.check(value, "source.\(name)", depth: 2) }
        for (name, value) in additionalFields {
            try Self.check(value, name, depth: 1)
            guard GuidelineField(rawValue: name) == nil else {
                throw FieldProblem(field: name, problem: "is a documented field and cannot be an additional one")
            }
        }
    }

    /// What is stored must be JSON that can be read back.
    private static func check(_ value: JSONValue, _ field: String, depth: Int) throws(FieldProblem) {
        guard value.isShallow(inside: depth) else {
            throw FieldProblem(field: field, problem: "is nested deeper than \(JSONParser.maximumDepth) levels")
        }
        guard value.isFinite else { throw FieldProblem(field: field, problem: "holds a number that is not finite") }
    }

    private mutating func normalizeRelations() throws(FieldProblem) {
        var kept: [Relation] = []
        for (index, relation) in relations.enumerated() {
            let relation = Relation(type: relation.type, target: Self.clean(relation.target))
            guard !relation.target.isEmpty else {
                throw FieldProblem(field: "relations[\(index)].target", problem: "")
            }
            guard relation.target != id else {
                throw FieldProblem(field: "relations[\(index)].target", problem: "is the guideline itself")
            }
            if !kept.contains(relation) { kept.append(relation) }
        }
        relations = kept
    }

    private mutating func normalizeID() throws(FieldProblem) {
        id = id.trimmingWhiteSpace()
        if id.isEmpty {
            id = Self.derivedID(contentHash: contentHash)
            return
        }
        guard id.utf8.count <= Self.maximumIDLength else {
            throw FieldProblem(
                field: "id", problem: "is \(id.utf8.count) bytes long; at most \(Self.maximumIDLength) are allowed")
        }
        guard !id.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw FieldProblem(field: "id", problem: "holds a control character")
        }
    }

    private static func clean(_ text: String) -> String {
        let trimmed = text.trimmingWhiteSpace()
        guard trimmed.utf8.contains(0) else { return trimmed }
        return String(String.UnicodeScalarView(trimmed.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    private static func cleanList(_ items: [String], _ field: String) throws(FieldProblem) -> [String] {
        var kept: [String] = []
        kept.reserveCapacity(items.count)
        var seen: Set<String> = []
        for (index, item) in items.enumerated() {
            let item = clean(item)
            guard !item.isEmpty else { throw FieldProblem(field: "\(field)[\(index)]", problem: "") }
            if seen.insert(item).inserted { kept.append(item) }
        }
        return kept
    }
}
