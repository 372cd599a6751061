import GuidelineStore
import Platform

/// Guidelines that were found lately, kept as long as nothing is written: asking the database for six of them takes
/// longer than the rest of what follows a search.
///
/// Two tables: what is found goes into the young one, and when that is full it becomes the old one, whose content goes
/// unless it is asked for again. So what is in use stays, at no cost per use.
final class RecordCache: Sendable {
    private struct State {
        var generation = -1
        var young: [Int64: PassageMatch] = [:]
        var old: [Int64: PassageMatch] = [:]

        mutating func match(_ passage: Int64) -> PassageMatch? {
            if let match = young[passage] { return match }
            guard let match = old[passage] else { return nil }
            keep(match)
            return match
        }

        mutating func keep(_ match: PassageMatch) {
            if young.count >= RecordCache.capacity / 2 { (old, young) = (young, [:]) }
            young[match.passageID] = match
        }
    }

    /// Passages; a guideline takes a kilobyte or two.
    private static let capacity = 16_384
    private let state = Locked(State())

    /// As ``LibraryDatabase/matches(passageIDs:)``, for passages of an index of this generation.
    func matches(
        passageIDs: [Int64], generation: Int, of database: LibraryDatabase
    ) throws -> [PassageMatch?] {
        var matches = state.withLock { state -> [PassageMatch?] in
            // Another thread may be at a later generation, whose records are no less true.
            if state.generation < generation { state = State(generation: generation) }
            return passageIDs.map { state.match($0) }
        }
        let unknown = matches.indices.filter { matches[$0] == nil }
        guard !unknown.isEmpty else { return matches }
        let found = try database.matches(passageIDs: unknown.map { passageIDs[$0] })
        for (place, match) in zip(unknown, found) { matches[place] = match }
        state.withLock { state in
            guard state.generation == generation else { return }
            for case let match? in found { state.keep(match) }
        }
        return matches
    }
}
