import Fingerpost
import GuidelineStore

/// What `dedup` has found, for people and for scripts.
struct DedupSummary {
    struct Pair {
        var kept: String
        var member: String
        var tier: DuplicateTier
        var similarity: Double
    }

    var guidelines: Int
    var duplicates = 0
    var groups: Int
    var conflictCount: Int
    var byTier: [DuplicateTier: Int] = [:]
    var largest: [(text: String, id: String, members: Int)] = []
    /// The least alike pairs of the tiers that have a threshold.
    var borderline: [Pair] = []
    var conflicts: [Pair] = []
    var seconds: Double
    var written: String

    /// Groups and pairs that are shown.
    private static let shown = 5

    var remaining: Int { guidelines - duplicates }

    init(_ plan: DeduplicationPlan, seconds: Double, written: String) {
        self.seconds = seconds
        self.written = written
        guidelines = plan.guidelineCount
        groups = plan.groups.count
        conflictCount = plan.conflicts.count
        for group in plan.groups {
            for member in group.members { byTier[member.tier, default: 0] += 1 }
            duplicates += group.members.count
        }
        largest = plan.groups.sorted { ($1.members.count, $0.kept.id) < ($0.members.count, $1.kept.id) }
            .prefix(Self.shown).map { ($0.kept.text, $0.kept.id, $0.members.count) }
        borderline = plan.groups.lazy
            .flatMap { group in group.members.lazy.filter { $0.tier != .exact }.map { (group.kept, $0) } }
            .sorted { ($0.1.similarity, $0.1.entry.id) < ($1.1.similarity, $1.1.entry.id) }
            .prefix(Self.shown)
            .map { Pair(kept: $0.0.text, member: $0.1.entry.text, tier: $0.1.tier, similarity: $0.1.similarity) }
        conflicts = plan.conflicts.prefix(Self.shown).map {
            Pair(kept: $0.first.text, member: $0.second.text, tier: $0.tier, similarity: $0.similarity)
        }
    }

    init(_ corpus: CorpusDeduplication, _ found: DuplicateGroups, seconds: Double, written: String) throws {
        self.seconds = seconds
        self.written = written
        guidelines = corpus.count
        duplicates = found.duplicateCount
        groups = found.groups.count
        conflictCount = found.conflicts.count
        byTier = found.countsByTier
        largest = try found.groups.sorted { ($1.members.count, $0.kept) < ($0.members.count, $1.kept) }
            .prefix(Self.shown).map {
                let kept = try corpus.guideline(at: $0.kept)
                return (kept.text, kept.id, $0.members.count)
            }
        borderline = try found.groups.lazy
            .flatMap { group in group.members.lazy.filter { $0.tier != .exact }.map { (group.kept, $0) } }
            .sorted { ($0.1.similarity, $0.1.index) < ($1.1.similarity, $1.1.index) }
            .prefix(Self.shown)
            .map {
                Pair(
                    kept: try corpus.guideline(at: $0.0).text, member: try corpus.guideline(at: $0.1.index).text,
                    tier: $0.1.tier, similarity: $0.1.similarity)
            }
        conflicts = try found.conflicts.prefix(Self.shown).map {
            Pair(
                kept: try corpus.guideline(at: $0.first).text, member: try corpus.guideline(at: $0.second).text,
                tier: $0.tier, similarity: $0.similarity)
        }
    }

    var json: JSON {
        func pairs(_ pairs: [Pair], _ first: String, _ second: String) -> JSON {
            .array(
                pairs.map {
                    .object([
                        ("tier", .string($0.tier.rawValue)), ("similarity", .rounded($0.similarity, places: 4)),
                        (first, .string($0.kept)), (second, .string($0.member)),
                    ])
                })
        }
        return [
            "output": .string(written), "guidelines": .integer(guidelines), "duplicates": .integer(duplicates),
            "remaining": .integer(remaining), "groups": .integer(groups), "conflicts": .integer(conflictCount),
            "byTier": .object(DuplicateTier.allCases.map { ($0.rawValue, .integer(byTier[$0] ?? 0)) }),
            "largest": .array(
                largest.map {
                    ["id": .string($0.id), "members": .integer($0.members), "text": .string($0.text)]
                }),
            "borderline": pairs(borderline, "kept", "member"),
            "sampleConflicts": pairs(conflicts, "first", "second"),
            "seconds": .rounded(seconds, places: 3),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        let tiers = DuplicateTier.allCases.compactMap { tier in
            byTier[tier].map { "\(tier.rawValue) \(Format.count($0))" }
        }
        var lines = [
            "\(Format.count(guidelines, "guideline")): \(Format.count(duplicates, "duplicate"))"
                + (tiers.isEmpty ? "" : " (\(tiers.joined(separator: ", ")))")
                + " in \(Format.count(groups, "group")), \(Format.count(remaining)) left"
        ]
        func section(_ title: String, _ rows: [String]) {
            guard !rows.isEmpty else { return }
            lines.append(terminal.bold(title))
            lines += rows.map { PlainText.cut("  \($0)", width: terminal.width) }
        }
        section("Largest groups", largest.map { "\(Format.count($0.members + 1))  \(PlainText.line($0.text))" })
        section("Least alike", Self.rows(borderline))
        section(
            "Conflicts: alike, but of opposite polarity (\(Format.count(conflictCount)), all kept)",
            Self.rows(conflicts))
        lines.append("Written to \(PlainText.line(written)) in \(Format.duration(.seconds(seconds)))")
        return lines.joined(separator: "\n")
    }

    private static func rows(_ pairs: [Pair]) -> [String] {
        pairs.flatMap {
            [
                "\(Format.score($0.similarity)) \($0.tier.rawValue)  \(PlainText.line($0.kept))",
                "      \(String(repeating: " ", count: $0.tier.rawValue.count))  \(PlainText.line($0.member))",
            ]
        }
    }
}

extension DeduplicationOutcome {
    var json: JSON {
        [
            "groups": .integer(groups), "merged": .integer(merged), "skipped": .strings(skipped),
            "retargeted": .integer(retargeted),
        ]
    }

    func text(removed: Bool) -> String {
        var text =
            "\(Format.count(groups, "group")) merged: \(Format.count(merged, "guideline")) "
            + (removed ? "removed" : "retired")
        if retargeted > 0 { text += ", relations of \(Format.count(retargeted)) others follow" }
        if !skipped.isEmpty {
            text += "; left out for \(Format.count(skipped.count, "guideline")) that changed since: "
            text += skipped.prefix(10).map(PlainText.line).joined(separator: ", ")
            if skipped.count > 10 { text += ", …" }
        }
        return text
    }
}
