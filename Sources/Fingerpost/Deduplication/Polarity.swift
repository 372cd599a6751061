/// Whether two texts that are nearly the same say opposite things: "do" and "do not".
///
/// The check is made of words, so that a reader can follow it. Each text is read for words that negate or prohibit; one
/// that negates another close behind it ("do not fail to") takes both away. Two texts are opposite if
/// - the number of such words that is left and the number of antonyms that stand one in each text ("safe", "unsafe";
///   "always", "sometimes") do not cancel out, or
/// - the numbers are the same, but what is negated in one ("share the name, not the address") is said without negation in
///   the other.
///
/// Meant for texts that are alike: of others it says nothing. It knows English well, German, French and Spanish by their
/// negations alone, and errs on the side of opposition, which keeps two guidelines apart.
enum Polarity {
    /// - Parameters: normalised texts, and the tag of their language.
    static func isOpposite(_ a: String, _ b: String, language: String = "en") -> Bool {
        let words = PolarityWords.of(language)
        let first = Reading(a, words)
        let second = Reading(b, words)
        let negations = abs(first.negated.count - second.negated.count)
        let antonyms = words.isEnglish ? antonymCount(first, second) : 0
        if negations > 1 || antonyms > 1 || negations != antonyms { return true }
        if negations == 1 { return false }
        return first.negatesWhatIsSaid(by: second) && second.negatesWhatIsSaid(by: first)
    }

    /// Pairs of words, one in each text alone, that mean the opposite.
    private static func antonymCount(_ a: Reading, _ b: Reading) -> Int {
        let onlyA = Set(a.words).subtracting(b.words).subtracting(a.cues)
        let onlyB = Set(b.words).subtracting(a.words).subtracting(b.cues)
        guard !onlyA.isEmpty, !onlyB.isEmpty else { return 0 }
        var left = onlyB
        var count = 0
        for word in onlyA.sorted() {
            guard let other = left.sorted().first(where: { PolarityWords.areAntonyms(word, $0) }) else { continue }
            left.remove(other)
            count += 1
        }
        return count
    }

    /// A text as the check sees it.
    private struct Reading {
        var words: [Substring] = []
        /// For each negation that is left, the first word behind it that means something.
        var negated: [Substring] = []
        /// The words that negate, of all of the text.
        var cues: Set<Substring> = []
        private var negatedPlaces: Set<Int> = []

        init(_ text: String, _ known: PolarityWords) {
            words = text.split(separator: " ")
            var cues = words.indices.filter {
                known.isNegation(words[$0], after: $0 > 0 ? words[$0 - 1] : "") && !isHarmless(at: $0)
            }
            self.cues = Set(cues.map { words[$0] })
            var index = 0
            while index + 1 < cues.count {
                // "Do not avoid", "never fail to", "wrong not to": the second takes the first back.
                let (here, next) = (cues[index], cues[index + 1])
                if next - here <= 3, known.cancels(words[here], words[next]),
                    !words[here..<next].contains("and"), !words[here..<next].contains("or")
                {
                    cues.removeSubrange(index...(index + 1))
                } else {
                    index += 1
                }
            }
            for cue in cues {
                let place = words.indices[(cue + 1)...].first { !known.isFiller(words[$0]) }
                negated.append(place.map { words[$0] } ?? words[cue])
                if let place { negatedPlaces.insert(place) }
            }
        }

        /// "No matter", "not only", "without exception": they negate nothing that is asked for.
        private func isHarmless(at index: Int) -> Bool {
            let next = index + 1 < words.count ? words[index + 1] : ""
            let before = index > 0 ? words[index - 1] : ""
            switch words[index] {
            case "no": return ["matter", "doubt", "longer"].contains(next)
            case "not": return next == "only" || (before == "or" && index > 1 && words[0..<index].contains("whether"))
            case "without": return ["exception", "exceptions", "fail", "doubt", "delay"].contains(next)
            default: return false
            }
        }

        /// Whether everything that this text negates is said by the other one, and there not negated.
        func negatesWhatIsSaid(by other: Reading) -> Bool {
            guard !negated.isEmpty else { return false }
            return negated.allSatisfy { word in
                other.words.indices.contains { other.words[$0] == word && !other.negatedPlaces.contains($0) }
                    && !other.negated.contains(word)
            }
        }
    }
}
