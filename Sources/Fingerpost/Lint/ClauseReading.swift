/// How a clause stands to what it is about: its words without the condition, read for what negates, permits and judges.
struct ClauseReading {
    private(set) var stance = StatementClause.Stance.asks
    /// Stems of what it is about, each once.
    private(set) var order: [String] = []
    private(set) var isUniversal = false
    private(set) var isStrict = false
    private(set) var isPassive = false

    private typealias Words = StatementWords

    init(_ given: [Substring]) {
        var words = given
        // "Is it wrong to": as a question it judges no less.
        if words.count > 2, ["is", "isnt"].contains(words[0]), words[1] == "it" { words.swapAt(0, 1) }
        let relative = Self.relative(in: words)
        var (main, inner) = Self.negations(in: words, before: relative)
        isPassive = Self.isPassive(words)
        isStrict = words.contains(where: Words.stricts.contains)
        // "Not tipping is rude": what judges at the end has the last word.
        if let judgement = main.last, main.count == 2, judgement == words.count - 1, words[main[0]] == "not" {
            main = []
        }
        let negation = main.first
        inner += main.dropFirst()
        stance = Self.stance(words, negation: negation, relative: relative)
        isUniversal = Self.isUniversal(words, forbids: stance == .forbids)

        var negated: Set<Int> = []
        for cue in inner {
            if let place = words.indices[(cue + 1)...].first(where: { Words.stem(words[$0]) != nil }) {
                negated.insert(place)
            } else {
                order.append("!")
            }
        }
        let spent = Set(main + inner)
        for (place, word) in words.enumerated() where !spent.contains(place) {
            // What judges is a stance and not a matter: "it is kind to".
            if Words.judgements.contains(word), place > 0, Words.links.contains(words[place - 1]) { continue }
            guard var stem = Words.stem(word) else { continue }
            if negated.contains(place) { stem = "!" + stem }
            // "Stand up for people" is not "stand people up".
            if Words.particles.contains(word), place > 0, Words.stem(words[place - 1]) == nil { stem = "~" + stem }
            if !order.contains(stem) { order.append(stem) }
        }
    }

    /// Where a clause inside of the clause begins: what is negated behind it is what is spoken of.
    private static func relative(in words: [Substring]) -> Int {
        words.indices.first { place in
            place > 0 && Words.relatives.contains(words[place]) && words[place - 1] != "something"
                && words[place - 1] != "expected"
        } ?? words.count
    }

    /// The words that negate what is asked for, and those that negate something in it.
    private static func negations(in words: [Substring], before relative: Int) -> (main: [Int], inner: [Int]) {
        let known = PolarityWords.of("en")
        func word(_ place: Int) -> Substring { words.indices.contains(place) ? words[place] : "" }
        var cues = words.indices.filter { place in
            guard
                known.isNegation(words[place], after: word(place - 1))
                    || Words.moreJudgements.contains(words[place])
                        && Words.links.contains(word(place - 1))
            else { return false }
            switch words[place] {
            case "no":
                return !["matter", "doubt", "longer"].contains(word(place + 1))
                    && !["with", "has", "have"].contains(word(place - 1))
            case "not": return word(place + 1) != "only"
            case "stop", "stops", "stopping": return !["by", "in", "at", "to", "over"].contains(word(place + 1))
            default:
                // "A disabled person".
                return known.isPlainNegation(words[place]) || !Words.articles.contains(word(place - 1))
            }
        }
        // "Do not refuse", "it is not wrong": the second takes the first back.
        var index = 0
        while index + 1 < cues.count {
            let (here, next) = (cues[index], cues[index + 1])
            if next - here <= 3, known.cancels(words[here], words[next]) {
                cues.removeSubrange(index...(index + 1))
            } else {
                index += 1
            }
        }
        var (main, inner): ([Int], [Int]) = ([], [])
        for cue in cues {
            let before = word(cue - 1)
            let isVerb = !known.isPlainNegation(words[cue]) && !Words.links.contains(before)
            // "Help someone avoid it" asks for help; "what they cannot do" asks for nothing.
            let isEmbedded =
                cue > relative || (isVerb && cue > 0 && !Words.heads.contains(before))
                || (cue > 1 && Words.pronouns.contains(before))
            if isEmbedded { inner.append(cue) } else { main.append(cue) }
        }
        return (main, inner)
    }

    private static func stance(
        _ words: [Substring], negation: Int?, relative: Int
    ) -> StatementClause.Stance {
        let pairs = zip(words, words.dropFirst())
        let describes = words.indices.contains { place in
            place > 0 && Words.descriptions.contains(words[place]) && Words.links.contains(words[place - 1])
        }
        // "It can be hurtful", "not always": how things may be.
        let isLoose = pairs.contains { one, other in
            (["can", "may", "might", "could"].contains(one) && other == "be" && negation == nil)
                || (Words.shortNegations.contains(one)
                    && ["always", "all", "every", "everyone", "just"].contains(other))
        }
        if describes || isLoose { return .describes }
        // "So that they can" permits nothing.
        let head = words.prefix(min(relative, 6))
        var permission = head.firstIndex(where: Words.permissions.contains)
        if permission == nil {
            permission = head.indices.first { $0 > 0 && head[$0] == "right" && ["a", "the"].contains(head[$0 - 1]) }
        }
        guard let negation else { return permission == nil ? .asks : .permits }
        if words[negation] == "neednt" || (negation > 0 && words[negation - 1] == "need") { return .waives }
        if let permission {
            // "It is okay not to"; but "may not", and "not allowed to".
            return permission < negation && !["may", "can", "could"].contains(words[permission]) ? .waives : .forbids
        }
        if let obligation = words.firstIndex(where: Words.obligations.contains), negation < obligation {
            return .waives
        }
        return .forbids
    }

    private static func isUniversal(_ words: [Substring], forbids: Bool) -> Bool {
        if words.contains("never") || words.contains("always") || words.contains("ever") { return true }
        if words.contains("circumstances") || words.contains("exception") || words.contains("exceptions") {
            return true
        }
        return forbids && words.contains("any")
    }

    private static func isPassive(_ words: [Substring]) -> Bool {
        zip(words, words.dropFirst()).contains { one, other in
            (["be", "is", "are", "was", "were", "been", "being", "isnt", "arent"].contains(one)
                || Words.shortNegations.contains(one))
                && (other.hasSuffix("ed") || other.hasSuffix("en") || other == "okay")
        } || words.first?.hasSuffix("ing") == true
    }
}
