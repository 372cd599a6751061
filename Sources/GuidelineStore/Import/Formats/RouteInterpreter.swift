/// Routes of semantic-router: the utterances are examples, and the score from which the route counts is the threshold.
///
/// The name is the id. The description is the text, or the name where there is none. Metadata and members that have no
/// field here are kept under their names.
/// https://docs.aurelio.ai/semantic-router
final class RouteInterpreter: RecordInterpreter {
    func guidelines(in record: ImportedRecord) throws(GuidelineStoreError) -> [FoundGuideline] {
        let guideline = try interpreting(record) { members throws(FieldProblem) in
            let name = try members.requiredText("name")
            let description = try members.text("description")
            let isDescribed = description?.contains { !$0.isWhitespace } ?? false
            var guideline = Guideline(id: name, text: isDescribed ? description ?? name : name)
            guideline.examples = try members.texts("utterances")
            if let threshold = members["score_threshold"]?.optional {
                guideline.threshold = try threshold.realNumber("score_threshold")
            }
            for (name, value) in members
            where !Self.known.contains(name) && value.optional != nil {
                guideline.keep(value, named: name, of: .semanticRouter)
            }
            guideline.source = ImportFormat.semanticRouter.source(at: record.location)
            try ParlantInterpreter.restore(&guideline, from: members["metadata"])
            return guideline
        }
        return [FoundGuideline(guideline: guideline, location: record.location)]
    }

    private static let known: Set<String> = ["name", "description", "utterances", "score_threshold", "metadata"]
}

/// Policies of a NeMo Guardrails evaluation: the description is the text. What else a policy has (`weight`,
/// `apply_to_all`) is kept under its name.
/// https://github.com/NVIDIA/NeMo-Guardrails/tree/develop/nemoguardrails/eval
final class PolicyInterpreter: RecordInterpreter {
    func guidelines(in record: ImportedRecord) throws(GuidelineStoreError) -> [FoundGuideline] {
        let guideline = try interpreting(record) { members throws(FieldProblem) in
            var guideline = Guideline(
                id: try members.requiredText("id"), text: try members.requiredText("description"))
            for (name, value) in members
            where name != "id" && name != "description" && value.optional != nil {
                guideline.keep(value, named: name, of: .nemoPolicies)
            }
            guideline.source = ImportFormat.nemoPolicies.source(at: record.location)
            return guideline
        }
        return [FoundGuideline(guideline: guideline, location: record.location)]
    }
}
