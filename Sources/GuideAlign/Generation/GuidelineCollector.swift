import GuidelineStore

/// Brings together the guidelines of many inputs: one that says the same is the same, with more support.
struct GuidelineCollector {
    private struct Entry {
        var guideline: Guideline
        var support = 0
        var inputs: [String] = []
        var examples: [String] = []
        var types: [String] = []
    }

    private let options: GenerationOptions
    private let source: [String: JSONValue]
    private var entries: [Entry] = []
    private var places: [String: Int] = [:]

    init(options: GenerationOptions, prompts: PromptSet, model: String) {
        self.options = options
        source = [
            "type": .string("llm"), "model": .string(model), "prompts": .string(prompts.version),
            "promptHash": .string(String(prompts.hash.prefix(16))),
        ]
    }

    /// Takes in the guidelines that an input has led to; nil for one that the store refuses.
    ///
    /// - Returns: Their ids, each once.
    mutating func add(_ found: [(entry: GuidelineLines.Entry, isSafety: Bool)], from input: GenerationInput) -> [String]
    {
        var ids: [String] = []
        for (entry, isSafety) in found {
            let draft = Guideline(
                id: "", title: entry.title, text: entry.text, kind: isSafety ? .safety : .quality, status: .draft)
            // Title and text alone decide the id, so that it stays when more inputs lead to the guideline.
            guard let guideline = try? draft.validated() else { continue }
            let hash = guideline.contentHash
            let place = places[hash] ?? entries.count
            if place == entries.count {
                places[hash] = place
                entries.append(Entry(guideline: guideline))
            }
            if isSafety { entries[place].guideline.kind = .safety }
            guard !ids.contains(guideline.id) else { continue }
            ids.append(guideline.id)
            entries[place].support += 1
            if entries[place].inputs.count < options.maximumInputs { entries[place].inputs.append(input.id) }
            if entries[place].examples.count < options.maximumExamples, input.text.utf8.count <= options.longestExample
            {
                entries[place].examples.append(input.text)
            }
            if let type = input.type, !entries[place].types.contains(type) { entries[place].types.append(type) }
        }
        return ids
    }

    var guidelines: [Guideline] {
        entries.map { entry in
            var guideline = entry.guideline
            guideline.examples = entry.examples
            guideline.source = source
            guideline.source["inputs"] = .array(entry.inputs.map(JSONValue.string))
            if !entry.types.isEmpty { guideline.source["types"] = .array(entry.types.map(JSONValue.string)) }
            guideline.additionalFields["support"] = .integer(entry.support)
            if guideline.kind == .safety {
                for code in entry.types.flatMap(AttackType.risks(ofType:)) where !guideline.risk.contains(code) {
                    guideline.risk.append(code)
                }
            }
            return guideline
        }
    }
}
