import Foundation
import Platform
import Testing

@testable import GuidelineStore

/// The history of a library against a list of dictionaries, one for each of its versions.
@Suite struct LibraryHistoryModelTests {
    private struct Model {
        /// What each version of the library holds, from version 0 on.
        var states: [[String: Guideline]] = [[:]]
        /// The highest version that an id ever had.
        var versions: [String: Int] = [:]

        var present: [String: Guideline] { states[states.count - 1] }

        mutating func commit(_ guidelines: [String: Guideline], isChange: Bool = true) {
            guard isChange else { return }
            for (id, guideline) in guidelines { versions[id] = max(versions[id] ?? 0, guideline.version) }
            states.append(guidelines)
        }

        /// The guideline as a new version of it.
        func next(_ guideline: Guideline, atLeast version: Int = 1) -> Guideline {
            var guideline = guideline
            guideline.version = max(version, (versions[guideline.id] ?? 0) + 1)
            return guideline
        }

        func isSame(_ left: Guideline?, _ right: Guideline?) -> Bool {
            var left = left
            if let right { left?.version = right.version }
            return left == right
        }
    }

    private static func guideline(_ random: inout SplitMix64) -> Guideline {
        Guideline(
            id: "g\(Int.random(in: 0..<12, using: &random))",
            // Texts that no other has, so that none is a duplicate.
            text: "Text \(UInt32.random(in: 0...UInt32.max, using: &random))",
            priority: Int.random(in: 0..<3, using: &random), tags: Bool.random(using: &random) ? ["x"] : [],
            version: Int.random(in: 1...3, using: &random))
    }

    @Test(arguments: 1...4)
    func randomHistoriesAgreeWithAList(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        var library = try LibraryDatabase.create(at: folder.file("library"))
        var model = Model()
        for step in 0..<500 {
            var state = model.present
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<9:
                var batch: [String: Guideline] = [:]
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    var guideline = Self.guideline(&random)
                    // Some change in a field alone, some not at all.
                    if let old = state[guideline.id], Bool.random(using: &random) { guideline.text = old.text }
                    batch[guideline.id] = guideline
                }
                var isChange = false
                for (id, guideline) in batch {
                    if let old = state[id] {
                        var same = guideline
                        same.version = old.version
                        if guideline.version <= old.version, same == old { continue }
                        state[id] = model.next(guideline, atLeast: guideline.version)
                    } else {
                        state[id] = model.next(guideline, atLeast: guideline.version)
                    }
                    isChange = true
                }
                try library.upsert(batch.values)
                model.commit(state, isChange: isChange)
            case 9..<13:
                let ids = Set((0..<2).map { _ in "g\(Int.random(in: 0..<12, using: &random))" })
                let removed = try library.remove(ids: ids)
                #expect(Set(removed) == ids.filter { state[$0] != nil })
                for id in removed { state[id] = nil }
                model.commit(state, isChange: !removed.isEmpty)
            case 13, 14:
                let id = "g\(Int.random(in: 0..<12, using: &random))"
                let known = try library.history(of: id).compactMap { $0.guideline?.version }
                guard let version = known.randomElement(using: &random) else { continue }
                let old = try #require(model.states.lazy.compactMap { $0[id] }.first { $0.version == version })
                let restored = try library.restore(id: id, version: version)
                guard !model.isSame(old, state[id]) else {
                    #expect(restored == state[id])
                    continue
                }
                state[id] = model.next(old)
                #expect(restored == state[id], "seed \(seed), step \(step)")
                model.commit(state)
            case 15, 16:
                let target = Int.random(in: 0..<model.states.count, using: &random)
                let old = model.states[target]
                var isChange = false
                for id in Set(old.keys).union(state.keys) where !model.isSame(old[id], state[id]) {
                    state[id] = old[id].map { model.next($0) }
                    isChange = true
                }
                let outcome = try library.rollback(to: target)
                model.commit(state, isChange: isChange)
                #expect(outcome.libraryVersion == model.states.count - 1, "seed \(seed), step \(step)")
                #expect(try library.changes(from: target, to: outcome.libraryVersion).isEmpty)
            case 17:
                try library.close()
                library = try LibraryDatabase.open(at: folder.file("library"))
            default: try checkPast(library, model, &random)
            }
            try check(library, model, "seed \(seed), step \(step)")
        }
        try checkPast(library, model, &random)
        #expect(try library.verify().isEmpty)
    }

    private func check(_ library: LibraryDatabase, _ model: Model, _ place: String) throws {
        #expect(try library.libraryVersion == model.states.count - 1, "\(place)")
        var stored: [String: Guideline] = [:]
        try library.forEachGuideline { stored[$1.id] = $1 }
        #expect(stored == model.present, "\(place)")
    }

    /// That nothing of what was has changed.
    private func checkPast(_ library: LibraryDatabase, _ model: Model, _ random: inout SplitMix64) throws {
        for id in (0..<12).map({ "g\($0)" }) {
            let history = try library.history(of: id)
            #expect(history.map(\.libraryVersion) == history.map(\.libraryVersion).sorted())
            // A state for each version of the library that changed the guideline.
            var expected: [Guideline?] = []
            for (index, state) in model.states.enumerated().dropFirst() where state[id] != model.states[index - 1][id] {
                expected.append(state[id])
            }
            #expect(history.map(\.guideline) == expected)
            #expect(history.allSatisfy { ($0.change == .removed) == ($0.guideline == nil) })
            let versions = history.compactMap { $0.guideline?.version }
            #expect(Set(versions).count == versions.count, "a version was given twice")
            for guideline in expected.compactMap(\.self) {
                #expect(try library.guideline(id: id, version: guideline.version) == guideline)
            }
        }
        let (from, to) = (
            Int.random(in: 0..<model.states.count, using: &random),
            Int.random(in: 0..<model.states.count, using: &random)
        )
        let (before, after) = (model.states[from], model.states[to])
        let changed = Set(before.keys).union(after.keys).filter { !model.isSame(before[$0], after[$0]) }
        let changes = try library.changes(from: from, to: to)
        #expect(changes.map(\.id) == changed.sorted())
        #expect(changes.allSatisfy { $0.before == before[$0.id] && $0.after == after[$0.id] })
    }
}
