import Fingerpost
import Foundation
import GuidelineStore
import Platform

/// Stage 3 of Guide-Align: guided answers become training data.
///
/// ```swift
/// let options = TrainingOptions(formats: [.sftOpenAI, .dpoTRL], createdBy: "my program 1.0")
/// let summary = try TrainingExport(options: options).run(
///     answers: "answers.jsonl", judgements: "judged.jsonl", to: "train", replaces: false)
/// ```
///
/// The same answers, judgements and options give the same bytes.
public struct TrainingExport: Sendable {
    public enum Split: String, Sendable, Hashable, CaseIterable { case train, holdout }

    public var options: TrainingOptions

    public init(options: TrainingOptions) { self.options = options }

    /// Where this process keeps the files of a folder until all are written: what is to be removed if it is interrupted.
    public static func temporaryFolder(of folder: String) -> String { TrainingFolder.temporary(of: folder) }

    /// Writes a folder with a file for each format and split, `sources.jsonl`, which says of every row of the answers
    /// where it went, and `manifest.json`. The folder comes into being as a whole.
    ///
    /// - Parameters:
    ///   - answers: the path of a file of ``AnsweredInput``.
    ///   - judgements: the path of a file of ``JudgedPair``, with and without guidelines, or nil.
    ///   - folder: where to write.
    ///   - replaces: whether training data that is there may be replaced.
    ///   - progress: told how many rows are written.
    /// - Throws: ``GuidelineStoreError`` with the line at fault, ``GuideAlignError`` for the folder, and
    ///   ``FingerpostError`` for options that make no sense.
    /// - Complexity: O(length of the answers), which are read twice, and memory for the inputs and the judgements.
    public func run(
        answers: String, judgements: String?, to folder: String, replaces: Bool,
        progress: ((_ written: Int, _ total: Int) -> Void)? = nil
    ) throws -> TrainingSummary {
        try options.validate()
        try TrainingFolder.check(folder, replaces: replaces)
        let rows = try RowFile(path: answers)
        let judged = try judgements.map { try JudgementTable(path: $0) }
        var inputs: [String] = []
        inputs.reserveCapacity(rows.count)
        var places: [String: Int] = [:]
        for index in 0..<rows.count {
            let line = try rows.line(index)
            let row = try AnsweredInput(line)
            if let first = places.updateValue(index, forKey: row.id) {
                throw GuidelineStoreError.duplicateID(
                    row.id, first: try rows.line(first).location, second: line.location)
            }
            inputs.append(row.input.filter { $0.role == .user }.map(\.content).joined(separator: "\n"))
        }
        if let unknown = judged?.firstUnknown(places.keys) {
            throw GuidelineStoreError.invalidField(
                "id", problem: "\"\(unknown.id)\" is no input of \(rows.name); give the answers that were judged",
                unknown.location)
        }
        let clusters = InputClusters(inputs, likeness: options.likeness)
        inputs = []

        let target = try TrainingFolder(path: folder, replaces: replaces)
        do {
            let summary = try write(rows, judged, clusters, to: target, progress)
            try target.commit()
            return summary
        } catch {
            target.discard()
            throw error
        }
    }

    private func write(
        _ rows: RowFile, _ judged: JudgementTable?, _ clusters: InputClusters, to folder: TrainingFolder,
        _ progress: ((Int, Int) -> Void)?
    ) throws -> TrainingSummary {
        var summary = TrainingSummary(options: options)
        summary.answers = .init(name: rows.name, rows: rows.count, hash: rows.hash)
        summary.judgements = judged.map { .init(name: $0.rows.name, rows: $0.rows.count, hash: $0.rows.hash) }
        let formats = TrainingFormat.allCases.filter(options.formats.contains)
        var files: [TrainingFormat: [Split: HashedLines]] = [:]
        for format in formats {
            for split in Split.allCases where split == .train || options.holdout > 0 {
                files[format, default: [:]][split] = try HashedLines(
                    name: "\(format.rawValue).\(split.rawValue).jsonl", in: folder)
            }
        }
        let sources = try HashedLines(name: "sources.jsonl", in: folder)
        var written: [TrainingFormat: Set<String>] = [:]
        for index in 0..<rows.count {
            if index.isMultiple(of: 256) {
                try Task.checkCancellation()
                progress?(index, rows.count)
            }
            let row = try AnsweredInput(try rows.line(index))
            let split: Split =
                clusters.isHeldOut(index, share: options.holdout, seed: options.seed) ? .holdout : .train
            let source = TrainingSource(row: row, judgement: judged?.pairs[row.id]?.pair, options: options)
            var used: [String] = []
            var dropped: [String: JSONValue] = [:]
            for format in formats {
                let reason = try append(
                    source.use(format), to: files[format]?[split], &written[format, default: []])
                if let reason {
                    dropped[format.rawValue] = .string(reason)
                } else {
                    used.append(format.rawValue)
                }
                summary.count(format, split, dropped: reason)
            }
            summary.count(row, split, isUsed: !used.isEmpty, cluster: clusters.first[index])
            try sources.append(
                JSONValue.object([
                    "row": .integer(index + 1), "id": .string(row.id), "sha256": .string(rows.hash(index)),
                    "judgement": .optional(judged?.hash(of: row.id)), "split": .string(split.rawValue),
                    "cluster": .integer(clusters.first[index] + 1),
                    "used": .array(used.map(JSONValue.string)), "dropped": .object(dropped),
                ]).jsonText)
        }
        progress?(rows.count, rows.count)
        for format in formats {
            for split in Split.allCases {
                guard let file = files[format]?[split] else { continue }
                summary.files.append(
                    .init(
                        name: file.name, format: format, split: split, rows: file.rows, bytes: file.bytes,
                        hash: try file.finish()))
            }
        }
        summary.judges = judged?.judges ?? [:]
        summary.sources = .init(name: sources.name, rows: sources.rows, hash: try sources.finish())
        try AtomicFile.write(to: folder.file(TrainingFolder.manifest)) { writer in
            try writer.write(try summary.manifest() + "\n")
        }
        return summary
    }

    /// Writes the rows of a source that are not there yet. Returns why there were none.
    private func append(
        _ use: TrainingSource.Use, to file: HashedLines?, _ written: inout Set<String>
    ) throws -> String? {
        switch use {
        case .dropped(let reason): return reason
        case .rows(let rows):
            var isNew = false
            for text in rows.map(\.jsonText) where written.insert(SHA256.hexadecimal(of: text)).inserted {
                isNew = true
                try file?.append(text)
            }
            return isNew ? nil : TrainingSource.Reason.duplicate
        }
    }
}

/// The judgements of a file, by the ids of their inputs.
struct JudgementTable {
    let rows: RowFile
    private(set) var pairs: [String: (pair: JudgedPair, index: Int)] = [:]
    /// How many judgements each judge gave.
    private(set) var judges: [String: Int] = [:]

    init(path: String) throws {
        rows = try RowFile(path: path)
        for index in 0..<rows.count {
            let line = try rows.line(index)
            let pair = try JudgedPair(line, sides: .guidance)
            if let first = pairs.updateValue((pair, index), forKey: pair.id) {
                throw GuidelineStoreError.duplicateID(
                    pair.id, first: try rows.line(first.index).location, second: line.location)
            }
            if let judge = pair.judge { judges[judge, default: 0] += 1 }
            for reviewer in Set(pair.reviews.map { $0.reviewer ?? "reviewer without a name" }) {
                judges[reviewer, default: 0] += 1
            }
        }
    }

    func hash(of id: String) -> String? { pairs[id].map { rows.hash($0.index) } }

    /// The first judgement that is of none of the inputs.
    func firstUnknown(_ ids: some Collection<String>) -> (id: String, location: InputLocation?)? {
        let known = Set(ids)
        let unknown = pairs.filter { !known.contains($0.key) }.min { $0.value.index < $1.value.index }
        return unknown.map { ($0.key, try? rows.line($0.value.index).location) }
    }
}
