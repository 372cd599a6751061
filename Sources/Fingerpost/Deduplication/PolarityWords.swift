/// The words that ``Polarity`` goes by, as they are after normalisation (without apostrophes).
struct PolarityWords: Sendable {
    var isEnglish: Bool
    private var plain: Set<Substring>
    private var verbs: Set<Substring>
    /// Words that prohibit where they judge ("it is rude to"), not where they describe ("rude words").
    private var judgements: Set<Substring>
    private var fillers: Set<Substring>

    private init(english: Bool, plain: String, verbs: String = "", judgements: String = "", fillers: String = "") {
        isEnglish = english
        self.plain = Set(plain.split(separator: " "))
        self.verbs = Set(verbs.split(separator: " "))
        self.judgements = Set(judgements.split(separator: " "))
        self.fillers = Set(fillers.split(separator: " "))
    }

    /// Whether the word negates or prohibits, behind the word before it.
    func isNegation(_ word: Substring, after before: Substring) -> Bool {
        plain.contains(word) || verbs.contains(word)
            || (judgements.contains(word) && Self.linkingWords.contains(before))
    }

    private static let linkingWords: Set<Substring> = [
        "is", "its", "be", "are", "was", "were", "thats", "not", "isnt", "really", "very", "considered", "so", "always",
        "just", "often", "generally", "incredibly", "extremely", "highly", "quite", "also", "never",
    ]

    /// Whether it negates and says nothing else, such as "not".
    func isPlainNegation(_ word: Substring) -> Bool { plain.contains(word) }
    /// Whether two negations close to each other make none.
    func cancels(_ first: Substring, _ second: Substring) -> Bool {
        if judgements.contains(first) { return second == "not" }
        return isPlainNegation(first) && !isPlainNegation(second)
    }
    /// Whether it stands between a negation and what is negated.
    func isFiller(_ word: Substring) -> Bool { fillers.contains(word) || plain.contains(word) || verbs.contains(word) }

    static func of(_ language: String) -> PolarityWords {
        switch language.prefix(while: { $0 != "-" && $0 != "_" }) {
        case "de": german
        case "fr": french
        case "es": spanish
        default: english
        }
    }

    private static let english = PolarityWords(
        english: true,
        plain: """
            not no never nor none neither nobody nothing nowhere cannot cant dont doesnt didnt isnt arent wasnt werent \
            wont wouldnt shouldnt couldnt mustnt neednt shant hasnt havent hadnt aint without unless hardly rarely \
            seldom except instead
            """,
        verbs: """
            avoid avoids avoiding avoided refuse refuses refusing refused refusal decline declines declining declined \
            stop stops stopping stopped prevent prevents preventing prevented forbid forbids forbidding forbidden \
            prohibit prohibits prohibiting prohibited ban bans banning banned reject rejects rejecting rejected \
            discourage discourages discouraging discouraged refrain refrains refraining abstain abstains abstaining \
            exclude excludes excluding excluded omit omits omitting omitted withhold withholds withholding withheld \
            deny denies denying denied disallow disallows disallowing disallowed fail fails failing failed oppose \
            opposes opposing opposed cease ceases ceasing disable disables disabling disabled ignore ignores ignoring \
            ignored neglect neglects neglecting neglected block blocks blocking blocked
            """,
        judgements: """
            wrong bad rude immoral unethical unkind unacceptable inappropriate impolite unfair cruel mean illegal unlawful \
            dangerous unsafe harmful irresponsible selfish disrespectful unprofessional impermissible gross awful terrible \
            horrible mistaken shameful unwise disgusting hurtful \
            insensitive inhumane
            """,
        fillers: "to the a an any all ever be been being do does did of in on with for from your their his her its it")

    private static let german = PolarityWords(
        english: false,
        plain: "nicht nie niemals kein keine keinen keinem keiner keines nichts niemand ohne weder statt anstatt außer",
        verbs: "vermeiden vermeide verweigern verweigere ablehnen lehne verbieten verboten unterlassen verhindern")

    private static let french = PolarityWords(
        english: false, plain: "pas jamais aucun aucune rien personne sans ni sauf",
        verbs: "éviter évitez évite refuser refusez refuse interdire interdit empêcher décliner cesser")

    private static let spanish = PolarityWords(
        english: false, plain: "no nunca jamás ningún ninguna ninguno nada nadie sin ni salvo excepto",
        verbs: "evitar evite evita rechazar rechace negar prohibir prohibido impedir abstenerse")

    // MARK: Antonyms

    /// Whether two words mean the opposite: a pair of the list, or one word and the same with a prefix or an ending that
    /// negates it ("honest", "dishonest"; "harmful", "harmless").
    static func areAntonyms(_ a: Substring, _ b: Substring) -> Bool {
        if pairs[a]?.contains(b) == true || pairs[b]?.contains(a) == true { return true }
        let (short, long) = a.utf8.count < b.utf8.count ? (a, b) : (b, a)
        if short.utf8.count >= 3, long.hasSuffix(short) {
            return prefixes.contains(long.dropLast(short.count))
        }
        for (with, without) in [("ful", "less"), ("fully", "lessly")] {
            if a.hasSuffix(with), b.hasSuffix(without), a.dropLast(with.count) == b.dropLast(without.count) {
                return true
            }
            if b.hasSuffix(with), a.hasSuffix(without), b.dropLast(with.count) == a.dropLast(without.count) {
                return true
            }
        }
        return false
    }

    private static let prefixes: Set<Substring> = ["un", "in", "im", "il", "ir", "dis", "non", "mis", "de"]

    private static let pairs: [Substring: Set<Substring>] = {
        var pairs: [Substring: Set<Substring>] = [:]
        for pair in list.split(whereSeparator: \.isWhitespace) {
            let words = pair.split(separator: "/")
            guard words.count == 2 else { continue }
            pairs[words[0], default: []].insert(words[1])
        }
        return pairs
    }()

    private static let list = """
        always/sometimes often/seldom allow/restrict allows/restricts allowed/restricted permit/restrict
        enable/restrict accept/return accept/challenge agree/disagree comply/resist help/hinder help/harm helps/harms
        good/evil right/unjust true/false truth/falsehood truth/lie truth/lies safe/dangerous safe/risky safe/hazardous
        legal/criminal lawful/criminal public/private publicly/privately open/closed open/close opens/closes
        before/after increase/decrease increases/decreases increase/reduce raise/lower more/less more/fewer most/least
        maximum/minimum maximise/minimise maximize/minimize many/few longer/shorter long/short longer/briefer
        long/brief detailed/brief verbose/concise formal/casual formally/casually start/finish begin/end enter/leave
        add/remove adds/removes added/removed include/leave keep/delete keep/discard keep/drop keep/remove
        retain/delete save/delete store/delete show/hide shows/hides shown/hidden reveal/hide reveal/conceal
        disclose/conceal disclose/hide share/hide expose/protect mention/conceal praise/criticise praise/criticize
        support/undermine trust/distrust trust/doubt believe/doubt love/hate like/hate friend/enemy encourage/deter
        promote/suppress protect/attack protect/endanger defend/attack build/destroy create/destroy save/waste
        kind/cruel kind/mean fair/unjust respect/insult respect/mock respect/despise respectful/contemptuous
        respectfully/rudely politely/rudely honest/deceptive sincere/fake early/late quickly/slowly fast/slow
        first/last up/down on/off required/optional mandatory/optional must/may must/might shall/may
        above/below over/under inside/outside within/beyond best/worst better/worse easy/hard
        easy/difficult simple/complex strong/weak confirm/contradict approve/disapprove
        """
}
