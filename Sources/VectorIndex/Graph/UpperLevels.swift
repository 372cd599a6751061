/// The graph above level 0.
///
/// A node of level l has l lists of links, one for each level from 1 to l, one after the other. Lists are numbered, and
/// what they link to are lists of the same level, so that a search goes from list to list without asking where a row's
/// are; one level down the same node's list has the number before.
///
/// A value with copies on write: a search keeps the one it began with.
struct UpperLevels: Sendable {
    /// Links of a list.
    let degree: Int
    /// By list: the row of its node.
    private(set) var rows: [UInt32] = []
    /// By list: ``degree`` numbers of lists, ended by ``GraphView/noLink``.
    private(set) var links: [UInt32] = []

    init(degree: Int) { self.degree = degree }

    init(degree: Int, rows: [UInt32], links: [UInt32]) {
        self.degree = degree
        self.rows = rows
        self.links = links
    }

    var listCount: Int { rows.count }

    /// Makes the lists of a row of a level above 0; returns the first.
    mutating func append(row: UInt32, level: Int) -> UInt32 {
        let first = UInt32(rows.count)
        rows.append(contentsOf: repeatElement(row, count: level))
        links.append(contentsOf: repeatElement(GraphView.noLink, count: level * degree))
        return first
    }

    func targets(_ list: UInt32) -> ArraySlice<UInt32> {
        let start = Int(list) * degree
        return links[start..<(start + degree)].prefix { $0 != GraphView.noLink }
    }

    mutating func setTargets(_ list: UInt32, _ targets: some Collection<UInt32>) {
        let start = Int(list) * degree
        var index = 0
        for target in targets.prefix(degree) {
            links[start + index] = target
            index += 1
        }
        for rest in index..<degree { links[start + rest] = GraphView.noLink }
    }
}

/// Upper levels that do not change while a search may read them.
final class UpperStorage: @unchecked Sendable {
    let rows: UnsafeBufferPointer<UInt32>
    let links: UnsafeBufferPointer<UInt32>

    init(_ levels: UpperLevels) {
        rows = Self.copy(levels.rows)
        links = Self.copy(levels.links)
    }

    deinit {
        rows.deallocate()
        links.deallocate()
    }

    private static func copy(_ array: [UInt32]) -> UnsafeBufferPointer<UInt32> {
        let buffer = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: array.count)
        _ = buffer.initialize(from: array)
        return UnsafeBufferPointer(buffer)
    }
}
