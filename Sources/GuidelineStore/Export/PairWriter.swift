/// Training pairs of DPR, one for each example of a guideline; see ``PairInterpreter``.
///
/// The guideline's id stands as `passage_id`. Counterexamples are not written: DPR's negatives are passages.
struct PairWriter: RecordWriter {
    private var list = JSONList()

    mutating func begin(_ bytes: inout [UInt8]) { list.begin(&bytes) }
    mutating func end(_ bytes: inout [UInt8]) { list.end(&bytes) }

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        guard !guideline.examples.isEmpty else { return false }
        let context: JSONValue = .object([
            "title": .string(guideline.title ?? ""), "text": .string(guideline.text),
            "passage_id": .string(guideline.id),
        ])
        for (index, example) in guideline.examples.enumerated() {
            list.beginItem(&bytes)
            JSONValue.appendObject(
                [
                    ("id", .string("\(guideline.id)/\(index + 1)")), ("question", .string(example)),
                    ("answers", .array([])), ("positive_ctxs", .array([context])), ("negative_ctxs", .array([])),
                    ("hard_negative_ctxs", .array([])),
                ], to: &bytes)
        }
        return true
    }
}

/// Policies of a NeMo Guardrails evaluation; see ``PolicyInterpreter``.
struct PolicyWriter: RecordWriter {
    private var list = YAMLList(name: "policies")

    mutating func begin(_ bytes: inout [UInt8]) { list.begin(&bytes) }
    mutating func end(_ bytes: inout [UInt8]) { list.end(&bytes) }

    mutating func append(_ guideline: Guideline, to bytes: inout [UInt8]) -> Bool {
        var members: [(name: String, value: JSONValue)] = [
            ("id", .string(guideline.id)), ("description", .string(guideline.text)),
        ]
        for name in ["weight", "apply_to_all"] {
            if let value = guideline.additionalFields[name] { members.append((name, value)) }
        }
        list.append(members, to: &bytes)
        return true
    }
}
