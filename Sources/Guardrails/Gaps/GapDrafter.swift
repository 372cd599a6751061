import GuidelineStore

/// Writes guidelines for gaps, for people to review: none of them may go to work unread.
public protocol GapDrafter: Sendable {
    /// Drafts for gaps, in their order; of some gaps there may be several, of others none. Their status is `draft`, and
    /// `source.gap` names the gap.
    func drafts(for gaps: [GapReport.Gap]) async throws -> [Guideline]
}

/// Makes a draft of what is in a gap alone: when it applies, and inputs that should find it, in their own words. What an
/// assistant ought to do is left to whoever reviews it, and the text says so.
public struct ExtractiveGapDrafter: GapDrafter {
    public init() {}

    public func drafts(for gaps: [GapReport.Gap]) async throws -> [Guideline] { gaps.map(Self.draft) }

    /// The draft for a gap. The same gap gives the same one.
    public static func draft(for gap: GapReport.Gap) -> Guideline {
        let subject = gap.words.isEmpty ? "inputs like the examples" : list(gap.words)
        var text = "Decide how to answer inputs about \(subject), and write it here in the place of this sentence."
        if let nearest = gap.nearest.first {
            let title = nearest.title.map { " (\($0))" } ?? ""
            text += " The nearest rule is \(nearest.id)\(title)"
            switch nearest.reason {
            case .belowThreshold: text += ", which most of them do not reach; say more there if it is meant for them."
            case .far: text += ", which is about something else."
            case .neighbour: text += ", which some of them get in the place of a rule of their own."
            }
        }
        return Guideline(
            id: "draft-\(gap.id)", title: "Cover inputs about \(subject)", text: text,
            condition: gap.words.isEmpty ? nil : "the input is about \(subject)", status: .draft,
            severity: gap.severity, examples: gap.examples.map(\.text),
            source: [
                "type": .string("gap"), "ref": .string(gap.id), "gap": .string(gap.id), "inputs": .integer(gap.volume),
            ])
    }

    /// `a`, `a and b`, `a, b and c`.
    private static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
