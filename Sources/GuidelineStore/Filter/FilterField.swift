/// What a name in a filter expression stands for.
enum FilterField {
    case text(GuidelineFilter.TextField)
    case kind, status, authority, severity, priority, version, threshold, language
    case source(GuidelineFilter.MetadataPath)
    case metadata(GuidelineFilter.MetadataPath)

    /// The fields by the names that expressions know them by; several may mean the same.
    static let known: [(name: String, field: FilterField)] = [
        ("id", .text(.id)), ("title", .text(.title)), ("text", .text(.text)), ("condition", .text(.condition)),
        ("kind", .kind), ("status", .status), ("authority", .authority), ("priority", .priority),
        ("severity", .severity), ("risk", .text(.risk)), ("tags", .text(.tag)), ("tag", .text(.tag)),
        ("category", .text(.category)), ("lang", .language), ("language", .language),
        ("examples", .text(.examples)), ("counterexamples", .text(.counterexamples)), ("threshold", .threshold),
        ("version", .version),
    ]

    static func named(_ name: String) -> FilterField? { known.first { $0.name == name }?.field }

    /// Words that are operators where a name could stand.
    static let keywords: Set<String> = ["and", "or", "not", "in", "exists", "contains", "all", "any"]

    /// A known name that is so close to an unknown one that a slip is likelier than a metadata field.
    static func likelySlip(_ name: String) -> String? {
        if GuidelineField(rawValue: name) != nil || name == "metadata" { return nil }
        let names = known.map(\.name) + ["source", "metadata"]
        return Suggestion.nearest(to: name, among: names)
    }
}

/// The word that was probably meant.
enum Suggestion {
    /// The known word that one slip separates from the given one, or two where it is long; the first of several.
    static func nearest(to word: String, among words: [String]) -> String? {
        let given = Array(word.lowercased().unicodeScalars)
        // Names that long are no slips, and would take long to compare.
        guard given.count <= 40 else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in words {
            let letters = Array(candidate.unicodeScalars)
            let allowed = letters.count >= 7 ? 2 : letters.count >= 4 ? 1 : 0
            let distance = distance(given, letters)
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other (optimal string
    /// alignment). O(left * right).
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column] + (scalar == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
