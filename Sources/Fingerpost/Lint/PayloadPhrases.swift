/// Phrases that give orders against the prompt that they stand in.
enum PayloadPhrases {
    /// A phrase: for each place the words that may stand there; those that may be missing are marked.
    private struct Phrase: Sendable {
        struct Place: Sendable {
            var words: Set<Substring>
            var isOptional: Bool
        }
        var kind: Payload.Kind
        var places: [Place]

        /// Reads `?all|any previous|prior`: places apart by spaces, words by bars, `?` before a place that may be empty.
        init(_ kind: Payload.Kind, _ text: String) {
            self.kind = kind
            places = text.split(separator: " ").map { place in
                let isOptional = place.first == "?"
                return Place(
                    words: Set((isOptional ? place.dropFirst() : place).split(separator: "|")), isOptional: isOptional)
            }
        }

        /// How many words it takes from a place on, or nil.
        func length(in words: ArraySlice<Substring>, place: Int = 0) -> Int? {
            guard place < places.count else { return 0 }
            let here = places[place]
            if let first = words.first, here.words.contains(first),
                let rest = length(in: words.dropFirst(), place: place + 1)
            {
                return rest + 1
            }
            return here.isOptional ? length(in: words, place: place + 1) : nil
        }
    }

    private static let phrases: [Phrase] = [
        Phrase(
            .override,
            """
            ignore|disregard|forget|override|bypass|discard ?about ?all|any|every|everything ?of ?the|your|these|those|my|other \
            ?of ?the previous|prior|above|earlier|preceding|foregoing|former|initial|original|system|safety|other|existing|past \
            ?system|safety|developer instructions|instruction|prompt|prompts|rules|guidelines|directions|directives|commands|\
            messages|context|programming|training
            """),
        Phrase(
            .override,
            "ignore|disregard|forget|override|bypass ?all|any ?of your instructions|rules|guidelines|training|programming|guardrails"
        ),
        Phrase(
            .override,
            "ignore|disregard|forget everything|all|anything ?that you|i|we ?were|have|was|ve|just told|said|instructed|learned|before"
        ),
        Phrase(.override, "ignore|disregard|forget everything|all|anything above|before"),
        Phrase(
            .override, "new|updated|real instructions|instruction ?for ?the ?assistant|ai|model follow|are|begin|below"),
        Phrase(
            .persona,
            "you are|re now ?a|an|the|in ?a dan|unrestricted|unfiltered|uncensored|jailbroken|free|developer|evil|amoral|unaligned ?mode|ai|assistant|model"
        ),
        Phrase(
            .persona,
            "youre now ?a|an|the|in ?a dan|unrestricted|unfiltered|uncensored|jailbroken|developer|evil|amoral|unaligned"
        ),
        Phrase(
            .persona,
            "act|behave|respond|answer as ?a|an|the|if dan|unrestricted|unfiltered|uncensored|jailbroken|amoral ?ai|assistant|model"
        ),
        Phrase(.persona, "enter|enable|activate developer|dan|god|jailbreak|unrestricted mode"),
        Phrase(.persona, "you can|will ?now do anything now"),
        Phrase(
            .leak,
            """
            print|reveal|output|repeat|show|display|leak|expose|dump|recite|tell|give|send ?me|us|back|out|the|them ?all ?of \
            ?your|the|this ?full|entire|complete|exact|whole ?hidden|secret|initial|original system|hidden|secret|developer \
            prompt|prompts|instructions|message
            """),
    ]

    /// First words of the phrases, so that most words are looked at once.
    private static let firsts: Set<Substring> = phrases.reduce(into: []) { $0.formUnion($1.places[0].words) }

    /// Words before a phrase in its clause that make it what somebody does, or must not do.
    private static let mentions: Set<Substring> = Set(
        """
        not never dont cannot cant no without refuse decline avoid resist reject ignore ignores user users someone person \
        people attacker attackers asks ask asked asking request requests requesting requested attempt attempts attempting \
        tries try trying tells told says said claims when if unless whenever that which who prompt prompts injection \
        jailbreak text message messages input inputs document documents page instructions instruction attempts may might \
        such like phrases phrase example examples wants want content anyone should must
        """.split(whereSeparator: \.isWhitespace))

    /// The first phrase of each kind that stands as an order.
    static func hits(in text: String) -> [(Payload.Kind, String)] {
        var found: [(Payload.Kind, String)] = []
        for clause in clauses(of: text) {
            let words = StatementClause.words(of: clause)
            for place in words.indices where firsts.contains(words[place]) {
                for phrase in phrases where !found.contains(where: { $0.0 == phrase.kind }) {
                    guard let length = phrase.length(in: words[place...]), isOrder(at: place, in: words) else {
                        continue
                    }
                    found.append((phrase.kind, words[place..<(place + length)].joined(separator: " ")))
                }
            }
        }
        return found
    }

    /// Whether the words from a place on are an order: nothing before them in the clause makes them reported or forbidden.
    private static func isOrder(at place: Int, in words: [Substring]) -> Bool {
        !words[..<place].contains(where: mentions.contains)
            && (place == 0 || words[place - 1] != "to" || words[..<place].contains("you"))
    }

    /// Sentences without what stands in quotation marks or code, unless all of the text does.
    private static func clauses(of text: String) -> [String] {
        var bare = ""
        var closer: Character?
        let all = text.trimmingCharacters(where: { $0.isWhitespace || "\"'“”`«»".contains($0) })
        let isQuotedWhole = all.count + 2 >= text.count
        if isQuotedWhole {
            bare = all
        } else {
            for character in text {
                if let end = closer {
                    if character == end || character == "\n" { closer = nil }
                    continue
                }
                switch character {
                case "\"", "`": closer = character
                case "“", "„": closer = "”"
                case "«": closer = "»"
                default: bare.append(character)
                }
            }
        }
        return bare.split { ".;!?\n".contains($0) }.map(String.init)
    }
}
