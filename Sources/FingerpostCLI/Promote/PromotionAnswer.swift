import Fingerpost
import Guardrails
import GuidelineStore

/// What a promotion did, or would do, to be printed.
struct PromotionAnswer {
    var library: String
    var candidate: String
    var figures: ReleaseFigures?
    var isDryRun: Bool
    var outcome = PromotionOutcome(libraryVersion: 0, previousVersion: 0)

    var json: JSON {
        [
            "library": .string(library), "candidate": .string(candidate),
            "libraryVersion": .integer(outcome.libraryVersion), "previousVersion": .integer(outcome.previousVersion),
            "added": .strings(outcome.added), "updated": .strings(outcome.updated),
            "removed": .strings(outcome.removed), "unchanged": .integer(outcome.unchangedCount),
            "canary": figures.map { .value($0.json) } ?? .null, "isDryRun": .bool(isDryRun),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        let counts =
            "\(Format.count(outcome.added.count, "guideline")) added, \(Format.count(outcome.updated.count)) changed, "
            + "\(Format.count(outcome.removed.count)) removed, \(Format.count(outcome.unchangedCount)) as they were"
        var lines: [String] = []
        if isDryRun {
            lines.append("\(PlainText.line(library)) would become what \(PlainText.line(candidate)) is: \(counts)")
        } else {
            lines.append(
                "\(PlainText.line(library)) is what \(PlainText.line(candidate)) was, in version "
                    + "\(outcome.libraryVersion): \(counts)")
        }
        if let figures { lines += ["", ""] + figures.lines(terminal) }
        if !isDryRun {
            lines += [
                "",
                terminal.dim("To take it back: fingerpost rollback --library ")
                    + terminal.dim("\(PlainText.line(library)) --to \(outcome.previousVersion)"),
            ]
        }
        return lines.joined(separator: "\n").replacing("\n\n\n", with: "\n\n")
    }
}

extension ReleaseFigures {
    /// A table of both, for people.
    func lines(_ terminal: Terminal) -> [String] {
        var table = Table(alignments: [.left, .right, .right])
        table.rows.append(["canary inputs", "before", "after"])
        for (name, figure) in [
            ("caught", \CanaryScore.caught), ("by a guideline they name", \.named), ("false alarms", \.falseAlarms),
        ] {
            func text(_ rate: ObservedRate) -> String {
                rate.rate.map { "\(Format.score($0)) (\(Format.count(rate.count)) of \(Format.count(rate.total)))" }
                    ?? "none to measure"
            }
            table.rows.append([name, text(before[keyPath: figure]), text(after[keyPath: figure])])
        }
        return table.lines
    }
}

/// The releases of a library, to be printed.
struct ReleaseList {
    var library: String
    var releases: [LibraryRelease]

    var json: JSON {
        [
            "library": .string(library),
            "releases": .array(
                releases.map { release in
                    [
                        "libraryVersion": .integer(release.libraryVersion), "time": .string(release.time),
                        "name": .optional(release.name), "note": .optional(release.note),
                        "figures": release.figures.map(JSON.value) ?? .null,
                    ]
                }),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        guard !releases.isEmpty else { return "\(PlainText.line(library)) has no releases" }
        var table = Table(alignments: [.right, .left, .left, .right, .right, .left])
        table.rows.append(["version", "time", "name", "caught", "false alarms", "note"])
        for release in releases {
            let after = ReleaseFigures(release)?.after
            table.rows.append([
                String(release.libraryVersion), PlainText.line(release.time), PlainText.line(release.name ?? ""),
                after?.caught.rate.map(Format.score) ?? "", after?.falseAlarms.rate.map(Format.score) ?? "",
                PlainText.line(release.note ?? ""),
            ])
        }
        return table.lines.map { PlainText.cut($0, width: max(terminal.width, 60)) }.joined(separator: "\n")
    }
}
