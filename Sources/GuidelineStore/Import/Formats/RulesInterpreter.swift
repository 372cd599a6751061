/// Prompts with the rules that a model wrote for each (Guide-Align's first stage): each rule is a guideline, and the
/// prompt is an example of it.
struct RulesInterpreter: MergedFormat {
    let format = ImportFormat.guideAlignRules

    func sightings(in record: ImportedRecord) throws(GuidelineStoreError) -> (found: [Sighting], input: String?) {
        try interpreting(record) { members throws(FieldProblem) in
            let prompt = try members.requiredText("prompt")
            return (try Self.rules(members), prompt)
        }
    }

    /// The rules of a record, which are one text of several lines, or a list of texts or of titles with texts.
    private static func rules(_ members: [String: JSONValue]) throws(FieldProblem) -> [Sighting] {
        switch members["rules"]?.optional {
        case nil: throw FieldProblem(field: "rules", problem: "is missing")
        case .string(let text)?:
            return RuleLines.rules(in: text).map { sighting($0, field: "rules") }
        case .array(let items)?:
            var sightings: [Sighting] = []
            for (index, item) in items.enumerated() {
                let field = "rules[\(index)]"
                if case .object(let rule) = item {
                    let text = try rule.requiredText("text", in: field + ".")
                    guard let title = try rule.text("title", in: field + ".") else {
                        sightings.append(sighting(text, field: field))
                        continue
                    }
                    sightings.append(Sighting(title: title, text: text, id: nil, field: field))
                } else {
                    // One text of the list may itself be several lines, or carry its number.
                    sightings += RuleLines.rules(in: try item.string(field)).map { sighting($0, field: field) }
                }
            }
            return sightings
        case let other?:
            throw FieldProblem(field: "rules", problem: "must be text or a list, not \(other.typeName)")
        }
    }

    private static func sighting(_ rule: String, field: String) -> Sighting {
        let (title, text) = TitledText.split(rule)
        return Sighting(title: title, text: text, id: nil, field: field)
    }
}
