/// What tells the formats apart in which records of several kinds may stand: the names in a record, and the name of the
/// list it stands in.
struct RecordShape {
    /// The format that was asked for; nil where the content decides between ``base`` and those of other programs.
    var requested: ImportFormat?
    /// The format where the content says nothing else.
    var base: ImportFormat

    /// The format of a record with the names, found in the list of that name (nil: a list without one, or no list).
    ///
    /// Only names that no record of ours would have by accident count, and a record with a `text` is always ours.
    func format(of names: some Collection<String>, list: String?) -> ImportFormat {
        if let requested { return requested }
        func has(_ wanted: String...) -> Bool { wanted.allSatisfy(names.contains) }
        if has("text") { return base }
        if has("positive_ctxs") { return .dprTraining }
        if has("question", "ctxs") { return .dprResults }
        if has("prompt", "rules") { return .guideAlignRules }
        if has("condition", "action") || has("guideline", "relationships") { return .parlant }
        if has("name", "utterances") { return .semanticRouter }
        if list == "policies", has("id", "description") { return .nemoPolicies }
        return base
    }

    /// Names of members that may hold the list of records.
    var lists: [String] {
        switch requested {
        case nil: ["guidelines", "routes", "policies"]
        case .semanticRouter: ["routes"]
        case .nemoPolicies: ["policies"]
        default: ["guidelines"]
        }
    }

    /// Whether an object without such a list is itself a record.
    func isRecord(_ names: some Collection<String>) -> Bool {
        if let requested, !requested.isNative { return requested != .nemoPolicies && !names.isEmpty }
        return names.contains("text") || format(of: names, list: nil) != base
    }

    /// What is missing in an object that is neither.
    var hint: String {
        let list = lists.first ?? "guidelines"
        guard let requested, !requested.isNative else {
            return "the object has neither \"guidelines\" nor the \"text\" of a guideline"
        }
        return "the object has no list \"\(list)\" as \(requested.rawValue) has"
    }

    /// Fields that hold text, as it is written, in YAML.
    static func textNames(_ format: ImportFormat) -> Set<String> {
        switch format {
        case .semanticRouter: ["name", "description", "utterances"]
        case .nemoPolicies: ["id", "description"]
        case .parlant: ["id", "condition", "action", "description", "title", "criticality", "tags", "labels"]
        default: []
        }
    }
}

/// The format of an input's records, which the first of them decides.
struct RecordFormat {
    let shape: RecordShape
    private(set) var format: ImportFormat
    private var isDecided = false
    /// The name of the list that the records stand in; see ``RecordShape/format(of:list:)``.
    var list: String?

    init(_ shape: RecordShape) {
        self.shape = shape
        format = shape.requested ?? shape.base
    }

    /// Takes in the names in a record.
    mutating func note(_ names: some Collection<String>) {
        guard !isDecided else { return }
        format = shape.format(of: names, list: list)
        isDecided = true
    }
}
