/// Training pairs of DPR, which Guide-Align uses for its guidelines: the passages that fit a question are guidelines, and
/// the question is an example of each.
///
/// A passage that has no title at all is split at its first colon (``TitledText``); an empty title means that there is
/// none. Passages that do not fit are not read: that one was not paired with a question says nothing about it.
/// https://github.com/facebookresearch/DPR#retriever-input-data-format
struct PairInterpreter: MergedFormat {
    let format = ImportFormat.dprTraining

    func sightings(in record: ImportedRecord) throws(GuidelineStoreError) -> (found: [Sighting], input: String?) {
        try interpreting(record) { members throws(FieldProblem) in
            let question = try members.requiredText("question")
            guard members["positive_ctxs"]?.optional != nil else {
                throw FieldProblem(field: "positive_ctxs", problem: "is missing")
            }
            return (try Self.sightings(members, "positive_ctxs"), question)
        }
    }

    /// The passages of a list.
    static func sightings(
        _ members: [String: JSONValue], _ name: String
    ) throws(FieldProblem) -> [Sighting] {
        var sightings: [Sighting] = []
        for (index, item) in try members.list(name).enumerated() {
            let path = "\(name)[\(index)]."
            let context = try item.members("\(name)[\(index)]")
            let text = try context.requiredText("text", in: path)
            var id: String?
            for key in ["passage_id", "psg_id", "id"] {
                // Some writers keep ids as numbers.
                if case .integer(let number)? = context[key] {
                    id = id ?? String(number)
                } else if let given = try context.text(key, in: path) {
                    id = id ?? given
                }
            }
            id = id.flatMap { $0.trimmingWhiteSpace().isEmpty ? nil : $0 }
            var (title, body): (String?, String) = (try context.text("title", in: path), text)
            if title == nil { (title, body) = TitledText.split(text) }
            sightings.append(Sighting(title: title, text: body, id: id, field: path + "text"))
        }
        return sightings
    }
}

/// Passages that DPR found for questions. That a passage was found for a question does not mean that it fits, so the
/// questions become no examples.
struct ResultInterpreter: MergedFormat {
    let format = ImportFormat.dprResults

    func sightings(in record: ImportedRecord) throws(GuidelineStoreError) -> (found: [Sighting], input: String?) {
        try interpreting(record) { members throws(FieldProblem) in
            _ = try members.text("question")
            guard members["ctxs"]?.optional != nil else { throw FieldProblem(field: "ctxs", problem: "is missing") }
            return (try PairInterpreter.sightings(members, "ctxs"), nil)
        }
    }
}
