import Foundation

/// The words that set groups of texts apart.
package struct DistinctiveWords {
    private var counts: [[String: Int]]
    private var sizes: [Int]

    package init(groups: Int) {
        counts = .init(repeating: [:], count: groups)
        sizes = .init(repeating: 0, count: groups)
    }

    /// Counts each word of a text once.
    package mutating func add(_ text: String, group: Int) {
        var words: Set<String> = []
        LexicalWords.forEachStem(in: text) { word in
            if word.utf8.count > 2, word.contains(where: \.isLetter), !StopWords.english.contains(word) {
                words.insert(word)
            }
        }
        for word in words { counts[group][word, default: 0] += 1 }
        sizes[group] += 1
    }

    /// The words with the largest log-odds ratios over the other groups, in standard errors, with all texts as the prior
    /// (Monroe, Colaresi and Quinn, "Fightin' words", 2008). Words of equal weight are in the order of the alphabet.
    package func best(of group: Int, limit: Int) -> [String] {
        let total = sizes.reduce(0, +)
        // What a quarter of all texts have says nothing about some of them; of very few texts every word is such a part.
        let most = max(3, total / 4)
        var all: [String: Int] = [:]
        for (word, _) in counts[group] { all[word] = counts.reduce(0) { $0 + ($1[word] ?? 0) } }
        let telling = counts[group].filter { all[$0.key, default: 0] <= most }
        guard counts.count > 1 else {
            return telling.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map(\.key)
        }
        let prior = 10.0
        let least = sizes[group] >= 6 ? 2 : 1
        let scored = telling.compactMap { word, count -> (word: String, score: Double)? in
            guard count >= least else { return nil }
            let all = all[word, default: 0]
            let expected = prior * Double(all) / Double(max(1, total))
            let (own, others) = (Double(count), Double(all - count))
            let (ownSize, otherSize) = (Double(sizes[group]), Double(total - sizes[group]))
            func logOdds(_ count: Double, _ size: Double) -> Double {
                let chance = min(0.999, (count + expected) / (size + prior))
                return log(chance / (1 - chance))
            }
            let difference = logOdds(own, ownSize) - logOdds(others, otherSize)
            let error = (1 / (own + expected) + 1 / (others + expected)).squareRoot()
            let score = difference / error
            return score > 0 ? (word, score) : nil
        }
        return scored.sorted { ($1.score, $0.word) < ($0.score, $1.word) }.prefix(limit).map(\.word)
    }
}

/// Words of English that say nothing about what a text is about, as they are counted: without their plural endings.
enum StopWords {
    static let english: Set<String> = {
        let words = """
            about above after again against all also always and another any anyone anything are aren around away back
            because been before being below between both but can cannot could couldn did didn does doesn doing don
            done down during each either else ever every everyone everything few for from further get gets getting
            give given gives giving goes going good got had hadn has hasn have haven having her here hers herself him
            himself his how however into isn its itself just keep kept let lets like likely made make makes making
            many may might more most much must never not nothing now off often once one ones only onto other others
            otherwise ought our ours ourselves out over own per perhaps put quite rather really said same say says see
            seem shall she should shouldn since some someone something sometimes still such take takes taken than that
            the their theirs them themselves then there therefore these they thing things this those though through
            thus too toward towards two under until unless upon use used uses using very want wants was wasn way ways
            well were weren what when where whether which while who whom whose why will with within without won would
            wouldn yes yet you your yours yourself yourselves
            """
        var stems: Set<String> = []
        LexicalWords.forEachStem(in: words) { stems.insert($0) }
        return stems
    }()
}
