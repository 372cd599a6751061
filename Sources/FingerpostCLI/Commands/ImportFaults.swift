import GuidelineStore

/// The records of an import that cannot be used: counted, with the first of them in full.
struct ImportFaults {
    /// How many are told on standard error, and how many in JSON.
    private static let shownCount = 5
    private static let keptCount = 100

    /// Whether the rest is stored all the same.
    let isSkipping: Bool
    private(set) var count = 0
    private(set) var first: [Failure] = []
    private var counts: [String: Int] = [:]

    init(isSkipping: Bool) { self.isSkipping = isSkipping }

    mutating func note(_ failure: Failure) {
        count += 1
        counts[failure.code, default: 0] += 1
        if first.count < Self.keptCount { first.append(failure) }
    }

    /// Tells standard error. Nothing where nothing is wrong.
    func log(hasReport: Bool) {
        guard count > 0 else { return }
        for failure in first.prefix(Self.shownCount) {
            Console.log("\(isSkipping ? "skipped" : "invalid"): \(PlainText.escaped(failure.message))")
        }
        let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \(Format.count($0.value))" }.joined(separator: ", ")
        let more = count > Self.shownCount && !hasReport ? "; --report FILE lists all of them" : ""
        Console.log("note: \(Format.count(count, "record")) that cannot be used (\(kinds))\(more).")
    }

    /// The first faults.
    var json: JSON {
        .array(
            first.map { failure in
                [
                    "code": .string(failure.code), "message": .string(failure.message), "file": .optional(failure.file),
                    "line": .optional(failure.line), "record": .optional(failure.record),
                ]
            })
    }
}

/// What a build would do.
struct BuildRehearsal {
    var library: String
    /// Guidelines that were read.
    var read: Int
    var outcome: UpsertOutcome
    var faults: ImportFaults

    var json: JSON {
        [
            "library": .string(library), "dryRun": true, "read": .integer(read),
            "added": .integer(outcome.added.count), "updated": .integer(outcome.updated.count),
            "unchanged": .integer(outcome.unchanged.count), "duplicates": .integer(outcome.skippedDuplicates.count),
            "skipped": .integer(faults.count), "faults": faults.json,
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var rows = [("read", Format.count(read, "guideline"))]
        rows += outcome.counts.map { ("would be \($0.0)", Format.count($0.1)) }
        if faults.count > 0 {
            rows.append(
                (faults.isSkipping ? "would be left out" : "cannot be used", Format.count(faults.count, "record")))
        }
        let title = terminal.bold("Dry run for \(PlainText.line(library)): nothing is stored")
        return ([title] + Table.pairs(rows).map { "  \($0)" }).joined(separator: "\n")
    }
}
