import Fingerpost
import GuidelineStore
import Platform

/// An answer that a person has judged, or a better one that a person has written, for training.
public struct ReviewedAnswer: Sendable, Hashable {
    public var id: String
    public var input: [ChatMessage]
    /// What is to be learned; nil where none is known.
    public var good: String?
    /// What is not to be said; nil where none is known.
    public var bad: String?
    /// Where it comes from: goes into `sources.jsonl` as it is.
    public var trace: [String: JSONValue]

    public init(id: String, input: [ChatMessage], good: String?, bad: String?, trace: [String: JSONValue]) {
        (self.id, self.input, self.good, self.bad, self.trace) = (id, input, good, bad, trace)
    }
}

/// What was written of reviewed answers.
public struct ReviewedTrainingSummary: Sendable, Hashable {
    public var answers: Int
    public var files: [TrainingSummary.File]
    public var clusters: Int
    /// By format and reason.
    public var dropped: [String: [String: Int]]
}

extension TrainingExport {
    /// Writes a folder with a file for each format and split, `sources.jsonl`, which says where each row comes from, and
    /// `manifest.json`. Good answers become fine-tuning rows; a good and a bad one of the same input a preference pair; each
    /// of either a labelled row. The folder comes into being as a whole; the same answers give the same bytes.
    ///
    /// - Throws: ``GuideAlignError`` for the folder, ``FingerpostError`` for options that make no sense.
    /// - Complexity: O(length of the answers).
    public func run(
        reviewed answers: [ReviewedAnswer], to folder: String, replaces: Bool
    ) throws -> ReviewedTrainingSummary {
        try options.validate()
        let clusters = InputClusters(
            answers.map { $0.input.filter { $0.role == .user }.map(\.content).joined(separator: "\n") },
            likeness: options.likeness)
        let target = try TrainingFolder(path: folder, replaces: replaces)
        do {
            let summary = try write(answers, clusters, to: target)
            try target.commit()
            return summary
        } catch {
            target.discard()
            throw error
        }
    }

    private func write(
        _ answers: [ReviewedAnswer], _ clusters: InputClusters, to folder: TrainingFolder
    ) throws -> ReviewedTrainingSummary {
        let formats = TrainingFormat.allCases.filter(options.formats.contains)
        let splits = Split.allCases.filter { $0 == .train || options.holdout > 0 }
        var summary = ReviewedTrainingSummary(
            answers: answers.count, files: [], clusters: Set(answers.indices.map { clusters.first[$0] }).count,
            dropped: [:])
        let sources = try HashedLines(name: "sources.jsonl", in: folder)
        for format in formats {
            var files: [Split: HashedLines] = [:]
            for split in splits {
                files[split] = try HashedLines(name: "\(format.rawValue).\(split.rawValue).jsonl", in: folder)
            }
            var written: Set<String> = []
            for (place, answer) in answers.enumerated() {
                let split: Split =
                    clusters.isHeldOut(place, share: options.holdout, seed: options.seed) ? .holdout : .train
                let rows = answer.rows(format)
                if rows.isEmpty {
                    summary.dropped[format.rawValue, default: [:]][answer.reason(format), default: 0] += 1
                }
                for row in rows {
                    let text = row.jsonText
                    guard written.insert(SHA256.hexadecimal(of: text)).inserted, let file = files[split] else {
                        summary.dropped[format.rawValue, default: [:]][TrainingSource.Reason.duplicate, default: 0] += 1
                        continue
                    }
                    try file.append(text)
                    let source: [String: JSONValue] = [
                        "file": .string(file.name), "row": .integer(file.rows), "id": .string(answer.id),
                        "cluster": .integer(clusters.first[place] + 1),
                    ]
                    try sources.append(JSONValue.object(source.merging(answer.trace) { own, _ in own }).jsonText)
                }
            }
            for split in splits {
                guard let file = files[split] else { continue }
                summary.files.append(
                    .init(
                        name: file.name, format: format, split: split, rows: file.rows, bytes: file.bytes,
                        hash: try file.finish()))
            }
        }
        let sourcesHash = try sources.finish()
        try AtomicFile.write(to: folder.file(TrainingFolder.manifest)) { writer in
            try writer.write(summary.manifest(options, sources: sources.rows, sourcesHash) + "\n")
        }
        return summary
    }
}

extension ReviewedAnswer {
    fileprivate func rows(_ format: TrainingFormat) -> [JSONValue] {
        if format.needsTurns, !input.takesTurns { return [] }
        switch format.purpose {
        case .answers:
            return good.map { [TrainingFormat.row(answer: $0, prompt: input, as: format)] } ?? []
        case .pairs:
            guard let good, let bad, good != bad else { return [] }
            return [TrainingFormat.row(chosen: good, rejected: bad, margin: 1, prompt: input, as: format)]
        case .labels:
            return (good.map { [TrainingFormat.row(labelled: $0, isGood: true, prompt: input)] } ?? [])
                + (bad.map { [TrainingFormat.row(labelled: $0, isGood: false, prompt: input)] } ?? [])
        }
    }

    /// Why there is no row.
    fileprivate func reason(_ format: TrainingFormat) -> String {
        if format.needsTurns, !input.takesTurns { return TrainingSource.Reason.turns }
        switch format.purpose {
        case .answers: return "no-good-answer"
        case .pairs:
            return good == nil ? "no-good-answer" : bad == nil ? "no-bad-answer" : TrainingSource.Reason.sameAnswer
        case .labels: return "not-judged"
        }
    }
}

extension ReviewedTrainingSummary {
    fileprivate func manifest(_ options: TrainingOptions, sources: Int, _ sourcesHash: String) throws -> String {
        let files: [JSONValue] = self.files.map { file in
            .object([
                "file": .string(file.name), "format": .string(file.format.rawValue),
                "split": .string(file.split.rawValue),
                "rows": .integer(file.rows), "bytes": .integer(file.bytes), "sha256": .string(file.hash),
            ])
        }
        let value = JSONValue.object([
            "formatVersion": .integer(1), "kind": .string("reviewed-answers"), "createdBy": .string(options.createdBy),
            "answers": .integer(answers), "clusters": .integer(clusters), "files": .array(files),
            "sources": .object([
                "file": .string("sources.jsonl"), "rows": .integer(sources), "sha256": .string(sourcesHash),
            ]),
            "dropped": .object(dropped.mapValues { .object($0.mapValues(JSONValue.integer)) }),
            "options": .object([
                "holdout": .number(options.holdout), "seed": .string(String(options.seed)),
                "likeness": .number(options.likeness),
            ]),
        ])
        return try TrainingSummary.pretty(value)
    }
}
