import GuidelineStore
import LinearAlgebra
import Platform
import VectorIndex

/// An adapter as an index uses it.
struct AppliedAdapter: Sendable {
    let adapter: RetrieverAdapter
    /// Tells it from every other one.
    let checksum: UInt32
    /// How prominent passages are, by their ids; see ``RetrieverAdapter``.
    var prominences: [Int64: Float]

    /// The adapter's name for people and for what depends on it.
    var id: String { Self.id(checksum) }

    static func id(_ checksum: UInt32) -> String {
        let digits = String(checksum, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension PassageIndex {
    /// Takes in the adapter that the database has, and how prominent the passages are that came after it.
    ///
    /// - Complexity: O(passages), and O(anchors * dimension) for each new one.
    mutating func refreshAdapter(_ database: LibraryDatabase, options: LibraryOptions) throws {
        guard let checksum = try database.adapterChecksum else {
            adapter = .success(nil)
            return
        }
        if case .success(let applied?) = adapter, applied.checksum == checksum {
            try use(applied, threads: options.threads)
            return
        }
        let folder = database.folder.path
        let read = Result { () throws -> AppliedAdapter? in
            guard let stored = try database.adapter, let encoder = try database.encoder else { return nil }
            return AppliedAdapter(
                adapter: try RetrieverAdapter(stored, library: folder, encoder: encoder), checksum: stored.checksum,
                prominences: stored.prominences)
        }
        switch read {
        case .success(let applied?): try use(applied, threads: options.threads)
        case .success(nil), .failure: adapter = read
        }
    }

    /// Uses an adapter from now on; nil for none.
    mutating func use(_ applied: AppliedAdapter?, threads: Int?) throws {
        guard var applied else {
            adapter = .success(nil)
            return
        }
        if applied.adapter.prominenceWeight > 0 {
            let unknown = table.passages.filter { applied.prominences[$0] == nil && !table.isExample(passage: $0) }
            for start in stride(from: 0, to: unknown.count, by: Self.prominenceBatch) {
                let ids = unknown[start..<min(unknown.count, start + Self.prominenceBatch)]
                var known: [Int64] = []
                var elements: [Float] = []
                for id in ids {
                    guard let vector = try index.vector(for: id) else { continue }
                    known.append(id)
                    elements += vector
                }
                let rows = try Matrix(rows: known.count, columns: index.dimension, elements: elements)
                let values = try applied.adapter.prominences(of: rows, threads: threads ?? Processors.available)
                for (id, value) in zip(known, values) { applied.prominences[id] = value }
            }
            let prominences = applied.prominences
            table.setProminences { prominences[$0] ?? 0 }
        }
        adapter = .success(applied)
    }

    private static var prominenceBatch: Int { 8_192 }
}
