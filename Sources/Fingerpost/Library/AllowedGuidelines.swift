import GuidelineStore
import Platform
import VectorIndex

/// The guidelines that a filter lets through, as of one state of the index.
struct AllowedGuidelines: Sendable {
    /// One element for each guideline of the table, by its slot.
    let isAllowed: [Bool]
    /// The same in rows of the index of vectors.
    let rows: RowFilter

    /// - Parameter guidelines: their rows in the database.
    init(_ guidelines: [Int64], in passages: PassageIndex) {
        var isAllowed = [Bool](repeating: false, count: passages.table.guidelines.count)
        var keys: [Int64] = []
        for slot in guidelines.compactMap({ passages.table.slot(ofGuideline: $0) }) {
            isAllowed[slot] = true
            keys.append(contentsOf: passages.table.passages(ofSlot: slot).map(\.id))
        }
        self.isAllowed = isAllowed
        rows = passages.index.filter(including: keys)
    }
}

/// What filters let through, kept as long as nothing is written: asking the database takes longer than a search.
final class FilterCache: Sendable {
    private struct State {
        var generation = -1
        var allowed: [GuidelineFilter: AllowedGuidelines] = [:]
    }

    private static let capacity = 64
    private let state = Locked(State())

    func allowed(
        by filter: GuidelineFilter, in passages: PassageIndex, of database: LibraryDatabase
    ) throws -> AllowedGuidelines {
        let known = state.withLock { $0.generation == passages.generation ? $0.allowed[filter] : nil }
        if let known { return known }
        let made = AllowedGuidelines(try database.rows(matching: filter), in: passages)
        state.withLock { state in
            if state.generation != passages.generation || state.allowed.count >= Self.capacity {
                state = State(generation: passages.generation)
            }
            state.allowed[filter] = made
        }
        return made
    }

    /// Forgets everything; rows of the index have come to mean other guidelines.
    func clear() { state.withLock { $0 = State() } }
}
