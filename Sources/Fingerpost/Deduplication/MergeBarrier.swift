import GuidelineStore

/// Why two guidelines that are alike are not merged.
/// Opposite polarity is asked for apart, as such pairs are told of.
enum MergeBarrier: Sendable, Hashable {
    case language, kind
    /// Both have a condition, and these are not alike.
    case condition
    /// One has a relation `excludes` to the other.
    case excludes
    /// One is of the root or system authority, the other below it.
    case authority
}

extension DuplicateCorpus {
    /// What bars a merge of two guidelines, but for their polarity: O(1) for most.
    func barrier(_ a: Int, _ b: Int, options: DeduplicationOptions) -> MergeBarrier? {
        let (first, second) = (items[a], items[b])
        if first.language != second.language { return .language }
        if first.kind != second.kind { return .kind }
        if first.authority != second.authority, !options.acrossAuthority {
            let high: [Guideline.Authority] = [.root, .system]
            if high.contains(first.authority) || high.contains(second.authority) { return .authority }
        }
        if first.condition >= 0, second.condition >= 0, !hasSimilarConditions(first, second, options) {
            return .condition
        }
        if !excluded.isEmpty {
            if excluded[a]?.contains(ids[b]) == true || excluded[b]?.contains(ids[a]) == true { return .excludes }
        }
        return nil
    }

    /// Whether one says to do what the other says not to do. O(length).
    func isOpposite(_ a: Int, _ b: Int) -> Bool {
        guard text[range(of: a)] != text[range(of: b)] else { return false }
        return Polarity.isOpposite(
            normalizedText(a), normalizedText(b), language: languages[Int(items[a].language)])
    }

    private func hasSimilarConditions(_ a: Item, _ b: Item, _ options: DeduplicationOptions) -> Bool {
        let first = text[conditions[Int(a.condition)]]
        let second = text[conditions[Int(b.condition)]]
        if first == second { return true }
        var pattern = TextPattern()
        return first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                pattern.set(first, characters: characters.count)
                let common = pattern.commonSubsequence(with: second, atLeast: 0)
                return TextSimilarity.ratio(common: common, first.count, second.count) >= options.fuzzyThreshold
            }
        } && !Polarity.isOpposite(characters.text(first), characters.text(second), language: languages[Int(a.language)])
    }
}
