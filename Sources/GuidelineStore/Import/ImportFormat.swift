/// A file format that guidelines are read from.
///
/// The first six are the project's own records in different dress; their `source` is what the file says. The others are
/// what other programs write: a guideline read from them says in its `source` where it was found.
public enum ImportFormat: String, Sendable, CaseIterable {
    /// JSON Lines: one record a line.
    case jsonl
    /// An array of records, an object with `guidelines`, or one record.
    case json
    /// RFC 4180 with a header line.
    case csv
    /// As CSV, with tabs.
    case tsv
    case yaml
    /// Each heading with its text is a guideline.
    case markdown
    /// Questions with the passages that fit them, as DPR is trained on and Guide-Align pairs its guidelines: a list of
    /// `{"question","positive_ctxs":[{"title","text"}],"negative_ctxs"}`.
    case dprTraining = "dpr-training"
    /// Passages found for questions: a list of `{"question","ctxs":[{"id","title","text"}]}`.
    case dprResults = "dpr-results"
    /// Passages as a table `id`, `text`, `title`, with or without a header line.
    case dprTSV = "dpr-tsv"
    /// The guidelines that a model wrote for a prompt: JSON Lines of `{"prompt","rules"}`.
    case guideAlignRules = "guide-align-rules"
    /// What Parlant's REST interface answers: a list of `{"condition","action",…}`.
    case parlant
    /// Routes of semantic-router, in JSON or YAML: `{"routes":[{"name","utterances",…}]}`.
    case semanticRouter = "semantic-router"
    /// Policies of a NeMo Guardrails evaluation, in YAML or JSON: `policies: [{id, description}]`.
    case nemoPolicies = "nemo-policies"

    /// Other names that a format is known by.
    private static let aliases: [String: ImportFormat] = [
        "guide-align-pairs": .dprTraining, "model-spec": .markdown, "md": .markdown, "yml": .yaml, "ndjson": .jsonl,
    ]

    /// The format that people call so, upper or lower case.
    public init?(name: String) {
        let name = name.lowercased()
        guard let format = ImportFormat(rawValue: name) ?? Self.aliases[name] else { return nil }
        self = format
    }

    /// The format that a file name's ending tells, upper or lower case.
    public init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...].lowercased() {
        case "jsonl", "ndjson", "jsonlines": self = .jsonl
        case "json": self = .json
        case "csv": self = .csv
        case "tsv", "tab": self = .tsv
        case "yaml", "yml": self = .yaml
        case "md", "markdown": self = .markdown
        default: return nil
        }
    }

    static let knownExtensions = "jsonl, ndjson, json, csv, tsv, yaml, yml, md and markdown"

    /// Whether records are the project's own.
    public var isNative: Bool {
        switch self {
        case .jsonl, .json, .csv, .tsv, .yaml, .markdown: true
        default: false
        }
    }

    /// What it is, in words.
    public var summary: String {
        switch self {
        case .jsonl, .json, .csv, .tsv, .yaml, .markdown: "guideline records in \(rawValue)"
        case .dprTraining: "pairs of questions and guidelines (DPR training data, Guide-Align)"
        case .dprResults: "retrieval results of DPR"
        case .dprTSV: "passages of DPR"
        case .guideAlignRules: "prompts with the rules written for them (Guide-Align)"
        case .parlant: "guidelines of Parlant"
        case .semanticRouter: "routes of semantic-router"
        case .nemoPolicies: "policies of a NeMo Guardrails evaluation"
        }
    }
}
