import Foundation
import GuidelineStore
import Platform
import TextEncoder

/// Guidelines that are not in a library yet, rid of duplicates: records in, records out.
///
/// All records are held in memory, as compact JSON. Retired ones are passed on as they are.
public struct CorpusDeduplication {
    public let options: DeduplicationOptions
    /// Records read, in their order, each with a line break.
    private var records: [UInt8] = []
    private var starts: [Int] = [0]
    private var hasRelations: Set<Int> = []
    /// The record of each guideline of the corpus.
    private var recordNumbers: [Int] = []
    private var corpus = DuplicateCorpus()

    /// - Throws: ``FingerpostError/invalidOption(name:value:allowed:)``.
    public init(options: DeduplicationOptions = DeduplicationOptions()) throws(FingerpostError) {
        try options.validate()
        self.options = options
    }

    /// Number of records read.
    public var count: Int { starts.count - 1 }

    /// Adds a guideline behind the others.
    public mutating func append(_ guideline: Guideline) {
        if !guideline.relations.isEmpty { hasRelations.insert(count) }
        if guideline.status != .retired {
            recordNumbers.append(count)
            corpus.append(guideline)
        }
        guideline.appendJSON(to: &records)
        records.append(UInt8(ascii: "\n"))
        starts.append(records.count)
    }

    /// Finds the duplicates.
    ///
    /// - Parameters:
    ///   - encoder: For the semantic tier; without one there is none. Encodes what the other tiers leave.
    ///   - progress: told on the calling thread how many guidelines are done; may throw to end the work.
    /// - Returns: Groups of places in the order of the guidelines read.
    public func search(
        encoder: (any SentenceEncoder)? = nil, progress: (_ completed: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> DuplicateGroups {
        let vectors = encoder.map { EncodedTexts(encoder: $0) { try guideline(at: recordNumbers[Int($0)]) } }
        var found = try DuplicateSearch(corpus: corpus, options: options).run(vectors: vectors, progress: progress)
        for index in found.groups.indices {
            found.groups[index].kept = recordNumbers[found.groups[index].kept]
            for member in found.groups[index].members.indices {
                found.groups[index].members[member].index = recordNumbers[found.groups[index].members[member].index]
            }
        }
        for index in found.conflicts.indices {
            found.conflicts[index].first = recordNumbers[found.conflicts[index].first]
            found.conflicts[index].second = recordNumbers[found.conflicts[index].second]
        }
        return found
    }

    /// The guideline that was read as the one with this number, counted from 0.
    public func guideline(at index: Int) throws -> Guideline {
        try Guideline(json: JSONValue(parsing: String(decoding: record(index).dropLast(), as: UTF8.self)))
    }

    private func record(_ index: Int) -> ArraySlice<UInt8> { records[starts[index]..<starts[index + 1]] }

    /// Calls `body` with the line of each guideline that is left, in the order in which they were read, with what was
    /// merged into it.
    public func forEachLine(
        _ groups: DuplicateGroups, _ body: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        var membersOf: [Int: [DuplicateGroups.Member]] = [:]
        var dropped: Set<Int> = []
        for group in groups.groups {
            membersOf[group.kept] = group.members
            dropped.formUnion(group.members.map(\.index))
        }
        let keptIDs = try hasRelations.isEmpty ? [:] : keptIDs(groups)
        var line: [UInt8] = []
        for index in 0..<count where !dropped.contains(index) {
            let members = membersOf[index] ?? []
            let relates = hasRelations.contains(index) || members.contains { hasRelations.contains($0.index) }
            guard !members.isEmpty || relates else {
                try body(record(index))
                continue
            }
            var merged = try guideline(at: index)
            merged.merge(
                try members.map {
                    MergedDuplicate(
                        guideline: try guideline(at: $0.index), tier: $0.tier, similarity: $0.similarity)
                }, maximumExamples: options.maximumExamples)
            merged.retargetRelations(keptIDs)
            line.removeAll(keepingCapacity: true)
            merged.appendJSON(to: &line)
            line.append(UInt8(ascii: "\n"))
            try body(line[...])
        }
    }

    private func keptIDs(_ groups: DuplicateGroups) throws -> [String: String] {
        var ids: [String: String] = [:]
        for group in groups.groups {
            let kept = try guideline(at: group.kept).id
            for member in group.members {
                let id = try guideline(at: member.index).id
                if id != kept { ids[id] = kept }
            }
        }
        return ids
    }
}

/// Vectors made when they are asked for, of what a library encodes as what a guideline says.
private struct EncodedTexts: VectorSource {
    let encoder: any SentenceEncoder
    let guideline: (Int32) throws -> Guideline

    var dimension: Int { encoder.dimension }

    func vectors(of items: [Int32], threads: Int) throws -> [Float] {
        guard !items.isEmpty else { return [] }
        return try encoder.encode(batch: items.map { try guideline($0).statement }, threads: threads, progress: nil)
            .values
    }
}
