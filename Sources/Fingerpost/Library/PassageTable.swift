import GuidelineStore
import VectorIndex

/// Which passages a library has, and which of them belong to each guideline.
struct PassageTable: Sendable {
    /// Ids of all passages, ascending.
    private(set) var passages: [Int64] = []
    /// Rows of the guidelines that have any, ascending. A guideline's place here is its slot.
    private(set) var guidelines: [Int64] = []
    private var isExample: [Bool] = []
    /// The slot of each passage.
    private var slots: [UInt32] = []
    /// Places of passages by guideline: what it says, then its examples in the order of their ids.
    private var order: [UInt32] = []
    /// Where the passages of each guideline begin in ``order``, and an end.
    private var starts: [UInt32] = [0]
    /// Where the index has the vector of each passage; `UInt32.max` where it has none.
    private var rows: [UInt32] = []
    /// How prominent each passage is; empty where that does not count. See ``RetrieverAdapter``.
    private var prominences: [Float] = []

    /// One passage of a guideline.
    struct Member {
        var id: Int64
        /// Where the index had its vector when the table was made; `UInt32.max` where it has none.
        var row: UInt32
        var isExample: Bool
        /// See ``RetrieverAdapter``; 0 where it does not count.
        var prominence: Float = 0
    }

    /// Of passages whose guidelines are not known yet.
    init(passages: [Int64]) { self.passages = passages }

    /// O(passages).
    init(_ map: PassageMap) {
        passages = map.passageIDs
        isExample = map.areExamples
        hasExamples = isExample.contains(true)
        guidelines = Set(map.guidelineRows).sorted()
        var slotOf: [Int64: UInt32] = [:]
        slotOf.reserveCapacity(guidelines.count)
        for (slot, row) in guidelines.enumerated() { slotOf[row] = UInt32(slot) }
        slots = map.guidelineRows.map { slotOf[$0] ?? 0 }

        starts = [UInt32](repeating: 0, count: guidelines.count + 1)
        for slot in slots { starts[Int(slot) + 1] += 1 }
        for slot in guidelines.indices { starts[slot + 1] += starts[slot] }
        var next = starts
        order = [UInt32](repeating: 0, count: passages.count)
        rows = [UInt32](repeating: .max, count: passages.count)
        for examples in [false, true] {
            for place in passages.indices where isExample[place] == examples {
                order[Int(next[Int(slots[place])])] = UInt32(place)
                next[Int(slots[place])] += 1
            }
        }
    }

    /// Notes where the index has the vectors. O(passages).
    mutating func setRows(of index: HNSWIndex<Int64>) {
        var rows = [UInt32](repeating: .max, count: passages.count)
        index.forEachRow { key, row in
            if let place = passages.ascendingPlace(of: key) { rows[place] = row }
        }
        self.rows = rows
    }

    /// Notes how prominent what guidelines say is. O(passages).
    mutating func setProminences(_ prominence: (Int64) -> Float) {
        prominences = passages.indices.map { isExample[$0] ? 0 : prominence(passages[$0]) }
    }

    /// Whether there are examples among the passages.
    private(set) var hasExamples = false

    /// Whether a passage is an example. O(log n).
    func isExample(passage id: Int64) -> Bool {
        passages.ascendingPlace(of: id).map { isExample[$0] } ?? false
    }

    /// Passages of a guideline on average, rounded up.
    var passagesEach: Int { (passages.count + guidelines.count - 1) / max(1, guidelines.count) }

    /// The slot of the guideline that a passage belongs to. O(log n).
    func slot(ofPassage id: Int64) -> Int? {
        guard let place = passages.ascendingPlace(of: id), place < slots.count else { return nil }
        return Int(slots[place])
    }

    /// The row of the guideline that a passage belongs to. O(log n).
    func guideline(ofPassage id: Int64) -> Int64? { slot(ofPassage: id).map { guidelines[$0] } }

    /// The slot of a guideline. O(log n).
    func slot(ofGuideline row: Int64) -> Int? { guidelines.ascendingPlace(of: row) }

    /// The passages of a guideline: what it says, then its examples.
    func passages(ofSlot slot: Int) -> [Member] {
        var members: [Member] = []
        appendPassages(ofSlot: slot, to: &members)
        return members
    }

    /// Appends the passages of a guideline.
    func appendPassages(ofSlot slot: Int, to members: inout [Member]) {
        for index in Int(starts[slot])..<Int(starts[slot + 1]) {
            let place = Int(order[index])
            members.append(
                Member(
                    id: passages[place], row: rows[place], isExample: isExample[place],
                    prominence: prominences.isEmpty ? 0 : prominences[place]))
        }
    }
}
