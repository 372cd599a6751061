/// Things to decide about, one after the other: which of them is looked at, which are decided, and the way back.
///
/// It knows nothing of what they are, nor of what a decision does: that is in the receipts, which it keeps so that the
/// last decision can be taken back. A value; each operation is O(1) but for going past what is decided.
public struct ReviewQueue<Item: Sendable, Receipt: Sendable>: Sendable {
    public private(set) var items: [Item]
    /// The place of the item that is looked at, from 0; the number of items at the end.
    public private(set) var position = 0
    private var decided: [Bool]
    private var receipts: [(place: Int, receipt: Receipt)] = []
    private var gone = 0

    public init(_ items: [Item]) {
        self.items = items
        decided = [Bool](repeating: false, count: items.count)
    }

    /// Nil at the end.
    public var current: Item? { position < items.count ? items[position] : nil }
    /// Items without a decision.
    public var openCount: Int { items.count - receipts.count - gone }
    /// What was decided, the earliest first.
    public var decisions: [Receipt] { receipts.map(\.receipt) }

    /// Notes what was decided about the current item, and goes on to the next.
    public mutating func decide(_ receipt: Receipt) {
        guard position < items.count else { return }
        decided[position] = true
        receipts.append((position, receipt))
        skip()
    }

    /// Leaves the current item out, because there is nothing to decide about it any more.
    public mutating func drop() {
        guard position < items.count else { return }
        decided[position] = true
        gone += 1
        skip()
    }

    /// Puts another in the place of the current item, such as a newer state of the same.
    public mutating func replaceCurrent(_ item: Item) {
        guard position < items.count else { return }
        items[position] = item
    }

    /// Goes on to the next open item, leaving the current one for later.
    public mutating func skip() {
        guard position < items.count else { return }
        repeat { position += 1 } while position < items.count && decided[position]
    }

    /// Goes back to the open item before the current one; false where there is none.
    @discardableResult
    public mutating func goBack() -> Bool {
        guard let place = decided[..<position].lastIndex(of: false) else { return false }
        position = place
        return true
    }

    /// The receipt of the last decision, which ``takeBack()`` forgets.
    public var lastReceipt: Receipt? { receipts.last?.receipt }

    /// Opens the item of the last decision again and goes to it.
    public mutating func takeBack() {
        guard let last = receipts.popLast() else { return }
        decided[last.place] = false
        position = last.place
    }
}
