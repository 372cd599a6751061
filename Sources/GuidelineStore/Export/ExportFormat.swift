/// A file format that guidelines are written to.
public enum ExportFormat: String, Sendable, CaseIterable {
    case jsonl, json, csv, tsv, yaml, markdown
    /// Passages: id, text and title.
    case dprTSV = "dpr-tsv"
    /// Questions with the passage that fits them, one for each example.
    case dprTraining = "dpr-training"
    /// What Parlant's REST interface answers and takes.
    case parlant
    case semanticRouter = "semantic-router"
    case semanticRouterYAML = "semantic-router-yaml"
    /// The `policies` of a NeMo Guardrails evaluation, in YAML.
    case nemoPolicies = "nemo-policies"

    /// The format that people call so, upper or lower case.
    public init?(name: String) {
        switch name.lowercased() {
        case "guide-align-pairs": self = .dprTraining
        case let name:
            guard let format = ExportFormat(rawValue: name) ?? ImportFormat(name: name).flatMap(Self.init(native:))
            else { return nil }
            self = format
        }
    }

    /// The format that a file name's ending tells, upper or lower case.
    public init?(path: String) {
        guard let format = ImportFormat(path: path).flatMap(Self.init(native:)) else { return nil }
        self = format
    }

    private init?(native format: ImportFormat) {
        guard format.isNative else { return nil }
        self.init(rawValue: format.rawValue)
    }

    /// The format that reads what this one writes.
    public var importFormat: ImportFormat {
        switch self {
        case .jsonl: .jsonl
        case .json: .json
        case .csv: .csv
        case .tsv: .tsv
        case .yaml: .yaml
        case .markdown: .markdown
        case .dprTSV: .dprTSV
        case .dprTraining: .dprTraining
        case .parlant: .parlant
        case .semanticRouter, .semanticRouterYAML: .semanticRouter
        case .nemoPolicies: .nemoPolicies
        }
    }

    /// Fields that it carries; nil where it carries all, also those that this version does not know.
    var carriedFields: Set<String>? {
        switch self {
        case .jsonl, .json, .csv, .tsv, .yaml, .markdown, .parlant, .semanticRouter, .semanticRouterYAML: nil
        case .dprTSV: ["id", "title", "text"]
        case .dprTraining: ["id", "title", "text", "examples"]
        case .nemoPolicies: ["id", "text", "weight", "apply_to_all"]
        }
    }

    var writer: any RecordWriter {
        switch self {
        case .jsonl: JSONLinesWriter()
        case .json: JSONListWriter()
        case .csv: TableWriter(delimiter: 0x2C)
        case .tsv: TableWriter(delimiter: 0x09)
        case .yaml: YAMLWriter()
        case .markdown: MarkdownWriter()
        case .dprTSV: PassageWriter()
        case .dprTraining: PairWriter()
        case .parlant: ParlantWriter()
        case .semanticRouter: RouteWriter()
        case .semanticRouterYAML: RouteYAMLWriter()
        case .nemoPolicies: PolicyWriter()
        }
    }
}
