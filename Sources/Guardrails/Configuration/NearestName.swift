/// The name that somebody may have meant.
enum NearestName {
    /// The nearest of the names by insertions, deletions, replacements and swaps of neighbours, if it is near enough for its
    /// length; of several the first.
    static func of(_ name: String, in names: [String]) -> String? {
        let own = Array(name.lowercased().replacing("-", with: "_").utf8.prefix(64))
        var best: (name: String, distance: Int)?
        for candidate in names {
            let distance = distance(own, Array(candidate.utf8))
            if distance <= max(1, candidate.utf8.count / 3), distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// Damerau's distance, by which no part is changed twice.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var rows = [Array(0...other.count)]
        for row in 0..<one.count {
            var next = [row + 1]
            for column in 0..<other.count {
                var value = min(
                    rows[row][column] + (one[row] == other[column] ? 0 : 1), rows[row][column + 1] + 1, next[column] + 1
                )
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    value = min(value, rows[row - 1][column - 1] + 1)
                }
                next.append(value)
            }
            rows.append(next)
        }
        return rows[one.count][other.count]
    }
}
