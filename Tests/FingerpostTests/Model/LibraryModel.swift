import Fingerpost
@testable import FingerpostCrashHelper

/// What a library should hold: dictionaries in memory, and the rules of the documentation.
struct LibraryModel {
    final class Record: Sendable {
        let guideline: Guideline
        /// The place in the order in which guidelines were added.
        let row: Int

        init(_ guideline: Guideline, row: Int) {
            self.guideline = guideline
            self.row = row
        }
    }

    struct State: Equatable {
        var version: Int
        var libraryVersion: Int
        var change: GuidelineVersion.Change
        var guideline: Guideline?
    }

    struct Refused: Error {}

    private(set) var records: [String: Record] = [:]
    /// What there was at each version of the library.
    private(set) var snapshots: [[String: Record]] = [[:]]
    private(set) var history: [String: [State]] = [:]
    private var nextRow = 0

    var libraryVersion: Int { snapshots.count - 1 }
    var passageCount: Int { records.values.reduce(0) { $0 + 1 + $1.guideline.examples.count } }

    /// In the order in which they were added.
    var guidelines: [Guideline] { records.values.sorted { $0.row < $1.row }.map(\.guideline) }

    /// Does what an operation says, all of it or nothing. Questions are for ``LibraryOracle``.
    mutating func apply(_ operation: LibraryOperation) -> LibraryOutcome {
        let before = self
        var outcome = LibraryOutcome()
        do {
            switch operation {
            case .add(let guidelines): try add(guidelines, &outcome)
            case .remove(let ids):
                for id in ids where records[id] != nil {
                    remove(id)
                    outcome.removed.append(id)
                }
            case .rollback(let version): try rollback(to: version, &outcome)
            case .restore(let id, let version):
                guard let old = history[id]?.first(where: { $0.version == version && $0.guideline != nil })?.guideline
                else { throw Refused() }
                restore(old)
            case .search, .save, .reopen: break
            }
            let isChanged = history.values.contains { ($0.last?.libraryVersion ?? 0) > before.libraryVersion }
            if isChanged { snapshots.append(records) }
        } catch {
            self = before
            outcome = LibraryOutcome()
            outcome.failed = true
        }
        outcome.libraryVersion = libraryVersion
        return outcome
    }

    // MARK: Operations

    private mutating func add(_ guidelines: [Guideline], _ outcome: inout LibraryOutcome) throws {
        var given: Set<String> = []
        for guideline in guidelines {
            guard !guideline.text.isEmpty else { throw Refused() }
            let id = guideline.id
            let isRepeated = !given.insert(id).inserted
            guard let stored = records[id]?.guideline else {
                let same = records.values.sorted { $0.row < $1.row }.first {
                    Self.saysTheSame($0.guideline, guideline)
                        && (guideline.status == .retired || $0.guideline.status != .retired)
                }
                if let same {
                    outcome.duplicates[id] = same.guideline.id
                } else {
                    insert(guideline, .added)
                    outcome.added.append(id)
                }
                continue
            }
            if isRepeated {
                guard Self.saysTheSame(stored, guideline) else { throw Refused() }
                outcome.duplicates[id] = id
            } else if guideline.version <= stored.version, Self.isSame(guideline, stored) {
                outcome.unchanged.append(id)
            } else {
                update(guideline, max(guideline.version, stored.version + 1), .updated)
                outcome.updated.append(id)
            }
        }
    }

    private mutating func rollback(to version: Int, _ outcome: inout LibraryOutcome) throws {
        guard snapshots.indices.contains(version) else { throw Refused() }
        let target = snapshots[version]
        for id in records.keys.sorted() where target[id] == nil {
            remove(id)
            outcome.removed.append(id)
        }
        for id in target.keys.sorted() {
            if let old = target[id]?.guideline, restore(old) { outcome.restored.append(id) }
        }
    }

    @discardableResult
    private mutating func restore(_ old: Guideline) -> Bool {
        guard let stored = records[old.id]?.guideline else {
            insert(old, .restored)
            return true
        }
        guard !Self.isSame(old, stored) else { return false }
        update(old, stored.version + 1, .restored)
        return true
    }

    // MARK: Steps

    private mutating func insert(_ guideline: Guideline, _ change: GuidelineVersion.Change) {
        var guideline = guideline
        if let former = history[guideline.id]?.map(\.version).max() {
            guideline.version = max(guideline.version, former + 1)
        }
        records[guideline.id] = Record(guideline, row: nextRow)
        nextRow += 1
        note(guideline.id, guideline.version, change, guideline)
    }

    private mutating func update(_ guideline: Guideline, _ version: Int, _ change: GuidelineVersion.Change) {
        var guideline = guideline
        guideline.version = version
        guard let row = records[guideline.id]?.row else { return }
        records[guideline.id] = Record(guideline, row: row)
        note(guideline.id, version, change, guideline)
    }

    private mutating func remove(_ id: String) {
        guard let record = records.removeValue(forKey: id) else { return }
        note(id, record.guideline.version, .removed, nil)
    }

    private mutating func note(
        _ id: String, _ version: Int, _ change: GuidelineVersion.Change, _ guideline: Guideline?
    ) {
        history[id, default: []].append(
            State(version: version, libraryVersion: libraryVersion + 1, change: change, guideline: guideline))
    }

    private static func saysTheSame(_ one: Guideline, _ other: Guideline) -> Bool {
        one.title == other.title && one.text == other.text && one.condition == other.condition
            && one.examples == other.examples && one.counterexamples == other.counterexamples
    }

    private static func isSame(_ one: Guideline, _ other: Guideline) -> Bool {
        var one = one
        one.version = other.version
        return one == other
    }
}
