import Foundation
import GuidelineStore

/// What was written as training data, from what: the content of `manifest.json`.
public struct TrainingSummary: Sendable {
    public struct File: Sendable, Hashable {
        public var name: String
        public var format: TrainingFormat
        public var split: TrainingExport.Split
        public var rows: Int
        public var bytes: Int
        public var hash: String
    }

    /// A file that was read, or the list of sources.
    public struct Input: Sendable, Hashable {
        public var name: String
        public var rows: Int
        public var hash: String
    }

    /// Where the rows of the answers went, for a format.
    public struct Tally: Sendable, Hashable {
        public var used: [TrainingExport.Split: Int] = [:]
        /// By the reason.
        public var dropped: [String: Int] = [:]
    }

    public let options: TrainingOptions
    public var answers = Input(name: "", rows: 0, hash: "")
    public var judgements: Input?
    public var sources = Input(name: "", rows: 0, hash: "")
    public var files: [File] = []
    public var tallies: [TrainingFormat: Tally] = [:]
    /// Rows of the answers on each side of the split, and those of them that are in some file.
    public var rows: [TrainingExport.Split: Int] = [:]
    public var usedRows: [TrainingExport.Split: Int] = [:]
    public var clusters = 0
    public var largestCluster = 0
    /// Rows that are in some file, by the models that answered, and the rest of what made them.
    public var models: [String: Int] = [:]
    public var libraries: [String: Int] = [:]
    public var parameters: [String: Int] = [:]
    public var programs: [String: Int] = [:]
    /// By the risk codes of their guidelines.
    public var risks: [String: Int] = [:]
    /// Judgements by models and by people.
    public var judges: [String: Int] = [:]
    private var clusterSizes: [Int: Int] = [:]

    init(options: TrainingOptions) { self.options = options }

    mutating func count(_ format: TrainingFormat, _ split: TrainingExport.Split, dropped reason: String?) {
        if let reason {
            tallies[format, default: Tally()].dropped[reason, default: 0] += 1
        } else {
            tallies[format, default: Tally()].used[split, default: 0] += 1
        }
    }

    mutating func count(_ row: AnsweredInput, _ split: TrainingExport.Split, isUsed: Bool, cluster: Int) {
        rows[split, default: 0] += 1
        let size = (clusterSizes[cluster] ?? 0) + 1
        clusterSizes[cluster] = size
        clusters = clusterSizes.count
        largestCluster = max(largestCluster, size)
        guard isUsed else { return }
        usedRows[split, default: 0] += 1
        models[row.model, default: 0] += 1
        programs[row.createdBy, default: 0] += 1
        switch row.guidance.origin {
        case .library(let id, let version, let encoder, _):
            libraries["\(id) version \(version), encoder \(encoder)", default: 0] += 1
        case .written(let model):
            libraries["written by \(model) for each input", default: 0] += 1
        }
        let parameters = row.parameters
        func text<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "default" }
        self.parameters[
            "temperature \(text(parameters.temperature)), seed \(text(parameters.seed)), "
                + "maxTokens \(text(parameters.maxTokens))", default: 0] += 1
        for risk in Set(row.guidance.items.flatMap(\.risk)) { risks[risk, default: 0] += 1 }
    }

    /// The counts as one JSON value.
    public var json: JSONValue {
        func counts(_ values: [String: Int]) -> JSONValue { .object(values.mapValues(JSONValue.integer)) }
        func splits(_ values: [TrainingExport.Split: Int]) -> JSONValue {
            .object(
                Dictionary(
                    uniqueKeysWithValues: TrainingExport.Split.allCases.map { ($0.rawValue, .integer(values[$0] ?? 0)) }
                )
            )
        }
        func input(_ file: Input) -> JSONValue {
            .object([
                "file": .string(URL(fileURLWithPath: file.name).lastPathComponent), "rows": .integer(file.rows),
                "sha256": .string(file.hash),
            ])
        }
        let formats = tallies.map { format, tally in
            (
                format.rawValue,
                JSONValue.object(["sources": splits(tally.used), "dropped": counts(tally.dropped)])
            )
        }
        return .object([
            "formatVersion": .integer(1), "createdBy": .string(options.createdBy), "answers": input(answers),
            "judgements": judgements.map(input) ?? .null, "sources": input(sources),
            "files": .array(
                files.map { file in
                    .object([
                        "file": .string(file.name), "format": .string(file.format.rawValue),
                        "split": .string(file.split.rawValue), "rows": .integer(file.rows),
                        "bytes": .integer(file.bytes), "sha256": .string(file.hash),
                    ])
                }),
            "formats": .object(Dictionary(uniqueKeysWithValues: formats)),
            "rows": .object(["read": splits(rows), "used": splits(usedRows)]),
            "clusters": .object(["count": .integer(clusters), "largest": .integer(largestCluster)]),
            "models": counts(models), "libraries": counts(libraries), "parameters": counts(parameters),
            "programs": counts(programs), "judges": counts(judges), "risks": counts(risks),
            "options": .object([
                "holdout": .number(options.holdout), "seed": .string(String(options.seed)),
                "likeness": .number(options.likeness), "require": .string(options.requirement.rawValue),
                "keepsGuidelines": .bool(options.keepsGuidelines),
                "keepsGroundlessRefusals": .bool(options.keepsGroundlessRefusals),
                "minimumLength": .integer(options.minimumLength),
                "maximumLength": options.maximumLength == .max ? .null : .integer(options.maximumLength),
                "filter": .optional(options.filter == nil ? nil : options.filterName ?? "unnamed"),
            ]),
        ])
    }

    func manifest() throws -> String { try Self.pretty(json) }

    static func pretty(_ json: JSONValue) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(json), as: UTF8.self)
    }
}
